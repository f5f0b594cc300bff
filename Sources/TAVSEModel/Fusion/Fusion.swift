import TAVSENN

/// What the fusion did: the tokens it made, and how much each modality passed.
struct FusionOutput {
    /// `[B, L, D]`
    let tokens: Tensor
    /// `[B, L, M, G]`, in (0, 1)
    let gates: Tensor
    /// gₘ · cₘ per visual modality, `[B, L, D]`
    let gated: [Tensor]
}

/// Adds gated contributions of the visual modalities to the audio tokens.
///
///     z′ = z + Σₘ gₘ · cₘ,   g = σ(W·[z; c₁; c₂; …] + b)
///
/// Each modality and token has G gate values, each for D/G neighbouring channels. W starts at 0 and b at −2: gates
/// open from 0.12. A modality that is absent for a sample has c = 0 there.
struct Fusion: Sendable {
    let modalities: [Modality]
    private let sources: [any ContributionSource]
    private let gate: Linear
    private let groups: Int

    private enum Constants {
        static let initialBias: Float = -2
    }

    init(_ scope: Scope, _ specification: NetworkSpecification) {
        let (visual, d) = (specification.visualModalities, specification.bottleneckWidth)
        modalities = visual
        groups = specification.gateGroups
        sources = visual.map { modality -> any ContributionSource in
            switch specification.fusion {
            case .crossAttention: CrossAttention(scope / "source" / modality.rawValue, specification)
            case .concatMLP: ConcatMLP(scope / "mlp" / modality.rawValue, specification)
            case .film: FiLM(scope / "film" / modality.rawValue, specification)
            }
        }
        gate = Linear(
            scope / "gate", inputs: d * (1 + visual.count), outputs: groups * visual.count, initialWeight: 0,
            initialBias: Constants.initialBias)
    }

    /// - Parameters:
    ///   - z: audio tokens `[B, L, D]`, token = row · columns + column.
    ///   - columnTimes: seconds, one per column.
    ///   - visual: features `[B, N, V]` per modality; nil where no sample has it.
    ///   - present: 0 or 1 per sample, `[B, 1, 1]`; nil where all have it.
    func callAsFunction(
        _ z: Tensor, columnTimes: [Double], visual: [Modality: Tensor], fps: Double,
        present: [Modality: Tensor]
    ) -> FusionOutput {
        let contributions = zip(modalities, sources).map { modality, source in
            guard let features = visual[modality] else { return Tensor.zeros(z.shape) }
            let times = (0..<features.shape[1]).map { (Double($0) + 0.5) / fps }
            let c = source(
                FusionInput(tokens: z, columnTimes: columnTimes, visual: features, visualTimes: times))
            return present[modality].map { c * $0 } ?? c
        }
        let (b, l, d) = (z.shape[0], z.shape[1], z.shape[2])
        let gates = gate(Tensor.concatenated([z] + contributions, axis: -1)).sigmoid()
            .reshaped([b, l, modalities.count, groups])
        let gated = contributions.enumerated().map { k, c in
            let g = gates.sliced(axis: 2, k..<k + 1).reshaped([b, l, groups, 1])
            return (g * c.reshaped([b, l, groups, d / groups])).reshaped([b, l, d])
        }
        return FusionOutput(tokens: gated.reduce(z, +), gates: gates, gated: gated)
    }
}
