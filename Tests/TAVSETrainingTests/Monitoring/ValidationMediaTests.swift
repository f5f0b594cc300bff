import Foundation
import TAVSEData
import TAVSESignal
import Testing

@testable import TAVSETraining

@Suite struct ValidationMediaTests {
    @Test("each panel is brightest in its tone's row (closed form)")
    func panels() throws {
        let media = LogFolder.media("tones")
        let image = SpectrogramImage.draw([media.noisy, media.enhanced, media.clean])
        // 1600 samples at a hop of 160 are 11 frames; 500, 1000, 2000 Hz are bins 16, 32, 64 of 31.25 Hz.
        #expect(image.width == 3 * 11 + 2 * SpectrogramImage.gap && image.height == 257)
        for (panel, bin) in [16, 32, 64].enumerated() {
            let x = panel * (11 + SpectrogramImage.gap) + 5
            let brightness = (0..<257).map { y in
                (0..<3).reduce(0) { $0 + image.value(x: x, y: y, channel: $1) }
            }
            let brightest = try #require(brightness.indices.max { brightness[$0] < brightness[$1] })
            #expect(256 - brightest == bin)
        }
    }

    @Test("silence is black, not an error (closed form)")
    func silence() {
        let image = SpectrogramImage.draw([[Float](repeating: 0, count: 400)])
        #expect(image.bytes.allSatisfy { $0 == 0 })
    }

    @Test("colours run from black to white with brightness rising (property of cubehelix)")
    func colours() {
        let colours = CubehelixMap.colours
        #expect(Array(colours[..<3]) == [0, 0, 0] && Array(colours[765...]) == [255, 255, 255])
        // Rec. 601 luma, the intensity of the scheme's source; bytes round it by less than half a step.
        let shares: [Double] = [0.299, 0.587, 0.114]
        let luma = (0..<256).map { step in
            (0..<3).reduce(0.0) { $0 + shares[$1] * Double(colours[3 * step + $1]) }
        }
        for (index, value) in luma.enumerated() { #expect(abs(value - Double(index)) < 0.75) }
    }

    @Test("the WAV in memory is the one that libsndfile reads, bit for bit (reference)")
    func wave() throws {
        let samples: [Float] = [0, 0.5, -0.5, 1 / 32768, -1, 1, 7, -7, 0.25 / 32768]
        let folder = try LogFolder()
        let path = folder.path + "/a.wav"
        try Data(WaveBytes.encode(samples, sampleRate: 8000)).write(to: URL(fileURLWithPath: path))
        let signal = try AudioFile.read(path)
        #expect(signal.sampleRate == 8000)
        let top = Float(32767) / 32768
        #expect(signal.samples == [0, 0.5, -0.5, 1 / 32768, -1, top, top, -1, 0])
    }

    @Test("long items are cut, odd names are made tags (closed form)")
    func limits() {
        let wave = [Float](repeating: 0, count: 100)
        let media = ValidationMedia(
            item: "a b/ü,c-1", noisy: wave, enhanced: wave, clean: wave, sampleRate: 4)
        #expect(media.item == "a_b___c-1" && media.clean.count == 40)
    }
}
