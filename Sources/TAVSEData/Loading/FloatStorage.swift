import Foundation

/// A fixed block of floats, zero at first, filled by several threads in disjoint parts and then only read.
///
/// An array cannot be filled in place by several threads, and copying a batch of video costs as much as decoding
/// part of it.
public final class FloatStorage: @unchecked Sendable {
    /// Number of floats.
    public let count: Int
    private let base: UnsafeMutablePointer<Float>

    init(count: Int) {
        self.count = count
        // calloc leaves large blocks untouched until they are written: padding costs nothing.
        guard let block = calloc(max(count, 1), MemoryLayout<Float>.stride) else {
            fatalError("out of memory: \(count) floats for a batch; use a smaller training.batch_size")
        }
        base = block.bindMemory(to: Float.self, capacity: max(count, 1))
    }

    deinit { free(base) }

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
