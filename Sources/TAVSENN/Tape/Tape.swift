/// Records operations and runs them backwards: reverse-mode gradients with explicit lifetimes.
///
/// ```swift
/// let tape = Tape()
/// let loss = tape.record { criterion(network(x), y) }
/// tape.backward(from: loss)          // parameters now hold their gradients
/// ```
///
/// The backward pass walks the record from its end. As soon as an operation's gradient has been computed, its
/// entry is dropped and with it everything the operation had saved, so an activation is freed when its last
/// consumer in the backward pass has run. Outside `record` nothing is saved at all.
///
/// A tape is used by one thread or task at a time.
public final class Tape: @unchecked Sendable {
    /// What a tape may do besides recording.
    public struct Options: Sendable {
        /// How saved activations are kept until the backward pass.
        public var savedPrecision: SavedPrecision
        /// How linear maps and attention are multiplied, forward and backward.
        public var products: ProductPrecision
        /// Checks every result and every gradient, and remembers the first that is not finite.
        public var tracesNonFinite: Bool

        /// Full precision; tracing when the environment variable `TAVSE_TRACE_NAN` is 1.
        public init(
            savedPrecision: SavedPrecision = .float32, products: ProductPrecision = .float32,
            tracesNonFinite: Bool = NonFinite.isTracingByDefault
        ) {
            self.savedPrecision = savedPrecision
            self.products = products
            self.tracesNonFinite = tracesNonFinite
        }
    }

    private struct Entry {
        let operation: String
        let output: Node
        let inputs: [Node?]
        let backward: (Tensor) -> [Tensor?]
    }

    @TaskLocal static var current: Tape?

    let options: Options
    /// True while a checkpointed part is computed a second time; batch norm then leaves its statistics alone.
    let isReplay: Bool
    /// The first operation that produced a value that is not finite, when the options ask for it.
    public private(set) var firstNonFinite: NonFinite?
    private var entries: [Entry] = []

    /// An empty tape.
    public init(options: Options = Options()) {
        self.options = options
        isReplay = false
    }

    init(replaying outer: Tape.Options) {
        options = outer
        isReplay = true
    }

    /// Number of recorded operations that have not run backwards yet.
    public var count: Int { entries.count }

    /// Runs `body` and records every operation on a value that wants a gradient.
    public func record<R>(_ body: () throws -> R) rethrows -> R {
        try Tape.$current.withValue(self, operation: body)
    }

    /// Computes the gradients of `output` with respect to every parameter and tracked value it depends on,
    /// adding to gradients already there. The record is empty afterwards.
    ///
    /// - Parameters:
    ///   - output: a result made under `record`.
    ///   - gradient: what flows in, of the shape of `output`; 1 for a single number.
    public func backward(from output: Tensor, gradient: Tensor? = nil) {
        guard let node = output.node else {
            Contract.fail("backward", "starts from a value that depends on no parameter or tracked tensor")
        }
        if gradient == nil, output.count != 1 {
            Contract.fail("backward", "needs an incoming gradient for an output of shape \(output.shape)")
        }
        let seed = gradient ?? Tensor(output.shape, repeating: 1)
        Contract.equal("backward", output.detached, seed)
        node.accumulate(seed)
        Tape.$current.withValue(nil) {
            while let entry = entries.popLast() { run(entry) }
        }
    }

    private func run(_ entry: consuming Entry) {
        for node in entry.inputs { node?.consumers -= 1 }
        guard let gradient = entry.output.take() else { return }
        let contributions = entry.backward(gradient)
        entry.output.step = nil
        for (node, contribution) in zip(entry.inputs, contributions) {
            guard let node, let contribution else { continue }
            if options.tracesNonFinite { trace(entry.operation, node.path, contribution, backward: true) }
            node.accumulate(contribution)
        }
    }

    func append(
        _ operation: String, _ output: Tensor, _ inputs: [Tensor], _ backward: @escaping (Tensor) -> [Tensor?]
    ) -> Tensor {
        let node = Node()
        for input in inputs { input.node?.consumers += 1 }
        entries.append(
            Entry(operation: operation, output: node, inputs: inputs.map(\.node), backward: backward))
        return output.with(node: node)
    }

    func trace(_ operation: String, _ path: String?, _ value: Tensor, backward: Bool) {
        guard firstNonFinite == nil, !Device.kernels.isFinite(value.source, count: value.count) else {
            return
        }
        firstNonFinite = NonFinite(
            operation: operation, parameter: path, shape: value.shape, index: count, isBackward: backward)
    }
}

extension Tensor {
    /// True when an operation on these values has to be recorded.
    static func isRecording(_ inputs: Tensor...) -> Bool {
        Tape.current != nil && inputs.contains { $0.node != nil }
    }

    /// Ends every operation: attaches the history when a tape records and an input wants a gradient.
    ///
    /// - Parameters:
    ///   - backward: maps the gradient of the output to those of the inputs, in their order; nil where the
    ///     input wants none.
    func recorded(_ operation: String, _ inputs: [Tensor], backward: @escaping (Tensor) -> [Tensor?])
        -> Tensor
    {
        guard let tape = Tape.current else { return detached }
        if tape.options.tracesNonFinite {
            tape.trace(operation, inputs.lazy.compactMap { $0.node?.path }.first, self, backward: false)
        }
        guard inputs.contains(where: { $0.node != nil }) else { return detached }
        return tape.append(operation, self, inputs, backward)
    }

    /// Whether a gradient is wanted for this value.
    public var wantsGradient: Bool { node != nil }

    /// The same values as the start of a history: a gradient will gather here.
    public func tracked() -> Tensor { with(node: Node()) }

    /// The gradient that gathered at a `tracked()` value.
    public var gradient: Tensor? { node?.gradient }
}

/// Runs `body` without recording, inside or outside a tape's `record`.
public func noGradient<R>(_ body: () throws -> R) rethrows -> R {
    try Tape.$current.withValue(nil, operation: body)
}
