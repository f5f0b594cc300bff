/// A block of memory holding the elements of one or more tensors; freed when the last of them goes.
///
/// The elements may be *pending*: known as a formula over other tensors (batch norm and activation of z, tensors side
/// by side, the gradient of batch norm). Kernels that can, compute the formula while they load and never store its
/// values; the first access to `pointer` stores them.
///
/// Elements are written only while a kernel fills a tensor that nobody else has seen yet, or when the block has a single
/// owner; afterwards they are read only, and that is why sharing a stored block between threads is safe. Pending
/// elements belong to the one thread that runs the operations.
final class Storage: @unchecked Sendable {
    let count: Int
    private var block: MemoryBlock<Float>?
    private(set) var pending: Operand?
    /// Mean and spread of each channel, where the operation that made the values has gathered them on the way.
    var statistics: ChannelStatistics?
    /// The same values in bfloat16, while an operation that saved them that way is still waiting for its
    /// backward pass: two operations that save one tensor share one copy.
    weak var compressed: CompressedStorage?

    init(count: Int) {
        self.count = count
        block = MemoryBlock(count: count)
    }

    init(count: Int, pending: Operand) {
        self.count = count
        self.pending = pending
    }

    /// Address of the stored elements.
    var pointer: UnsafeMutablePointer<Float> {
        if let block { return block.pointer }
        let block = MemoryBlock<Float>(count: count)
        self.block = block
        if let pending { Device.kernels.evaluate(pending, block.pointer) }
        pending = nil
        return block.pointer
    }
}

/// Memory for a number of elements, given back when the owner goes.
final class MemoryBlock<Element: BitwiseCopyable>: @unchecked Sendable {
    let pointer: UnsafeMutablePointer<Element>
    private let block: MemoryPool.Block

    init(count: Int) {
        block = MemoryPool.shared.allocate(max(1, count) * MemoryLayout<Element>.stride)
        pointer = block.pointer.bindMemory(to: Element.self, capacity: max(1, count))
    }

    deinit { MemoryPool.shared.release(block) }
}

/// Values kept as bfloat16: the upper half of a float32, rounded to nearest even.
typealias CompressedStorage = MemoryBlock<UInt16>

/// Small integers that a backward pass needs, such as which element of a window was the largest.
typealias ByteStorage = MemoryBlock<UInt8>

/// Mean and sum of squared deviations of each channel over all pixels, in double precision.
final class ChannelStatistics: @unchecked Sendable {
    fileprivate(set) var mean: [Double]
    fileprivate(set) var squares: [Double]

    init(channels: Int) {
        mean = [Double](repeating: 0, count: channels)
        squares = mean
    }

    /// Lets a kernel fill both.
    func fill(_ body: (UnsafeMutablePointer<Double>, UnsafeMutablePointer<Double>) -> Void) {
        mean.withUnsafeMutableBufferPointer { mean in
            squares.withUnsafeMutableBufferPointer { squares in
                guard let mean = mean.baseAddress, let squares = squares.baseAddress else { return }
                body(mean, squares)
            }
        }
    }
}
