import TAVSENN

/// What training minimises: negative SI-SNR of the wave plus a share of the magnitude error.
///
///     loss = −a · mean SI-SNR(wave, clean) + b · mean |enhanced magnitude − |STFT(clean)||
public struct EnhancementLoss: Sendable, Equatable {
    /// 10 / ln 10: from natural logarithms of power to decibels.
    private static let decibelsPerNeper: Float = 4.342_944_8

    /// The loss of a batch and what it is made of; one number each.
    public struct Parts: Sendable {
        /// The weighted sum; gradients flow from here.
        public let total: Tensor
        /// Mean SI-SNR over the samples, dB.
        public let siSNR: Tensor
        /// Mean magnitude error, unweighted.
        public let magnitudeError: Tensor
    }

    /// Weight a of the negative SI-SNR.
    public var siSNRWeight: Float
    /// Weight b of the magnitude error.
    public var magnitudeWeight: Float

    /// - Parameters:
    ///   - siSNRWeight: a.
    ///   - magnitudeWeight: b.
    public init(siSNRWeight: Float = 1, magnitudeWeight: Float = 0.1) {
        self.siSNRWeight = siSNRWeight
        self.magnitudeWeight = magnitudeWeight
    }

    /// - Parameters:
    ///   - output: of the network.
    ///   - clean: `[B, S]`.
    ///   - stft: the network's front end.
    /// - Returns: one number.
    public func callAsFunction(_ output: NetworkOutput, clean: Tensor, stft: STFT) throws(ModelError)
        -> Tensor
    {
        try parts(output, clean: clean, stft: stft).total
    }

    /// The loss with its parts.
    ///
    /// - Parameters:
    ///   - output: of the network.
    ///   - clean: `[B, S]`.
    ///   - stft: the network's front end.
    public func parts(_ output: NetworkOutput, clean: Tensor, stft: STFT) throws(ModelError) -> Parts {
        guard clean.shape == output.wave.shape else {
            throw .inputShape(input: "clean", expected: "\(output.wave.shape)", found: clean.shape)
        }
        let target = try stft.spectrum(clean).magnitude
        let error = (output.magnitude - target).magnitude().mean()
        let siSNR = Self.siSNR(estimate: output.wave, reference: clean).mean()
        let total = error * Tensor(magnitudeWeight) - siSNR * Tensor(siSNRWeight)
        return Parts(total: total, siSNR: siSNR.detached, magnitudeError: error.detached)
    }

    /// Scale-invariant signal-to-noise ratio per sample, in dB, differentiable.
    ///
    ///     e, r without their means;  s = ⟨e, r⟩·r / (‖r‖² + ε);  10·log₁₀(‖s‖² / (‖e − s‖² + ε) + ε)
    ///
    /// ε = 1e-8 keeps silence finite; scores use the metric of the same name, which has no ε.
    ///
    /// - Parameters:
    ///   - estimate: `[B, S]`.
    ///   - reference: `[B, S]`.
    /// - Returns: `[B]`.
    public static func siSNR(estimate: Tensor, reference: Tensor) -> Tensor {
        let epsilon: Tensor = 1e-8
        let e = estimate - estimate.mean(axis: -1, keepingAxis: true)
        let r = reference - reference.mean(axis: -1, keepingAxis: true)
        let target =
            (e * r).sum(axis: -1, keepingAxis: true) * r
            / (r.squared().sum(axis: -1, keepingAxis: true) + epsilon)
        let noise = e - target
        let ratio = target.squared().sum(axis: -1) / (noise.squared().sum(axis: -1) + epsilon)
        return (ratio + epsilon).log() * Tensor(decibelsPerNeper)
    }
}
