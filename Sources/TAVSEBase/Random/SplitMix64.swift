/// Seeded pseudo-random generator with 64 bits of state: the same seed gives the same numbers on every machine.
///
///     s ← s + 0x9E3779B97F4A7C15
///     z ← (s ⊕ s≫30) · 0xBF58476D1CE4E5B9;  z ← (z ⊕ z≫27) · 0x94D049BB133111EB;  output z ⊕ z≫31
///
/// The state after k outputs is s + k·0x9E3779B97F4A7C15, so any output can be computed without those before it
/// (``output(_:)``): bootstrap replicates come in any order, on any number of threads, with bit-identical results.
///
/// > Source: Steele, Lea & Flood, *Fast splittable pseudorandom number generators*, OOPSLA 2014.
public struct SplitMix64: RandomNumberGenerator, Sendable, Equatable {
    @usableFromInline package var state: UInt64

    /// 2⁶⁴ over the golden ratio, made odd: the step between states.
    @inlinable package static var step: UInt64 { 0x9E37_79B9_7F4A_7C15 }

    /// - Parameter seed: any number, 0 included.
    @inlinable public init(seed: UInt64) { state = seed }

    /// The seed of a generator that goes on as this one does.
    @inlinable public var seed: UInt64 { state }

    /// The next 64 bits.
    @inlinable public mutating func next() -> UInt64 {
        state &+= Self.step
        return Self.mix(state)
    }

    /// An index in 0 ..< count: ⌊(z ≫ 32) · count / 2³²⌋, from one output `z`.
    ///
    /// - Parameter count: 1 … 2³².
    @inlinable public mutating func index(below count: Int) -> Int {
        precondition(count >= 1 && count <= 1 << 32, "count must be 1 … 2^32, got \(count)")
        return Int(((next() >> 32) &* UInt64(count)) >> 32)
    }

    /// The k-th output from here, k counted from 1; leaves the state as it is.
    @inlinable public func output(_ k: UInt64) -> UInt64 { Self.mix(state &+ k &* Self.step) }

    /// The k-th output from here as an index 0 ..< limit, by the rule of ``index(below:)``.
    ///
    /// The largest excess of any index over its fair share is limit/2³².
    @inlinable public func index(_ k: UInt64, below limit: UInt32) -> Int {
        Int(truncatingIfNeeded: ((output(k) >> 32) &* UInt64(limit)) >> 32)
    }

    @inlinable package static func mix(_ state: UInt64) -> UInt64 {
        var z = state
        z = (z ^ (z >> 30)) &* 0xBF58_476D_1CE4_E5B9
        z = (z ^ (z >> 27)) &* 0x94D0_49BB_1331_11EB
        return z ^ (z >> 31)
    }
}
