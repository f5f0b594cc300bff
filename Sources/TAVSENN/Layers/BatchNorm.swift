/// Batch norm over all but the last axis, with the residual sum and activation that follow it.
///
/// Parameters `weight` (1), `bias` (0); buffers `running_mean` (0), `running_var` (1), counter
/// `num_batches_tracked`. In training the running statistics move towards those of the batch:
///
///     running ← (1 − momentum) · running + momentum · batch,   variance unbiased (n − 1)
public struct BatchNorm: Sendable {
    /// γ `[C]`
    public let weight: Parameter
    /// β `[C]`
    public let bias: Parameter
    /// `[C]`
    public let runningMean: Buffer
    /// `[C]`
    public let runningVariance: Buffer
    /// Batches seen in training.
    public let batchesTracked: Counter
    /// Added to the variance.
    public let epsilon: Float
    /// Share of a new batch in the running statistics.
    public let momentum: Float
    private let state: NetworkState

    /// - Parameters:
    ///   - scope: place of the parameters.
    ///   - channels: C.
    public init(_ scope: Scope, channels: Int, epsilon: Float = 1e-5, momentum: Float = 0.1) {
        weight = scope.parameter("weight", [channels], .constant(1))
        bias = scope.parameter("bias", [channels], .constant(0))
        runningMean = scope.buffer("running_mean", .zeros([channels]))
        runningVariance = scope.buffer("running_var", .ones([channels]))
        batchesTracked = scope.counter("num_batches_tracked")
        self.epsilon = epsilon
        self.momentum = momentum
        state = scope.state
    }

    /// act(norm(x) + residual). x, residual and result: `[…, C]`.
    public func callAsFunction(_ x: Tensor, activation: Activation = .none, residual: Tensor? = nil) -> Tensor
    {
        guard state.mode == .training else {
            return x.batchNormalized(
                weight: weight.value, bias: bias.value, mean: runningMean.value,
                variance: runningVariance.value,
                epsilon: epsilon, activation: activation, residual: residual)
        }
        let (y, statistics) = x.batchNormalized(
            weight: weight.value, bias: bias.value, epsilon: epsilon, activation: activation,
            residual: residual)
        if Tape.current?.isReplay != true { track(statistics, rows: x.count / weight.count) }
        return y
    }

    private func track(_ statistics: ChannelStatistics, rows: Int) {
        let move = { (running: Buffer, batch: [Double]) in
            let values = zip(running.value.values, batch).map { old, new in
                Float(Double(1 - momentum) * Double(old) + Double(momentum) * new)
            }
            running.assign(Tensor([values.count], values: values))
        }
        move(runningMean, statistics.mean)
        move(runningVariance, statistics.squares.map { $0 / Double(rows - 1) })
        batchesTracked.value += 1
    }
}
