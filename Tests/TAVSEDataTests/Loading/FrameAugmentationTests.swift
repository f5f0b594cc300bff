import Foundation
import TAVSEBase
import TAVSESignal
import Testing

@testable import TAVSEData

@Suite("FrameAugmentation") struct FrameAugmentationTests {
    @Test("names the value out of range")
    func ranges() {
        #expect(throws: DataError.setting("flip", reason: "expected 0 … 1, found 1.5")) {
            try FrameAugmentation(flip: 1.5).validate()
        }
        #expect(throws: DataError.setting("jitter", reason: "expected 0 … 24, found 25")) {
            try FrameAugmentation(jitter: 25).validate()
        }
        #expect(throws: DataError.setting("brightness", reason: "expected 0 … 0.9, found -0.1")) {
            try FrameAugmentation(brightness: -0.1).validate()
        }
    }

    private static let side = 24

    private func moved(_ draw: FrameAugmentation.Draw, _ picture: [Float], channels: Int) -> [Float] {
        var result = [Float](repeating: -1, count: picture.count)
        picture.withUnsafeBufferPointer { from in
            result.withUnsafeMutableBufferPointer {
                draw.move(from, to: $0, side: Self.side, channels: channels)
            }
        }
        return result
    }

    private func finished(_ draw: FrameAugmentation.Draw, _ picture: [Float], frame: Int = 0) -> [Float] {
        var result = picture
        result.withUnsafeMutableBufferPointer {
            draw.finish(frame: frame, $0, side: Self.side, channels: picture.count / (Self.side * Self.side))
        }
        return result
    }

    private func ramp(channels: Int = 1, _ value: (Int, Int) -> Float) -> [Float] {
        (0..<Self.side).flatMap { y in
            (0..<Self.side).flatMap { x in (0..<channels).map { value(x, y) + Float($0) } }
        }
    }

    @Test(
        "names every value out of range",
        arguments: [
            FrameAugmentation(scale: 0.6), FrameAugmentation(rotation: 46), FrameAugmentation(contrast: .nan),
            FrameAugmentation(noise: -0.1), FrameAugmentation(erasing: 2),
        ])
    func further(_ settings: FrameAugmentation) {
        #expect(throws: DataError.self) { try settings.validate() }
    }

    @Test("moves whole pixels as the decoder does, in all channels (closed form)")
    func shift() {
        let picture = ramp(channels: 3) { Float($0 + 100 * $1) }
        var draw = FrameAugmentation.Draw()
        (draw.dx, draw.dy) = (2, -3)
        let found = moved(draw, picture, channels: 3)
        #expect(found[(10 * Self.side + 5) * 3 + 1] == Float(7 + 700) + 1)
        draw.mirrored = true
        let mirrored = moved(draw, picture, channels: 3)
        #expect(mirrored[(10 * Self.side + 5) * 3 + 2] == Float(Self.side - 1 - 7 + 700) + 2)
    }

    @Test("turns and scales around the centre, linear between pixels (closed form)")
    func affine() {
        let centre = Double(Self.side - 1) / 2
        // A plane is reproduced exactly by bilinear interpolation, away from the edges.
        let picture = ramp { Float(0.3 * Double($0) - 0.1 * Double($1)) }
        var draw = FrameAugmentation.Draw()
        (draw.scale, draw.angle) = (1.25, 0.2)
        let found = moved(draw, picture, channels: 1)
        for (x, y) in [(11, 12), (7, 9), (15, 6)] {
            let (u, v) = ((Double(x) - centre) / 1.25, (Double(y) - centre) / 1.25)
            let sx = centre + cos(0.2) * u - sin(0.2) * v
            let sy = centre + sin(0.2) * u + cos(0.2) * v
            // Float coordinates of some tens of pixels.
            #expect(abs(Double(found[y * Self.side + x]) - (0.3 * sx - 0.1 * sy)) < 1e-5)
        }
    }

    @Test("changes contrast around half of full scale and stays within it (closed form)")
    func contrast() {
        var draw = FrameAugmentation.Draw()
        draw.contrast = 1.5
        let found = finished(draw, ramp { x, _ in Float(x) / Float(Self.side - 1) })
        #expect(abs(found[8] - (0.5 + 1.5 * (8.0 / 23 - 0.5))) < 1e-6)
        #expect(found[0] == 0 && found[23] == 1)
    }

    @Test("adds noise of the standard deviation drawn, another in each frame, the same again (property)")
    func noise() {
        var draw = FrameAugmentation.Draw()
        (draw.noise, draw.noiseSeed) = (0.05, 9)
        let grey = ramp { _, _ in 0.5 }
        let found = finished(draw, grey)
        #expect(found == finished(draw, grey) && found != finished(draw, grey, frame: 1))
        let power = found.reduce(0.0) { $0 + Double(($1 - 0.5) * ($1 - 0.5)) } / Double(found.count)
        // 576 values: the standard error of the deviation is 3 %.
        #expect(abs(power.squareRoot() / 0.05 - 1) < 0.12)
    }

    @Test("covers a rectangle of the area promised in the share of clips asked for (property)")
    func erasing() {
        var generator = SplitMix64(seed: 4)
        let settings = FrameAugmentation(erasing: 0.5)
        let patches = (0..<400).compactMap { _ in settings.draw(using: &generator).patch }
        // Four standard deviations of 400 draws.
        #expect(abs(patches.count - 200) < 40)
        for patch in patches {
            let area = (patch.x.upperBound - patch.x.lowerBound) * (patch.y.upperBound - patch.y.lowerBound)
            #expect(area > 0.0199 && area < 0.1501)
            #expect(patch.x.lowerBound >= 0 && patch.x.upperBound <= 1 + 1e-12)
            #expect(patch.y.lowerBound >= 0 && patch.y.upperBound <= 1 + 1e-12)
        }
        var draw = FrameAugmentation.Draw()
        draw.patch = .init(x: 0.25...0.5, y: 0.5...1, value: 0.7)
        let found = finished(draw, ramp { _, _ in 0 })
        #expect(found.count { $0 == 0.7 } == 6 * 12)
        #expect(found[12 * Self.side + 6] == 0.7 && found[11 * Self.side + 6] == 0)
    }

    @Test("changes nothing when all is off (property)")
    func off() {
        var generator = SplitMix64(seed: 4)
        var draw = FrameAugmentation.none.draw(using: &generator)
        draw.noiseSeed = 0
        #expect(draw == FrameAugmentation.Draw())
    }
}
