/// Random numbers as a function of key and position: no state, so the order of drawing does not matter.
///
/// > Source: the SplitMix64 finaliser (Steele, Lea & Flood, OOPSLA 2014) applied to key + index · golden ratio.
public enum CounterRandom {
    private static let golden: UInt64 = 0x9E37_79B9_7F4A_7C15

    /// A key for a named stream: FNV-1a over the name, mixed with the seed and a counter.
    public static func key(seed: UInt64, name: String, counter: UInt64 = 0) -> UInt64 {
        var hash: UInt64 = 0xCBF2_9CE4_8422_2325
        for byte in name.utf8 { hash = (hash ^ UInt64(byte)) &* 0x100_0000_01B3 }
        return mix(mix(hash ^ mix(seed)) &+ counter &* golden)
    }

    /// 64 random bits.
    @inline(__always)
    public static func bits(key: UInt64, index: UInt64) -> UInt64 { mix(key &+ (index &+ 1) &* golden) }

    /// Uniform in 0 ..< 1, on a grid of 2⁻²⁴.
    @inline(__always)
    public static func uniform(key: UInt64, index: UInt64) -> Float {
        Float(bits(key: key, index: index) >> 40) * 0x1p-24
    }

    @inline(__always)
    private static func mix(_ value: UInt64) -> UInt64 {
        var z = value
        z = (z ^ (z >> 30)) &* 0xBF58_476D_1CE4_E5B9
        z = (z ^ (z >> 27)) &* 0x94D0_49BB_1331_11EB
        return z ^ (z >> 31)
    }
}
