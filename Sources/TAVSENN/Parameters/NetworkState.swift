/// Whether layers learn or are used.
public enum Mode: Sendable {
    /// Batch norm uses and gathers batch statistics; dropout is on.
    case training
    /// Batch norm uses running statistics; dropout is off.
    case evaluation
}

/// Everything a network owns besides its structure: parameters, buffers, counters, mode and random streams.
///
/// Layers take their parameters from a `Scope` when they are made, which gives each its path:
///
/// ```swift
/// let state = NetworkState(seed: 1)
/// let layer = Linear(state.root / "hidden", inputs: 2, outputs: 16)      // hidden.weight, hidden.bias
/// ```
///
/// Initial values and dropout masks are functions of seed, path and step: adding a layer changes no other layer's.
public final class NetworkState: @unchecked Sendable {
    /// Parameters in the order of their making.
    public private(set) var parameters: [Parameter] = []
    /// Buffers in the order of their making.
    public private(set) var buffers: [Buffer] = []
    /// Counters in the order of their making.
    public private(set) var counters: [Counter] = []
    /// Training or evaluation; training at first.
    public var mode = Mode.training
    /// Seed of initial values and dropout.
    public let seed: UInt64
    /// Number of the step, set by the trainer before each one; dropout masks follow it.
    public var step: UInt64 = 0
    private var paths: Set<String> = []

    /// No parameters yet.
    public init(seed: UInt64) {
        self.seed = seed
    }

    /// The outermost scope.
    public var root: Scope { Scope(state: self, path: "") }

    /// Number of trainable values.
    public var parameterCount: Int { parameters.reduce(0) { $0 + $1.count } }

    /// Forgets all gradients.
    public func clearGradients() {
        for parameter in parameters { parameter.gradient = nil }
    }

    /// Runs `body` in another mode, and returns to this one.
    public func with<R>(mode: Mode, _ body: () throws -> R) rethrows -> R {
        let previous = self.mode
        self.mode = mode
        defer { self.mode = previous }
        return try body()
    }

    fileprivate func claim(_ path: String) {
        guard paths.insert(path).inserted else { Contract.fail("parameter", "path \(path) is used twice") }
    }

    fileprivate func add(_ parameter: Parameter) { parameters.append(parameter) }
    fileprivate func add(_ buffer: Buffer) { buffers.append(buffer) }
    fileprivate func add(_ counter: Counter) { counters.append(counter) }
}

/// A place in a network under which a layer makes its parameters.
public struct Scope: Sendable {
    /// What the parameters belong to.
    public let state: NetworkState
    /// Path of this place; empty at the root.
    public let path: String

    /// A place inside this one.
    public static func / (scope: Scope, name: String) -> Scope {
        Scope(state: scope.state, path: scope.path(of: name))
    }

    /// A numbered place inside this one, as in a list of layers.
    public static func / (scope: Scope, index: Int) -> Scope { scope / "\(index)" }

    private func path(of name: String) -> String { path.isEmpty ? name : "\(path).\(name)" }

    /// Makes a parameter here.
    public func parameter(_ name: String, _ shape: [Int], _ initial: Initializer) -> Parameter {
        let path = path(of: name)
        state.claim(path)
        let key = CounterRandom.key(seed: state.seed, name: path)
        let parameter = Parameter(path: path, value: initial.tensor(shape, key: key))
        state.add(parameter)
        return parameter
    }

    /// Makes a buffer here.
    public func buffer(_ name: String, _ value: Tensor) -> Buffer {
        let path = path(of: name)
        state.claim(path)
        let buffer = Buffer(path: path, value: value)
        state.add(buffer)
        return buffer
    }

    /// Makes a counter here, at zero.
    public func counter(_ name: String) -> Counter {
        let path = path(of: name)
        state.claim(path)
        let counter = Counter(path: path)
        state.add(counter)
        return counter
    }
}

/// How a parameter starts.
public enum Initializer: Sendable {
    /// All equal.
    case constant(Float)
    /// Uniform between −bound and bound.
    case uniform(bound: Float)

    /// Uniform between ±1/√fanIn, what the field's frameworks use for linear and convolution layers
    /// (He et al., 2015, with a = √5).
    static func fanIn(_ fanIn: Int) -> Initializer { .uniform(bound: 1 / Float(max(1, fanIn)).squareRoot()) }

    func tensor(_ shape: [Int], key: UInt64) -> Tensor {
        switch self {
        case .constant(let value): return Tensor(shape, repeating: value)
        case .uniform(let bound):
            return Tensor(shape) { values in
                for i in values.indices {
                    values[i] = (2 * CounterRandom.uniform(key: key, index: UInt64(i)) - 1) * bound
                }
            }
        }
    }
}
