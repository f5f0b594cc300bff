/// Dropout in training, nothing in evaluation. The mask is a function of the network's seed and step and of this
/// layer's path.
public struct Dropout: Sendable {
    /// Probability of zero.
    public let probability: Float
    private let scope: Scope

    /// - Parameters:
    ///   - scope: names the random stream; two layers under one name draw the same mask.
    ///   - probability: in 0 ..< 1.
    public init(_ scope: Scope, probability: Float) {
        self.scope = scope
        self.probability = probability
    }

    /// x and result: any shape.
    public func callAsFunction(_ x: Tensor) -> Tensor {
        guard scope.state.mode == .training, probability > 0 else { return x }
        let key = CounterRandom.key(seed: scope.state.seed, name: scope.path, counter: scope.state.step)
        return x.dropout(probability: probability, key: key)
    }
}
