import TAVSENN
import Testing

@testable import TAVSEModel

@Suite("Frame size") struct FrameSizeTests {
    private func features(_ frames: Tensor, roiSize: Int) throws -> [Float] {
        var specification = NetworkSpecification(modalities: [.audio, .rgb])
        specification.channels = [1, 4, 8]
        specification.timeStrides = [2, 2]
        specification.ffnDim = 8
        specification.heads = 2
        specification.visualWidth = 4
        specification.gruHidden = 4
        specification.fusionDim = 8
        specification.fusionHeads = 2
        specification.gateGroups = 2
        specification.roiSize = roiSize
        let network = try Network(specification, seed: 5)
        network.state.mode = .evaluation
        return try #require(try network.visualFeatures([.rgb: frames])[.rgb]).values
    }

    @Test("larger frames are averaged over squares, smaller ones taken as they are (closed form)")
    func averaged() throws {
        let small = Tensor([1, 2, 16, 16, 3]) { values in
            for i in values.indices { values[i] = Float(i % 61) / 61 }
        }
        let pixels = small.values
        // Each pixel four times, moved up and down by as much: the mean is the pixel.
        let large = Tensor([1, 2, 32, 32, 3]) { values in
            for i in values.indices {
                let (c, x, y, n) = (i % 3, i / 3 % 32, i / 96 % 32, i / 3072)
                let sign: Float = (x + y) % 2 == 0 ? 0.125 : -0.125
                values[i] = pixels[((n * 16 + y / 2) * 16 + x / 2) * 3 + c] + sign
            }
        }
        let expected = try features(small, roiSize: 16)
        #expect(try features(small, roiSize: 96) == expected)
        let found = try features(large, roiSize: 16)
        // Four roundings of a float sum.
        #expect(zip(found, expected).allSatisfy { abs($0 - $1) < 1e-5 })
        #expect(try features(large, roiSize: 32) != expected)
    }
}
