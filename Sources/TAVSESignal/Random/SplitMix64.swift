/// Seeded pseudo-random generator with 64 bits of state: the same seed gives the same numbers everywhere.
///
///     s ← s + 0x9E3779B97F4A7C15
///     z ← (s ⊕ s≫30) · 0xBF58476D1CE4E5B9;  z ← (z ⊕ z≫27) · 0x94D049BB133111EB;  output z ⊕ z≫31
///
/// > Source: Steele, Lea & Flood, *Fast splittable pseudorandom number generators*, OOPSLA 2014.
public struct SplitMix64: RandomNumberGenerator, Sendable, Equatable {
    private var state: UInt64

    /// - Parameter seed: any number, 0 included.
    public init(seed: UInt64) { state = seed }

    /// The next 64 bits.
    public mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var z = state
        z = (z ^ (z >> 30)) &* 0xBF58_476D_1CE4_E5B9
        z = (z ^ (z >> 27)) &* 0x94D0_49BB_1331_11EB
        return z ^ (z >> 31)
    }

    /// An index in 0 ..< count: ⌊(z ≫ 32) · count / 2³²⌋, from one output `z`.
    ///
    /// - Parameter count: 1 … 2³².
    public mutating func index(below count: Int) -> Int {
        precondition(count >= 1 && count <= 1 << 32, "count must be 1 … 2^32, got \(count)")
        return Int(((next() >> 32) &* UInt64(count)) >> 32)
    }
}
