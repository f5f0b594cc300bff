/// Layer norm over the last axis. Parameters `weight` (1) and `bias` (0), `[D]`.
public struct LayerNorm: Sendable {
    /// γ `[D]`
    public let weight: Parameter
    /// β `[D]`
    public let bias: Parameter
    /// Added to the variance.
    public let epsilon: Float

    /// - Parameters:
    ///   - scope: place of the parameters.
    ///   - width: D.
    public init(_ scope: Scope, width: Int, epsilon: Float = 1e-5) {
        weight = scope.parameter("weight", [width], .constant(1))
        bias = scope.parameter("bias", [width], .constant(0))
        self.epsilon = epsilon
    }

    /// x and result: `[…, D]`.
    public func callAsFunction(_ x: Tensor) -> Tensor {
        x.layerNormalized(weight: weight.value, bias: bias.value, epsilon: epsilon)
    }
}
