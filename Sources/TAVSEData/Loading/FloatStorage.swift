import Foundation
import Synchronization

/// A fixed block of floats, filled by several threads in disjoint parts and then only read.
///
/// An array cannot be filled in place by several threads, and copying a batch of video costs as much as decoding
/// part of it. Blocks go back to their pool when released, because fresh memory of this size costs a page fault for
/// every 4 KiB.
public final class FloatStorage: @unchecked Sendable {
    /// Number of floats.
    public let count: Int
    private let base: UnsafeMutablePointer<Float>
    private let pool: FloatStoragePool

    /// The floats are undefined until written.
    init(count: Int, pool: FloatStoragePool) {
        self.count = count
        self.pool = pool
        base = pool.take(count)
    }

    deinit { pool.giveBack(base, count) }

    /// The floats, valid inside the closure.
    public func withUnsafeBufferPointer<Result>(
        _ body: (UnsafeBufferPointer<Float>) throws -> Result
    ) rethrows -> Result {
        try body(UnsafeBufferPointer(start: base, count: count))
    }

    /// A copy as an array.
    public var array: [Float] { Array(UnsafeBufferPointer(start: base, count: count)) }

    /// A part for one writer; parts handed out at the same time must not overlap.
    func part(from start: Int, count length: Int) -> UnsafeMutableBufferPointer<Float> {
        precondition(
            start >= 0 && length >= 0 && start + length <= count, "part \(start)+\(length) of \(count) floats"
        )
        return UnsafeMutableBufferPointer(start: base + start, count: length)
    }
}

/// Blocks of floats waiting to be used again; at most ``limit`` of them.
final class FloatStoragePool: Sendable {
    private struct Block: @unchecked Sendable {
        let base: UnsafeMutablePointer<Float>
        let count: Int
    }

    private let limit: Int
    private let blocks = Mutex<[Block]>([])

    init(limit: Int) { self.limit = limit }

    deinit {
        for block in blocks.withLock({ $0 }) { block.base.deallocate() }
    }

    func take(_ count: Int) -> UnsafeMutablePointer<Float> {
        let found = blocks.withLock { blocks in
            blocks.firstIndex { $0.count == count }.map { blocks.remove(at: $0) }
        }
        return found?.base ?? UnsafeMutablePointer<Float>.allocate(capacity: max(count, 1))
    }

    func giveBack(_ base: UnsafeMutablePointer<Float>, _ count: Int) {
        let block = Block(base: base, count: count)
        let surplus = blocks.withLock { blocks -> Block? in
            blocks.append(block)
            // The oldest goes: it has the size that is no longer asked for.
            return blocks.count > limit ? blocks.removeFirst() : nil
        }
        surplus?.base.deallocate()
    }
}
