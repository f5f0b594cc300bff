import TAVSESignal

/// Random changes of mouth frames in training; one draw holds for a whole clip and both cameras.
public struct FrameAugmentation: Sendable, Equatable {
    /// Probability of a mirrored clip, 0…1.
    public var flip: Double
    /// Largest shift of the crop in each direction, pixels, 0…24; edges are repeated.
    public var jitter: Int
    /// Largest relative change of the colour camera's brightness, 0…0.9.
    public var brightness: Double

    /// What the training guide uses.
    public init(flip: Double = 0.5, jitter: Int = 4, brightness: Double = 0.2) {
        self.flip = flip
        self.jitter = jitter
        self.brightness = brightness
    }

    /// - Throws: ``DataError/setting(_:reason:)`` for the first value out of range.
    public func validate() throws(DataError) {
        guard flip >= 0, flip <= 1 else { throw .setting("flip", reason: "expected 0 … 1, found \(flip)") }
        guard (0...24).contains(jitter) else {
            throw .setting("jitter", reason: "expected 0 … 24, found \(jitter)")
        }
        guard brightness >= 0, brightness <= 0.9 else {
            throw .setting("brightness", reason: "expected 0 … 0.9, found \(brightness)")
        }
    }

    /// What happens to one clip.
    struct Draw: Sendable, Equatable {
        var mirrored = false
        var dx = 0
        var dy = 0
        var gain: Float = 1
    }

    func draw(using generator: inout SplitMix64) -> Draw {
        Draw(
            mirrored: generator.uniform() < flip, dx: generator.index(below: 2 * jitter + 1) - jitter,
            dy: generator.index(below: 2 * jitter + 1) - jitter,
            gain: Float(1 + brightness * (2 * generator.uniform() - 1)))
    }
}
