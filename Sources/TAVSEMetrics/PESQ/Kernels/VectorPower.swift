/// Powers of eight positive numbers at a time, to about 2e-7 relative.
///
/// The C library's powf takes most of the perceptual model's time; this takes a tenth of it. Both functions use
/// only additions, multiplications, one division and integer operations, so they are bit-identical everywhere.
enum VectorPower {
    typealias Lanes = SIMD8<Float>

    /// base^exponent for finite normal bases > 0 and |exponent · log₂ base| < 126.
    @inline(__always)
    static func power(_ base: Lanes, _ exponent: Lanes) -> Lanes {
        exp2(exponent * log2(base))
    }

    /// log₂ x = e + (2/ln 2)·artanh((m − 1)/(m + 1)), with x = 2ᵉ·m and m in √½ … √2.
    @inline(__always)
    static func log2(_ x: Lanes) -> Lanes {
        let bits = unsafeBitCast(x, to: SIMD8<Int32>.self)
        // Subtracting √½ first makes the exponent that of the nearest power of two in the logarithmic sense.
        let shifted = bits &- 0x3F35_04F3
        let exponent = shifted &>> 23
        let mantissa = unsafeBitCast(bits &- (exponent &<< 23), to: Lanes.self)
        let s = (mantissa - 1) / (mantissa + 1)
        let s2 = s * s
        var series = Lanes(repeating: 0.320_598_9)  // 2/(9·ln 2)
        series = series * s2 + 0.412_198_6  // 2/(7·ln 2)
        series = series * s2 + 0.577_078_0  // 2/(5·ln 2)
        series = series * s2 + 0.961_796_7  // 2/(3·ln 2)
        series = series * s2 + 2.885_390_1  // 2/ln 2
        return integerToFloat(exponent) + series * s
    }

    /// 2ˣ = 2ⁿ·exp(f·ln 2), with n the nearest integer and f in −½ … ½.
    @inline(__always)
    static func exp2(_ x: Lanes) -> Lanes {
        let magic: Float = 12_582_912  // 1.5·2²³: adding it leaves the nearest integer in the low bits
        let rounded = x + magic
        let whole = rounded - magic
        let f = x - whole
        var series = Lanes(repeating: 1.525_273_4e-5)  // (ln 2)^7/7!
        series = series * f + 1.540_353_0e-4
        series = series * f + 1.333_355_8e-3
        series = series * f + 9.618_129_1e-3
        series = series * f + 5.550_410_9e-2
        series = series * f + 2.402_265_1e-1
        series = series * f + 6.931_471_8e-1
        series = series * f + 1
        let n = unsafeBitCast(rounded, to: SIMD8<Int32>.self) &- 0x4B40_0000
        return unsafeBitCast(unsafeBitCast(series, to: SIMD8<Int32>.self) &+ (n &<< 23), to: Lanes.self)
    }

    /// Exact for |n| < 2²², without a conversion per lane.
    @inline(__always)
    private static func integerToFloat(_ n: SIMD8<Int32>) -> Lanes {
        unsafeBitCast(n &+ 0x4B40_0000, to: Lanes.self) - 12_582_912
    }
}
