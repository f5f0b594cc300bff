import CTAVSEKernels

/// Aligned memory for a benchmark's tensors, kept until the program ends.
enum Memory {
    static func floats(_ count: Int) -> UnsafeMutablePointer<Float> { typed(count) }
    static func doubles(_ count: Int) -> UnsafeMutablePointer<Double> { typed(count) }
    static func bytes(_ count: Int) -> UnsafeMutableRawPointer {
        UnsafeMutableRawPointer(typed(count) as UnsafeMutablePointer<UInt8>)
    }

    /// Normal deviates scaled by `deviation`, from a fixed seed.
    static func random(_ count: Int, deviation: Float) -> UnsafeMutablePointer<Float> {
        let memory = floats(count)
        for i in 0..<count {
            // The sum of four uniform deviates is close enough to normal for a benchmark.
            var sum: Float = 0
            for _ in 0..<4 { sum += Float.random(in: -1...1, using: &generator.value) }
            memory[i] = sum * deviation * 0.866
        }
        return memory
    }

    private static func typed<T>(_ count: Int) -> UnsafeMutablePointer<T> {
        let size = max(1, count) * MemoryLayout<T>.stride
        let memory = UnsafeMutableRawPointer.allocate(byteCount: size, alignment: 4096)
        memory.initializeMemory(as: UInt8.self, repeating: 0, count: size)
        return memory.assumingMemoryBound(to: T.self)
    }

    private nonisolated(unsafe) static var generator = (value: SplitMix(), ())
}

struct SplitMix: RandomNumberGenerator {
    private var state: UInt64 = 1

    mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var z = state
        z = (z ^ (z >> 30)) &* 0xBF58_476D_1CE4_E5B9
        z = (z ^ (z >> 27)) &* 0x94D0_49BB_1331_11EB
        return z ^ (z >> 31)
    }
}
