/// Bidirectional gated recurrent layers over a sequence.
///
/// Parameters of layer n `weight_ih_ln` `[3H, I]`, `weight_hh_ln` `[3H, H]`, `bias_ih_ln`, `bias_hh_ln` `[3H]`, and
/// the same with `_reverse`; gates in the order reset, update, new; all start uniform in ±1/√H.
public struct GRU: Sendable {
    private struct Direction: Sendable {
        let input: Parameter
        let hidden: Parameter
        let inputBias: Parameter
        let hiddenBias: Parameter

        init(_ scope: Scope, suffix: String, inputs: Int, hidden: Int) {
            let start = Initializer.fanIn(hidden)
            input = scope.parameter("weight_ih_\(suffix)", [3 * hidden, inputs], start)
            self.hidden = scope.parameter("weight_hh_\(suffix)", [3 * hidden, hidden], start)
            inputBias = scope.parameter("bias_ih_\(suffix)", [3 * hidden], start)
            hiddenBias = scope.parameter("bias_hh_\(suffix)", [3 * hidden], start)
        }

        var weights: GRUWeights {
            GRUWeights(
                input: input.value, hidden: hidden.value, inputBias: inputBias.value,
                hiddenBias: hiddenBias.value)
        }
    }

    private let layers: [[Direction]]

    /// - Parameters:
    ///   - scope: place of the parameters.
    ///   - inputs: width I of the sequence.
    ///   - hidden: width H of each direction.
    ///   - layers: number of layers.
    public init(_ scope: Scope, inputs: Int, hidden: Int, layers: Int = 1) {
        self.layers = (0..<layers).map { layer in
            ["", "_reverse"].map {
                Direction(
                    scope, suffix: "l\(layer)\($0)", inputs: layer == 0 ? inputs : 2 * hidden, hidden: hidden)
            }
        }
    }

    /// x: `[B, T, I]`, result: `[B, T, 2H]`.
    public func callAsFunction(_ x: Tensor) -> Tensor {
        layers.reduce(x) { x, layer in x.gru(layer.map(\.weights)) }
    }
}
