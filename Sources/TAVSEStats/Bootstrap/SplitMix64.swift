/// SplitMix64 with random access: output k is a pure function of the seed and k.
///
///     z ← seed + k·9E3779B97F4A7C15;  z ← (z ⊕ z≫30)·BF58476D1CE4E5B9;  z ← (z ⊕ z≫27)·94D049BB133111EB
///     output = z ⊕ z≫31                        (all modulo 2⁶⁴, k counted from 1)
///
/// Because no state is carried, bootstrap replicates can be computed in any order, on any number of threads, with
/// the same bits.
///
/// > Source: Steele, Lea & Flood, *Fast splittable pseudorandom number generators*, OOPSLA 2014.
public struct SplitMix64: Sendable, Equatable {
    private enum Constant {
        /// 2⁶⁴ over the golden ratio, made odd: the step between states.
        static let step: UInt64 = 0x9E37_79B9_7F4A_7C15
        static let firstMultiplier: UInt64 = 0xBF58_476D_1CE4_E5B9
        static let secondMultiplier: UInt64 = 0x94D0_49BB_1331_11EB
    }

    /// The seed.
    public let seed: UInt64

    /// A sequence with a seed.
    public init(seed: UInt64) {
        self.seed = seed
    }

    /// Output k of the sequence, k counted from 1.
    @inline(__always)
    public func output(_ k: UInt64) -> UInt64 {
        var z = seed &+ k &* Constant.step
        z = (z ^ (z >> 30)) &* Constant.firstMultiplier
        z = (z ^ (z >> 27)) &* Constant.secondMultiplier
        return z ^ (z >> 31)
    }

    /// Draw k as an index 0 ..< limit: the upper 32 bits of output k, times limit, shifted right by 32.
    ///
    /// The largest excess of any index over its fair share is limit/2³².
    @inline(__always)
    public func index(_ k: UInt64, below limit: UInt32) -> Int {
        Int(truncatingIfNeeded: ((output(k) >> 32) &* UInt64(limit)) >> 32)
    }
}
