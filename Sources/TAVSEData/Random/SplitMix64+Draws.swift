import TAVSEBase
import TAVSESignal

extension SplitMix64 {
    /// A number in [0, 1): the upper 53 bits.
    package mutating func uniform() -> Double { Double(next() >> 11) * 0x1p-53 }

    /// A number in the range.
    package mutating func uniform(in range: ClosedRange<Double>) -> Double {
        range.lowerBound + (range.upperBound - range.lowerBound) * uniform()
    }

    /// Approximately standard normal: the sum of four uniforms (Irwin–Hall), at most 3.5 in size.
    ///
    /// One draw and no transcendental function: bit-identical on every machine, and enough for noise.
    package mutating func normal() -> Double {
        let bits = next()
        let sum = (bits & 0xFFFF) + (bits >> 16 & 0xFFFF) + (bits >> 32 & 0xFFFF) + (bits >> 48)
        return (Double(sum) - 131_070) / 37_836.9
    }
}
