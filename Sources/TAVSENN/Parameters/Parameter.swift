/// A tensor that training changes, known by its path in the network.
///
/// One trainer owns a network's parameters; they are not shared between threads while a step runs.
public final class Parameter: @unchecked Sendable {
    /// Place in the network, such as `visual.rgb.conv1.weight`; the name in checkpoints.
    public let path: String
    /// False freezes it: no gradient is computed and optimisers leave it alone.
    public var isTrainable = true
    private let node: Node
    private var stored: Tensor
    /// Changes whenever the values do; what was derived from them (folded or packed weights) is then stale.
    private(set) var version = 0

    init(path: String, value: Tensor) {
        self.path = path
        node = Node(path: path)
        stored = value.detached
    }

    /// Length of each axis.
    public var shape: [Int] { stored.shape }
    /// Number of elements.
    public var count: Int { stored.count }

    /// The values; operations on them are recorded unless the parameter is frozen.
    public var value: Tensor { isTrainable ? stored.with(node: node) : stored }

    /// The gradient gathered by `Tape.backward`, nil when none has come.
    public var gradient: Tensor? {
        get { node.gradient }
        set {
            if let newValue, newValue.shape != shape {
                Contract.fail("gradient", "\(newValue.shape) does not fit \(path) \(shape)")
            }
            node.set(newValue)
        }
    }

    /// Replaces the values.
    public func assign(_ tensor: Tensor) {
        guard tensor.shape == shape else {
            Contract.fail("assign", "\(tensor.shape) does not fit \(path) \(shape)")
        }
        stored = tensor.detached
        version += 1
    }

    /// Changes the values where they are; whoever still holds the old ones keeps them.
    func update(_ body: (Target) -> Void) {
        var storage = stored.storage
        let (shape, offset) = (stored.shape, stored.offset)
        stored = Tensor.empty
        if !isKnownUniquelyReferenced(&storage) {
            let copy = Tensor(uninitialized: shape)
            copy.target.update(from: storage.pointer + offset, count: copy.count)
            stored = copy
        } else {
            stored = Tensor(shape: shape, storage: storage, offset: offset)
        }
        body(stored.target)
        version += 1
    }
}

extension Tensor {
    fileprivate static let empty = Tensor.zeros([0])
}

/// Values that training gathers but no gradient changes, such as running statistics.
public final class Buffer: @unchecked Sendable {
    /// Place in the network; the name in checkpoints.
    public let path: String
    private(set) var version = 0
    /// The values.
    public private(set) var value: Tensor

    init(path: String, value: Tensor) {
        self.path = path
        self.value = value.detached
    }

    /// Replaces the values.
    public func assign(_ tensor: Tensor) {
        guard tensor.shape == value.shape else {
            Contract.fail("assign", "\(tensor.shape) does not fit \(path) \(value.shape)")
        }
        value = tensor.detached
        version += 1
    }
}

/// A whole number kept with a network, such as the batches a batch norm has seen.
public final class Counter: @unchecked Sendable {
    /// Place in the network; the name in checkpoints.
    public let path: String
    /// The count.
    public var value: Int64 = 0

    init(path: String) {
        self.path = path
    }
}
