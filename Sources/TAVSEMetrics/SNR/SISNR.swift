import TAVSESignal

/// Scale-invariant signal-to-noise ratio (SI-SNR), in decibels; higher is better.
///
///     ŝ, s   ← estimate and reference, each minus its mean
///     α      = ⟨ŝ, s⟩ / ‖s‖²
///     SI-SNR = 10 · log₁₀( ‖α·s‖² / ‖ŝ − α·s‖² )
///
/// ``SISDR`` is the same without removing the means.
///
/// > Source: Luo & Mesgarani, *TasNet*, ICASSP 2018 (arXiv:1711.00541).
public struct SISNR: PairMetric {
    /// Makes the metric; it has no parameters.
    public init() {}

    /// What the number means, and everything that could move it.
    public var descriptor: MetricDescriptor {
        MetricDescriptor(
            name: .siSNR, title: "SI-SNR", unit: "dB", lowerBound: nil, upperBound: nil,
            direction: .higherIsBetter, signature: "SI-SNR|zero_mean:yes|v:1",
            source: "Luo & Mesgarani, TasNet, ICASSP 2018")
    }

    func score(_ work: PairWork) throws(MetricError) -> Double {
        try ScaleInvariant.ratio(try work.checked(), zeroMean: true)
    }
}

/// Improvement of SI-SNR over the unprocessed noisy signal, in decibels; higher is better.
///
///     SI-SNRi = SI-SNR(estimate, reference) − SI-SNR(noisy, reference)
///
/// > Source: Luo & Mesgarani, *TasNet*, ICASSP 2018 (arXiv:1711.00541).
public struct SISNRImprovement: SpeechMetric {
    /// Makes the metric; it has no parameters.
    public init() {}

    /// What the number means, and everything that could move it.
    public var descriptor: MetricDescriptor {
        MetricDescriptor(
            name: .siSNRImprovement, title: "SI-SNR improvement", unit: "dB", lowerBound: nil,
            upperBound: nil,
            direction: .higherIsBetter, signature: "SI-SNRi|zero_mean:yes|v:1",
            source: "Luo & Mesgarani, TasNet, ICASSP 2018")
    }

    /// Always throws `.missingNoisy`: an improvement needs the noisy signal.
    public func score(estimate: Signal, reference: Signal) throws(MetricError) -> Double {
        throw .missingNoisy
    }

    /// The improvement of an estimate over the noisy signal it was made from.
    ///
    /// - Parameters:
    ///   - estimate: processed speech, `[N]`.
    ///   - reference: clean speech, `[N]`, same sample rate.
    ///   - noisy: unprocessed speech, `[N]`, same sample rate.
    /// - Returns: dB.
    /// - Throws: the reason for which one of the two scores does not exist; what concerns the noisy signal
    ///   names it as such.
    public func score(estimate: Signal, reference: Signal, noisy: Signal) throws(MetricError) -> Double {
        try score(
            PairWork(estimate: estimate, reference: reference),
            noisy: PairWork(estimate: noisy, reference: reference))
    }

    func score(_ work: PairWork, noisy: PairWork) throws(MetricError) -> Double {
        let enhanced = try SISNR().score(work)
        do {
            return enhanced - (try SISNR().score(noisy))
        } catch {
            throw error.blaming(.noisy)
        }
    }
}

extension MetricError {
    /// The same reason, said of another signal where it was said of the estimate.
    func blaming(_ role: SignalRole) -> MetricError {
        switch self {
        case .silent(.estimate): .silent(role)
        case .constant(.estimate, let value): .constant(role, value: value)
        case .nonFinite(.estimate, let index): .nonFinite(role, index: index)
        case .lengthMismatch(let estimate, let reference):
            .undefined(
                "the \(role.rawValue) has \(estimate) samples and the reference \(reference); "
                    + "both must have the same length")
        case .sampleRateMismatch(let estimate, let reference):
            .undefined(
                "the \(role.rawValue) is at \(estimate) Hz and the reference at \(reference) Hz; "
                    + "resample one to the other's rate")
        case .infinite(let positive):
            .undefined(
                "the \(role.rawValue) signal's own score is \(positive ? "+" : "−")infinity, "
                    + "so there is no improvement over it")
        default: self
        }
    }
}
