import TAVSENN

/// Tokens, visual features and their times: what a modality's contribution is made from.
struct FusionInput {
    /// `[B, L, D]`
    let tokens: Tensor
    /// Seconds, one per token.
    let tokenTimes: [Double]
    /// `[B, N, V]`
    let visual: Tensor
    /// Seconds, one per video frame.
    let visualTimes: [Double]
}

/// What one modality would add to the tokens, before its gate: `[B, L, D]`.
protocol ContributionSource: Sendable {
    func callAsFunction(_ input: FusionInput) -> Tensor
}

/// Tokens attend to visual features; both carry the same encoding of time in seconds.
///
///     q = norm(z) + e(t),  kv = norm(v) + e(τ),  c = attention(q, kv)
struct CrossAttention: ContributionSource {
    private let normQuery: LayerNorm
    private let normVisual: LayerNorm
    private let attention: MultiHeadAttention

    init(_ scope: Scope, _ specification: NetworkSpecification) {
        let (d, v) = (specification.bottleneckWidth, specification.visualFeatures)
        normQuery = LayerNorm(scope / "norm_q", width: d)
        normVisual = LayerNorm(scope / "norm_kv", width: v)
        attention = MultiHeadAttention(
            scope / "attention", queryWidth: d, keyWidth: v, inner: specification.fusionDim,
            heads: specification.fusionHeads)
    }

    func callAsFunction(_ input: FusionInput) -> Tensor {
        let q =
            normQuery(input.tokens)
            + TimeEncoding.encode(seconds: input.tokenTimes, width: input.tokens.shape[2])
        let kv =
            normVisual(input.visual)
            + TimeEncoding.encode(seconds: input.visualTimes, width: input.visual.shape[2])
        return attention(q, kv)
    }
}

extension FusionInput {
    /// Visual features at the tokens' own times, `[B, L, V]`.
    fileprivate var visualAtTokens: Tensor {
        let step = visualTimes.count > 1 ? visualTimes[1] - visualTimes[0] : 1
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
