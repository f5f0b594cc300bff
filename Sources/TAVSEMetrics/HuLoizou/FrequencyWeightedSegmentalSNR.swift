import Foundation

/// Frequency-weighted segmental SNR (fwSegSNR), −10 to 35 dB; higher is better.
///
///     SNR[b] = 10·log₁₀( X[b]² / (X[b] − Y[b])² ),   W[b] = X[b]^0.2
///     value  = Σ W·SNR / Σ W per 30 ms frame, cut to −10 … 35 dB; mean over frames
///
/// X and Y are sums over 25 critical bands of magnitude spectra, each spectrum divided by its sum. Tools with other
/// bands (23 mel bands, say) give other numbers under the same name.
///
/// > Source: Tribolet et al., ICASSP 1978; Hu & Loizou, IEEE TASLP 16(1), 2008; details as in Loizou's programs.
public struct FrequencyWeightedSegmentalSNR: PairMetric {
    /// Makes the metric; it has no parameters.
    public init() {}

    /// What the number means, and everything that could move it.
    public var descriptor: MetricDescriptor {
        MetricDescriptor(
            name: .frequencyWeightedSegmentalSNR, title: "Frequency-weighted segmental SNR", unit: "dB",
            lowerBound: SegmentalSNR.range.lowerBound, upperBound: SegmentalSNR.range.upperBound,
            direction: .higherIsBetter, signature: "fwSegSNR|frame:30ms|bands:25|gamma:0.2|cut:-10,35|v:1",
            source: "Tribolet et al., ICASSP 1978; Hu & Loizou, IEEE TASLP 16(1), 2008")
    }

    private enum Constants {
        /// Exponent of the weights.
        static let gamma = 0.2
        /// Least squared difference.
        static let leastError = 0x1p-52
    }

    func score(_ work: PairWork) throws(MetricError) -> Double {
        let frames = try work.criticalBandFrames()
        var total = 0.0
        for t in 0..<frames.frameCount {
            var (sum, weights) = (0.0, 0.0)
            for band in (t * CriticalBands.count)..<((t + 1) * CriticalBands.count) {
                let signal = frames.referenceMagnitudes[band]
                let difference = signal - frames.estimateMagnitudes[band]
                let weight = pow(signal, Constants.gamma)
                sum +=
                    weight * 10 * log10(signal * signal / max(difference * difference, Constants.leastError))
                weights += weight
            }
            total += min(max(sum / weights, SegmentalSNR.range.lowerBound), SegmentalSNR.range.upperBound)
        }
        return total / Double(frames.frameCount)
    }
}
