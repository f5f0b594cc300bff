/// A convolution with batch norm, residual sum and activation after it, computed together.
///
///     y = act( norm( conv(x) ) + residual )
///
/// Evaluated without gradients, the norm is folded into the convolution: w′ = w·scale, b′ = b·scale + shift.
public struct ConvNorm: Sendable {
    /// The convolution.
    public let convolution: Conv2D
    /// The norm over its output.
    public let norm: BatchNorm
    private let state: NetworkState
    private let folded = FoldedWeights()

    /// - Parameters:
    ///   - scope: where both parts live.
    ///   - convolutionName: name of the convolution's place.
    ///   - normName: name of the norm's place.
    ///   - inputs: channels in.
    ///   - outputs: channels out.
    ///   - kernel: side length.
    public init(
        _ scope: Scope, convolutionName: String, normName: String, inputs: Int, outputs: Int, kernel: Int,
        stride: AxisPair = 1, padding: AxisPair = 0, bias: Bool = false
    ) {
        convolution = Conv2D(
            scope / convolutionName, inputs: inputs, outputs: outputs, kernel: kernel, stride: stride,
            padding: padding, bias: bias)
        norm = BatchNorm(scope / normName, channels: outputs)
        state = scope.state
    }

    /// x: `[B, H, W, Cin]`, residual and result: `[B, H′, W′, Cout]`.
    public func callAsFunction(_ x: Tensor, activation: Activation, residual: Tensor? = nil) -> Tensor {
        guard state.mode == .evaluation, Tape.current == nil else {
            let z = x.convolution(
                weight: convolution.weight.value, bias: convolution.bias?.value, stride: convolution.stride,
                padding: convolution.padding, gathersStatistics: state.mode == .training)
            return norm(z, activation: activation, residual: residual)
        }
        let (weight, bias) = folded.current(convolution, norm)
        let y = x.convolution(
            weight: weight, bias: bias, stride: convolution.stride, padding: convolution.padding)
        return y.activated(activation, residual: residual)
    }
}

/// Weights with the norm folded in, made again when a parameter or statistic has changed.
private final class FoldedWeights: Sendable {
    private struct Content {
        var versions: [Int]
        var weight: Tensor
        var bias: Tensor
    }

    private let content = Guarded<Content?>(nil)

    func current(_ convolution: Conv2D, _ norm: BatchNorm) -> (Tensor, Tensor) {
        let versions = [
            convolution.weight.version, convolution.bias?.version ?? 0, norm.weight.version,
            norm.bias.version,
            norm.runningMean.version, norm.runningVariance.version,
        ]
        return content.withLock { content in
            if let known = content, known.versions == versions { return (known.weight, known.bias) }
            let affine = ChannelAffine(
                weight: norm.weight.value, bias: norm.bias.value, mean: norm.runningMean.value,
                variance: norm.runningVariance.value, epsilon: norm.epsilon)
            let outputs = affine.scale.count
            let weight = convolution.weight.value.detached * affine.scale.reshaped([outputs, 1, 1, 1])
            let bias =
                convolution.bias.map { $0.value.detached * affine.scale + affine.shift } ?? affine.shift
            content = Content(versions: versions, weight: weight, bias: bias)
            return (weight, bias)
        }
    }
}
