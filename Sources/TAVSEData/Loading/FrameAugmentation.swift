import Foundation
import TAVSEBase
import TAVSESignal

/// Random changes of mouth frames in training; one draw holds for a whole clip and both cameras.
public struct FrameAugmentation: Sendable, Equatable {
    /// Probability of a mirrored clip, 0…1.
    public var flip: Double
    /// Largest shift of the crop in each direction, pixels, 0…24; edges are repeated.
    public var jitter: Int
    /// Largest relative change of the size, 0…0.5.
    public var scale: Double
    /// Largest rotation in each direction, degrees, 0…45.
    public var rotation: Double
    /// Largest relative change of the colour camera's brightness, 0…0.9.
    public var brightness: Double
    /// Largest relative change of the contrast, around half of full scale, 0…0.9.
    public var contrast: Double
    /// Largest standard deviation of added sensor noise, share of full scale, 0…0.5.
    public var noise: Double
    /// Probability of a clip in which a rectangle is covered, 0…1.
    public var erasing: Double

    /// The usual values.
    public init(
        flip: Double = 0.5, jitter: Int = 4, scale: Double = 0.1, rotation: Double = 5,
        brightness: Double = 0.2, contrast: Double = 0.2, noise: Double = 0.02, erasing: Double = 0
    ) {
        self.flip = flip
        self.jitter = jitter
        self.scale = scale
        self.rotation = rotation
        self.brightness = brightness
        self.contrast = contrast
        self.noise = noise
        self.erasing = erasing
    }

    /// No change at all: a start for settings that change one thing.
    public static let none = FrameAugmentation(
        flip: 0, jitter: 0, scale: 0, rotation: 0, brightness: 0, contrast: 0, noise: 0, erasing: 0)

    /// - Throws: ``DataError/setting(_:reason:)`` for the first value out of range.
    public func validate() throws(DataError) {
        guard (0...24).contains(jitter) else {
            throw .setting("jitter", reason: "expected 0 … 24, found \(jitter)")
        }
        let limits: [(name: String, value: Double, most: Double, text: String)] = [
            ("flip", flip, 1, "1"), ("scale", scale, 0.5, "0.5"), ("rotation", rotation, 45, "45"),
            ("brightness", brightness, 0.9, "0.9"), ("contrast", contrast, 0.9, "0.9"),
            ("noise", noise, 0.5, "0.5"), ("erasing", erasing, 1, "1"),
        ]
        for (name, value, most, text) in limits where !(value >= 0 && value <= most) {
            throw .setting(name, reason: "expected 0 … \(text), found \(value)")
        }
    }

    /// What happens to one clip.
    struct Draw: Sendable, Equatable {
        /// A covered rectangle, in shares of the side, and its value.
        struct Patch: Sendable, Equatable {
            var x: ClosedRange<Double>
            var y: ClosedRange<Double>
            var value: Float
        }

        var mirrored = false
        var dx = 0
        var dy = 0
        var gain: Float = 1
        /// Size after against before.
        var scale = 1.0
        /// Radians.
        var angle = 0.0
        var contrast: Float = 1
        /// Standard deviation of the noise, and the seed of its values.
        var noise: Float = 0
        var noiseSeed: UInt64 = 0
        var patch: Patch?

        /// Whether pixels come to lie between pixels.
        var resamples: Bool { scale != 1 || angle != 0 }
    }

    func draw(using generator: inout SplitMix64) -> Draw {
        func around(_ reach: Double) -> Double { reach * (2 * generator.uniform() - 1) }
        var draw = Draw(
            mirrored: generator.uniform() < flip, dx: generator.index(below: 2 * jitter + 1) - jitter,
            dy: generator.index(below: 2 * jitter + 1) - jitter,
            gain: Float(1 + around(brightness)))
        draw.scale = 1 + around(scale)
        draw.angle = around(rotation) * Double.pi / 180
        draw.contrast = Float(1 + around(contrast))
        draw.noise = Float(noise * generator.uniform())
        draw.noiseSeed = generator.next()
        if generator.uniform() < erasing { draw.patch = Self.patch(using: &generator) }
        return draw
    }

