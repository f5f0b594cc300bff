/// Complex short-time spectra, real and imaginary parts apart, each `[F, T]` (time fastest).
public struct Spectrogram: Sendable, Equatable {
    /// Number of frequency bins `F`.
    public let binCount: Int
    /// Number of frames `T`.
    public let frameCount: Int
    /// Real parts `[F, T]`.
    public var real: [Float]
    /// Imaginary parts `[F, T]`.
    public var imaginary: [Float]

    /// - Parameters:
    ///   - binCount: F.
    ///   - frameCount: T.
    ///   - real: `[F, T]`.
    ///   - imaginary: `[F, T]`.
    public init(binCount: Int, frameCount: Int, real: [Float], imaginary: [Float]) {
        precondition(
            real.count == binCount * frameCount && imaginary.count == binCount * frameCount,
            "expected \(binCount) × \(frameCount) values, got \(real.count) and \(imaginary.count)")
        self.binCount = binCount
        self.frameCount = frameCount
        self.real = real
        self.imaginary = imaginary
    }

    /// Magnitudes |X| `[F, T]`.
    public var magnitude: [Float] {
        zip(real, imaginary).map { ($0 * $0 + $1 * $1).squareRoot() }
    }

    /// The spectra times a real mask `[F, T]`, phases unchanged.
    public func masked(by mask: [Float]) -> Spectrogram {
        precondition(mask.count == real.count, "expected \(real.count) mask values, got \(mask.count)")
        return Spectrogram(
            binCount: binCount, frameCount: frameCount, real: zip(real, mask).map { $0 * $1 },
            imaginary: zip(imaginary, mask).map { $0 * $1 })
    }
}
