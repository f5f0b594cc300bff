/// Runs a part of a network without saving its activations; they are computed again in the backward pass.
///
///     memory of the part: its inputs and output instead of every activation inside
///     time of the part:   one forward pass more
///
/// Dropout masks are a function of seed, layer and step, so the second pass draws the same ones, and batch
/// norm updates its running statistics in the first pass only.
///
/// The second pass saves in full precision whatever the tape asks for. What it saves lives until the end of the
/// same part's backward, where rounded copies would stand beside the values they were made from and those they are
/// expanded to: more memory at the moment that has the most, and less exact gradients. Its products are in full precision,
/// too, as those of the first pass are.
///
/// > Source: Chen et al., *Training Deep Nets with Sublinear Memory Cost*, 2016 (arXiv:1604.06174).
///
/// - Parameters:
///   - inputs: every value from outside that `body` uses and that wants a gradient, other than parameters.
///   - body: a function of `inputs`; it may be called twice.
public func checkpoint(_ inputs: [Tensor], _ body: @escaping ([Tensor]) -> Tensor) -> Tensor {
    guard let tape = Tape.current else { return body(inputs) }
    let output = noGradient { body(inputs.map(\.detached)) }
    let options = Tape.Options(savedPrecision: .float32, tracesNonFinite: tape.options.tracesNonFinite)
    let tracked = inputs.map { ($0.detached, $0.wantsGradient) }
    // The output always wants a gradient: parameters inside are not among the inputs.
    return tape.append("checkpoint", output, inputs) { gradient in
        let again = tracked.map { $0.1 ? $0.0.tracked() : $0.0 }
        let inner = Tape(replaying: options)
        let result = inner.record { body(again) }
        if result.wantsGradient { inner.backward(from: result, gradient: gradient) }
        return again.map(\.gradient)
    }
}
