import TAVSENN

/// What happens between encoder and decoder: a transformer block over the bottleneck's pixels, with the fusion
/// between self-attention and feed-forward.
///
///     z = x + drop(attention(q, q)),  q = norm(x) + row embedding + e(time)
///     z = fusion(z, visual)
///     z = z + drop(W₂ · gelu(W₁ · norm(z)))
struct Bottleneck: Sendable {
    struct Output {
        let tokens: Tensor
        let audio: Tensor
        let gates: Tensor?
        let gated: [Tensor]
    }

    private let specification: NetworkSpecification
    private let frequency: Parameter
    private let normAttention: LayerNorm
    private let selfAttention: MultiHeadAttention
    private let fusion: Fusion?
    private let normFeedForward: LayerNorm
    private let expand: Linear
    private let contract: Linear
    private let dropAttention: Dropout
    private let dropFeedForward: Dropout

    init(_ root: Scope, _ specification: NetworkSpecification) {
        let d = specification.bottleneckWidth
        self.specification = specification
        frequency = root.parameter("frequency", [specification.bottleneckRows, d], .constant(0))
        normAttention = LayerNorm(root / "norm_attention", width: d)
        selfAttention = MultiHeadAttention(
            root / "self_attention", queryWidth: d, keyWidth: d, inner: d, heads: specification.heads)
        fusion = specification.visualModalities.isEmpty ? nil : Fusion(root / "fusion", specification)
        normFeedForward = LayerNorm(root / "norm_ffn", width: d)
        expand = Linear(root / "ffn" / 0, inputs: d, outputs: specification.ffnDim)
        contract = Linear(root / "ffn" / 2, inputs: specification.ffnDim, outputs: d)
        dropAttention = Dropout(root / "drop" / "attention", probability: Float(specification.dropout))
        dropFeedForward = Dropout(root / "drop" / "ffn", probability: Float(specification.dropout))
    }

    /// - Parameters:
    ///   - tokens: `[B, rows · columns, D]`, token = row · columns + column.
    ///   - features: `[B, N, V]` per modality that is used.
    ///   - present: `[B, 1, 1]` per modality that some samples lack.
    func callAsFunction(
        _ tokens: Tensor, columns: Int, features: [Modality: Tensor], present: [Modality: Tensor]
    ) -> Output {
        let (rows, d) = (specification.bottleneckRows, specification.bottleneckWidth)
        let columnTimes = (0..<columns).map {
            Double($0 * specification.columnSamples) / Double(specification.sampleRate)
        }
        let time = TimeEncoding.encode(seconds: columnTimes, width: d)
        let place = (frequency.value.reshaped([rows, 1, d]) + time).reshaped([rows * columns, d])
        let q = normAttention(tokens) + place
        let audio = tokens + dropAttention(selfAttention(q, q))
        let fused = fusion.map {
            $0(audio, columnTimes: columnTimes, visual: features, fps: specification.fps, present: present)
        }
        let z = fused?.tokens ?? audio
        return Output(
            tokens: z + dropFeedForward(contract(expand(normFeedForward(z)).gelu())), audio: audio,
            gates: fused?.gates, gated: fused?.gated ?? [])
    }
}
