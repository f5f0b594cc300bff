/// A dense array of 32-bit floats with a shape; the value that layers and operations take and return.
///
/// Elements are contiguous, last axis fastest. Images are stored channels last, `[B, H, W, C]`; sequences are
/// `[B, T, D]`. A tensor never changes once made: operations return new ones, `reshaped` and leading-axis
/// slices share memory. While a `Tape` records, results of tensors that want a gradient remember how they
/// were made.
///
/// ```swift
/// let x = Tensor([2, 3], values: [1, 2, 3, 4, 5, 6])
/// let y = (x * 2 + 1).sum()
/// ```
public struct Tensor: Sendable {
    /// Length of each axis; empty for a single number.
    public let shape: [Int]
    /// Number of elements: the product of the shape.
    public let count: Int

    let storage: Storage
    let offset: Int
    /// Present when a gradient is wanted for this value.
    let node: Node?

    init(shape: [Int], storage: Storage, offset: Int = 0, node: Node? = nil) {
        self.shape = shape
        self.count = shape.reduce(1, *)
        self.storage = storage
        self.offset = offset
        self.node = node
    }

    /// Uninitialised; for kernels that write every element.
    init(uninitialized shape: [Int]) {
        precondition(shape.allSatisfy { $0 >= 0 }, "a shape has no negative length: \(shape)")
        self.init(shape: shape, storage: Storage(count: shape.reduce(1, *)))
    }

    /// - Parameters:
    ///   - shape: length of each axis.
    ///   - values: the elements, last axis fastest; their number must be the product of the shape.
    public init(_ shape: [Int], values: [Float]) {
        self.init(uninitialized: shape)
        guard values.count == count else {
            Contract.fail("Tensor", "shape \(shape) holds \(count) values, got \(values.count)")
        }
        let target = self.target
        values.withUnsafeBufferPointer {
            if let base = $0.baseAddress { target.update(from: base, count: count) }
        }
    }

    /// A single number, shape `[]`.
    public init(_ value: Float) {
        self.init([], values: [value])
    }

    /// All elements equal.
    public init(_ shape: [Int], repeating value: Float) {
        self.init(uninitialized: shape)
        target.update(repeating: value, count: count)
    }

    /// All elements zero.
    public static func zeros(_ shape: [Int]) -> Tensor { Tensor(shape, repeating: 0) }
    /// All elements one.
    public static func ones(_ shape: [Int]) -> Tensor { Tensor(shape, repeating: 1) }

    /// Number of axes.
    public var rank: Int { shape.count }

    /// The elements, last axis fastest.
    public var values: [Float] { Array(UnsafeBufferPointer(start: source, count: count)) }

    /// The only element of a tensor that has one.
    public var item: Float {
        guard count == 1 else { Contract.fail("item", "needs exactly one element, shape is \(shape)") }
        return source.pointee
    }

    /// Calls `body` with the elements, last axis fastest; for custom operations.
    public func withUnsafeBuffer<R>(_ body: (UnsafeBufferPointer<Float>) throws -> R) rethrows -> R {
        try withExtendedLifetime(storage) { try body(UnsafeBufferPointer(start: source, count: count)) }
    }

    /// A new tensor whose elements `body` writes, every one of them; for custom operations.
    public init(_ shape: [Int], initializing body: (UnsafeMutableBufferPointer<Float>) throws -> Void)
        rethrows
    {
        self.init(uninitialized: shape)
        try body(UnsafeMutableBufferPointer(start: target, count: count))
    }

    /// Several new tensors of one shape whose elements `body` writes, every one of them; for custom operations.
    public static func several(
        _ number: Int, _ shape: [Int], initializing body: ([UnsafeMutableBufferPointer<Float>]) throws -> Void
    ) rethrows -> [Tensor] {
        let tensors = (0..<number).map { _ in Tensor(uninitialized: shape) }
        try body(tensors.map { UnsafeMutableBufferPointer(start: $0.target, count: $0.count) })
        return tensors
    }

    /// The same values without a history: no gradient flows through.
    public var detached: Tensor { Tensor(shape: shape, storage: storage, offset: offset) }

    /// Address of the first element. Take it from a named value that lives until the kernel has run, never
    /// from a temporary.
    var source: UnsafePointer<Float> { UnsafePointer(storage.pointer + offset) }
    /// Address for writing; only for a tensor that nobody else has seen yet.
    var target: UnsafeMutablePointer<Float> { storage.pointer + offset }

    func with(node: Node?) -> Tensor { Tensor(shape: shape, storage: storage, offset: offset, node: node) }

    /// Shape, and the parameter's path where the tensor is one; for messages.
    var label: String {
        if let path = node?.path { return "\(path) \(shape)" }
        return "\(shape)"
    }

    /// Axis counted from the end when negative, checked.
    func axis(_ axis: Int, _ operation: String) -> Int {
        let resolved = axis < 0 ? axis + rank : axis
        guard resolved >= 0, resolved < rank else {
            Contract.fail(operation, "has no axis \(axis): shape is \(label)")
        }
        return resolved
    }
}

extension Tensor: CustomStringConvertible {
    /// Shape and the first elements.
    public var description: String {
        let head = values.prefix(8).map { "\($0)" }.joined(separator: ", ")
        return "Tensor\(shape)(\(head)\(count > 8 ? ", …" : ""))"
    }
}

extension Tensor: ExpressibleByFloatLiteral, ExpressibleByIntegerLiteral {
    /// A single number, so that `x * 0.5` reads as it should.
    public init(floatLiteral value: Float) { self.init(value) }
    /// A single number.
    public init(integerLiteral value: Int) { self.init(Float(value)) }
}
