/// A block of memory holding the elements of one or more tensors; freed when the last of them goes.
///
/// Elements are written only while a kernel fills a tensor that nobody else has seen yet, or when the block
/// has a single owner; afterwards they are read only. That is why sharing it between threads is safe.
final class Storage: @unchecked Sendable {
    let pointer: UnsafeMutablePointer<Float>
    let count: Int
    /// The same values in bfloat16, while an operation that saved them that way is still waiting for its
    /// backward pass: two operations that save one tensor share one copy.
    weak var compressed: CompressedStorage?

    init(count: Int) {
        self.count = count
        pointer = MemoryPool.shared.allocate(max(1, count) * MemoryLayout<Float>.stride)
            .bindMemory(to: Float.self, capacity: max(1, count))
    }

    deinit {
        MemoryPool.shared.release(
            UnsafeMutableRawPointer(pointer), bytes: max(1, count) * MemoryLayout<Float>.stride)
    }
}

/// Values kept as bfloat16: the upper half of a float32, rounded to nearest even.
final class CompressedStorage: @unchecked Sendable {
    let pointer: UnsafeMutablePointer<UInt16>
    let count: Int

    init(count: Int) {
        self.count = count
        pointer = MemoryPool.shared.allocate(max(1, count) * MemoryLayout<UInt16>.stride)
            .bindMemory(to: UInt16.self, capacity: max(1, count))
    }

    deinit {
        MemoryPool.shared.release(
            UnsafeMutableRawPointer(pointer), bytes: max(1, count) * MemoryLayout<UInt16>.stride)
    }
}

/// Small integers that a backward pass needs, such as which element of a window was the largest.
final class ByteStorage: @unchecked Sendable {
    let pointer: UnsafeMutablePointer<UInt8>
    let count: Int

    init(count: Int) {
        self.count = count
        pointer = MemoryPool.shared.allocate(max(1, count)).bindMemory(
            to: UInt8.self, capacity: max(1, count))
    }

    deinit {
        MemoryPool.shared.release(UnsafeMutableRawPointer(pointer), bytes: max(1, count))
    }
}
