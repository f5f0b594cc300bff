import Foundation

/// Signal-to-noise ratio, in decibels; higher is better.
///
///     SNR = 10 · log₁₀( ‖s‖² / ‖s − ŝ‖² )
///
/// Neither scale nor mean nor delay of the estimate is corrected.
public struct SNR: PairMetric {
    /// Makes the metric; it has no parameters.
    public init() {}

    /// What the number means, and everything that could move it.
    public var descriptor: MetricDescriptor {
        MetricDescriptor(
            name: .snr, title: "SNR", unit: "dB", lowerBound: nil, upperBound: nil,
            direction: .higherIsBetter, signature: "SNR|scale:no|zero_mean:no|v:1",
            source: "energy ratio of reference and difference")
    }

    func score(_ work: PairWork) throws(MetricError) -> Double {
        let pair = try work.checked()
        let noise = VectorKernels.residual(
            pair.reference, offsetA: 0, pair.estimate, offsetB: 0, scale: 1, count: pair.count)
        return try EnergyRatio.decibels(pair.referenceEnergy, over: noise)
    }
}

/// Energy ratios in decibels.
enum EnergyRatio {
    /// 10·log₁₀(signal/noise); an empty side makes the ratio infinite, which is a reason and not a number.
    static func decibels(_ signal: Double, over noise: Double) throws(MetricError) -> Double {
        guard noise > 0 else { throw .infinite(positive: true) }
        guard signal > 0 else { throw .infinite(positive: false) }
        return 10 * log10(signal / noise)
    }
}
