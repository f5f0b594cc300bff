import TAVSENN

/// Tokens, visual features and their times: what a modality's contribution is made from.
struct FusionInput {
    /// `[B, L, D]`, token = row · columns + column
    let tokens: Tensor
    /// Seconds, one per column of the bottleneck.
    let columnTimes: [Double]
    /// `[B, N, V]`
    let visual: Tensor
    /// Seconds, one per video frame.
    let visualTimes: [Double]
}

/// What one modality would add to the tokens, before its gate: `[B, L, D]`.
protocol ContributionSource: Sendable {
    func callAsFunction(_ input: FusionInput) -> Tensor
}

/// Tokens attend to the visual features around their own time; both carry the same encoding of time in seconds.
///
///     q = norm(z) + e(t),  kv = norm(v) + e(τ),  c = attention(q, kv)
///
/// A token at time t sees the frames whose middle τ is at most `fusion_window` from t, and always the nearest one, the
/// earlier of two equally near; without a window it sees all frames.
struct CrossAttention: ContributionSource {
    private let normQuery: LayerNorm
    private let normVisual: LayerNorm
    private let attention: MultiHeadAttention
    private let window: Double?

    init(_ scope: Scope, _ specification: NetworkSpecification) {
        let (d, v) = (specification.bottleneckWidth, specification.visualFeatures)
        normQuery = LayerNorm(scope / "norm_q", width: d)
        normVisual = LayerNorm(scope / "norm_kv", width: v)
        attention = MultiHeadAttention(
            scope / "attention", queryWidth: d, keyWidth: v, inner: specification.fusionDim,
            heads: specification.fusionHeads)
        window = specification.fusionWindow
    }

    func callAsFunction(_ input: FusionInput) -> Tensor {
        let (shape, columns) = (input.tokens.shape, input.columnTimes.count)
        let time = TimeEncoding.encode(seconds: input.columnTimes, width: shape[2])
        let q = (normQuery(input.tokens).reshaped([shape[0], -1, columns, shape[2]]) + time).reshaped(shape)
        let kv =
            normVisual(input.visual)
            + TimeEncoding.encode(seconds: input.visualTimes, width: input.visual.shape[2])
        return attention(q, kv, window: window.map(input.framesAround))
    }
}

extension FusionInput {
    private enum Constants {
        /// Seconds; what rounding may move the distance between a token and a frame by.
        static let slack = 1e-9
    }

    /// The frames that the tokens of each column see.
    fileprivate func framesAround(_ seconds: Double) -> AttentionWindow {
        AttentionWindow(
            columnTimes.map { time in
                let distances = visualTimes.map { abs(time - $0) }
                let nearest = distances.indices.reduce(0) { distances[$1] < distances[$0] ? $1 : $0 }
                let isSeen = { distances[$0] <= seconds + Constants.slack }
                // Frames follow each other in time, so those seen are neighbours, the nearest among them.
                let first = distances.indices.first(where: isSeen) ?? nearest
                let last = distances.indices.last(where: isSeen) ?? nearest
                return first..<last + 1
            })
    }

    /// Visual features at the tokens' own times, `[B, L, V]`.
    fileprivate var visualAtTokens: Tensor {
        let step = visualTimes.count > 1 ? visualTimes[1] - visualTimes[0] : 1
        let rows = tokens.shape[1] / columnTimes.count
        let tokenTimes = (0..<rows).flatMap { _ in columnTimes }
        return visual.interpolated(at: tokenTimes, start: visualTimes.first ?? 0, step: step)
    }
}

/// c = W₂ · gelu(W₁ · [z; v(t)] + b₁) + b₂
struct ConcatMLP: ContributionSource {
    private let first: Linear
    private let second: Linear

    init(_ scope: Scope, _ specification: NetworkSpecification) {
        let (d, v) = (specification.bottleneckWidth, specification.visualFeatures)
        first = Linear(scope / 0, inputs: d + v, outputs: d)
        second = Linear(scope / 2, inputs: d, outputs: d)
    }

    func callAsFunction(_ input: FusionInput) -> Tensor {
        second(first(Tensor.concatenated([input.tokens, input.visualAtTokens], axis: -1)).gelu())
    }
}

/// c = z · scale + shift, (scale, shift) a linear map of v(t).
///
/// > Source: Perez et al., *FiLM*, AAAI 2018 (arXiv:1709.07871).
struct FiLM: ContributionSource {
    private let map: Linear

    init(_ scope: Scope, _ specification: NetworkSpecification) {
        map = Linear(
            scope, inputs: specification.visualFeatures, outputs: 2 * specification.bottleneckWidth)
    }

    func callAsFunction(_ input: FusionInput) -> Tensor {
        let parts = map(input.visualAtTokens).split(2, axis: -1)
        return input.tokens * parts[0] + parts[1]
    }
}
