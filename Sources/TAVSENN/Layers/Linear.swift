/// y = x · Wᵀ + b over the last axis. Parameters `weight` `[O, I]`, `bias` `[O]`; start uniform in ±1/√I.
public struct Linear: Sendable {
    /// `[O, I]`
    public let weight: Parameter
    /// `[O]`
    public let bias: Parameter?

    /// - Parameters:
    ///   - scope: place of the parameters.
    ///   - inputs: I.
    ///   - outputs: O.
    public init(_ scope: Scope, inputs: Int, outputs: Int, bias: Bool = true) {
        weight = scope.parameter("weight", [outputs, inputs], .fanIn(inputs))
        self.bias = bias ? scope.parameter("bias", [outputs], .fanIn(inputs)) : nil
    }

    /// Starts all weights at one value and all biases at another.
    public init(_ scope: Scope, inputs: Int, outputs: Int, initialWeight: Float, initialBias: Float) {
        weight = scope.parameter("weight", [outputs, inputs], .constant(initialWeight))
        bias = scope.parameter("bias", [outputs], .constant(initialBias))
    }

    /// x: `[…, I]`, result: `[…, O]`.
    public func callAsFunction(_ x: Tensor) -> Tensor {
        x.linear(weight: weight.value, bias: bias?.value)
    }
}
