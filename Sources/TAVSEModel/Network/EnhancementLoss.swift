import TAVSENN

/// What training minimises: negative SI-SNR of the wave plus a share of the magnitude error.
///
///     loss = −mean SI-SNR(wave, clean) + weight · mean |enhanced magnitude − |STFT(clean)||
public struct EnhancementLoss: Sendable {
    /// 10 / ln 10: from natural logarithms of power to decibels.
    private static let decibelsPerNeper: Float = 4.342_944_8

    /// Weight of the magnitude error.
    public var magnitudeWeight: Float

    /// - Parameter magnitudeWeight: share of the magnitude error.
    public init(magnitudeWeight: Float = 0.1) {
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
        guard clean.shape == output.wave.shape else {
            throw .inputShape(input: "clean", expected: "\(output.wave.shape)", found: clean.shape)
        }
        let target = try stft.spectrum(clean).magnitude
        let error = (output.magnitude - target).magnitude().mean()
        return -Self.siSNR(estimate: output.wave, reference: clean).mean() + error * Tensor(magnitudeWeight)
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
