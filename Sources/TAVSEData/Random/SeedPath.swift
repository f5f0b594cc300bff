import TAVSEBase
import TAVSESignal

/// Derives independent seeds from one seed and a path of labels, so that every random choice depends on *what* it
/// is for and never on when or on which thread it is made.
///
/// FNV-1a (64 bits) over the seed's bytes and the labels, each closed by a zero byte, then one SplitMix64 step.
public enum SeedPath {
    /// The seed for one purpose, e.g. `derive(42, "mix", utterance, noise, "-5")`.
    public static func derive(_ seed: UInt64, _ labels: String...) -> UInt64 {
        var hash: UInt64 = 0xCBF2_9CE4_8422_2325
        func add(_ byte: UInt8) { hash = (hash ^ UInt64(byte)) &* 0x100_0000_01B3 }
        for shift in stride(from: 0, to: 64, by: 8) { add(UInt8(truncatingIfNeeded: seed >> UInt64(shift))) }
        for label in labels {
            for byte in label.utf8 { add(byte) }
            add(0)
        }
        var generator = SplitMix64(seed: hash)
        return generator.next()
    }
}
