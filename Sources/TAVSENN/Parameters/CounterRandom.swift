import TAVSEBase

/// Random numbers as a function of key and position: no state, so the order of drawing does not matter.
///
/// Number `index` of a stream is output index + 1 of a `SplitMix64` whose seed is the stream's key.
public enum CounterRandom {
    /// A key for a named stream: FNV-1a over the name, mixed with the seed and a counter.
    public static func key(seed: UInt64, name: String, counter: UInt64 = 0) -> UInt64 {
        var hash: UInt64 = 0xCBF2_9CE4_8422_2325
        for byte in name.utf8 { hash = (hash ^ UInt64(byte)) &* 0x100_0000_01B3 }
        let stream = SplitMix64(seed: hash ^ SplitMix64(seed: seed).output(0)).output(0)
        return SplitMix64(seed: stream).output(counter)
    }

    /// 64 random bits.
    @inline(__always)
    public static func bits(key: UInt64, index: UInt64) -> UInt64 {
        SplitMix64(seed: key).output(index &+ 1)
    }

    /// Uniform in 0 ..< 1, on a grid of 2⁻²⁴.
    @inline(__always)
    public static func uniform(key: UInt64, index: UInt64) -> Float {
        Float(bits(key: key, index: index) >> 40) * 0x1p-24
    }
}
