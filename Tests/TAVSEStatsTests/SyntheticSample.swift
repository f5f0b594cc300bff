import TAVSEBase
import TAVSEStats

/// Seeded samples for property tests.
struct SyntheticSample {
    private let generator: SplitMix64
    private var position: UInt64 = 0

    init(seed: UInt64) {
        generator = SplitMix64(seed: seed)
    }

    /// Uniform on [0, 1).
    mutating func uniform() -> Double {
        position += 1
        return Double(generator.output(position) >> 11) * 0x1p-53
    }

    /// Differences on a grid of 1/100 with ties and zeros, centred near `shift`.
    mutating func differences(_ n: Int, shift: Double = 0.1) -> [Double] {
        (0..<n).map { _ in ((uniform() + uniform() - 1 + shift) * 100).rounded() / 100 }
    }

    /// Distinct differences.
    mutating func distinct(_ n: Int) -> [Double] {
        (0..<n).map { _ in uniform() - 0.45 }
    }
}
