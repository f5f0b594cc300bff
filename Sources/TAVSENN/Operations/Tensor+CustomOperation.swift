extension Tensor {
    /// Puts an operation computed elsewhere on the tape: the seam for what this module knows nothing of, such as a
    /// Fourier transform.
    ///
    /// ```swift
    /// let y = Tensor.custom("masked inverse STFT", inputs: [mask], output: wave) { gradient in [adjoint(gradient)] }
    /// ```
    ///
    /// - Parameters:
    ///   - name: for messages.
    ///   - inputs: the values the result depends on and that may want a gradient.
    ///   - output: the result, already computed.
    ///   - backward: maps the gradient of the output to those of the inputs, each of its input's shape; nil where
    ///     an input gets none. Called at most once.
    public static func custom(
        _ name: String, inputs: [Tensor], output: Tensor, backward: @escaping (Tensor) -> [Tensor?]
    ) -> Tensor {
        let shapes = inputs.map(\.shape)
        return output.detached.recorded(name, inputs) { gradient in
            let gradients = backward(gradient)
            guard gradients.count == shapes.count else {
                Contract.fail(
                    name, "has \(shapes.count) inputs but its backward made \(gradients.count) gradients")
            }
            for (shape, gradient) in zip(shapes, gradients) {
                if let gradient, gradient.shape != shape {
                    Contract.fail(name, "made a gradient \(gradient.shape) for an input \(shape)")
                }
            }
            return gradients
        }
    }
}