    /// A rectangle of 2 … 15 % of the area, up to twice as wide as high or the reverse.
    private static func patch(using generator: inout SplitMix64) -> Draw.Patch {
        let area = generator.uniform(in: 0.02...0.15)
        let ratio = pow(2, generator.uniform(in: -1...1))
        let (width, height) = ((area * ratio).squareRoot(), (area / ratio).squareRoot())
        let x = generator.uniform(in: 0...(1 - width))
        let y = generator.uniform(in: 0...(1 - height))
        return Draw.Patch(
            x: x...(x + width), y: y...(y + height), value: Float(generator.uniform()))
    }
}

extension FrameAugmentation.Draw {
    /// Turns, scales, mirrors and shifts a picture, bilinear between pixels, edges repeated.
    ///
    ///     source = c + R(angle)·(±(x − c) + shift) / scale
    ///
    /// - Parameters:
    ///   - source: `[H, W, C]`, H = W = `side`.
    ///   - target: of the same size, elsewhere.
    func move(
        _ source: UnsafeBufferPointer<Float>, to target: UnsafeMutableBufferPointer<Float>, side: Int,
        channels: Int
    ) {
        guard let from = source.baseAddress, let to = target.baseAddress, side > 1 else { return }
        let centre = Float(side - 1) / 2
        let (cosine, sine) = (Float(cos(angle) / scale), Float(sin(angle) / scale))
        let last = Float(side - 1)
        for y in 0..<side {
            let v = Float(y + dy) - centre
            for x in 0..<side {
                let u = mirrored ? centre - Float(x + dx) : Float(x + dx) - centre
                let px = min(max(centre + cosine * u - sine * v, 0), last)
                let py = min(max(centre + sine * u + cosine * v, 0), last)
                let (x0, y0) = (min(Int(px), side - 2), min(Int(py), side - 2))
                let (fx, fy) = (px - Float(x0), py - Float(y0))
                let corner = from + (y0 * side + x0) * channels
                let below = corner + side * channels
                let out = to + (y * side + x) * channels
                for c in 0..<channels {
                    let upper = corner[c] + (corner[c + channels] - corner[c]) * fx
                    let lower = below[c] + (below[c + channels] - below[c]) * fx
                    out[c] = upper + (lower - upper) * fy
                }
            }
        }
    }

    /// Changes contrast, covers the patch and adds noise; values stay within 0…1.
    ///
    /// - Parameters:
    ///   - frame: number of the frame, which the noise depends on.
    ///   - pixels: `[H, W, C]`, H = W = `side`.
    func finish(frame: Int, _ pixels: UnsafeMutableBufferPointer<Float>, side: Int, channels: Int) {
        if contrast != 1 {
            for n in pixels.indices {
                pixels[n] = min(max(0.5 + contrast * (pixels[n] - 0.5), 0), 1)
            }
        }
        if let patch {
            func places(_ share: ClosedRange<Double>) -> Range<Int> {
                let first = Int((share.lowerBound * Double(side)).rounded())
                return first..<max(first, min(Int((share.upperBound * Double(side)).rounded()), side))
            }
            let columns = places(patch.x)
            for y in places(patch.y) {
                let row = y * side
                let range = ((row + columns.lowerBound) * channels)..<((row + columns.upperBound) * channels)
                pixels[range].update(repeating: patch.value)
            }
        }
        if noise > 0 {
            var generator = SplitMix64(seed: SeedPath.derive(noiseSeed, "\(frame)", "\(channels)"))
            for n in pixels.indices {
                pixels[n] = min(max(pixels[n] + noise * Float(generator.normal()), 0), 1)
            }
        }
    }
}
