/// Scale-invariant signal-to-distortion ratio (SI-SDR), in decibels; higher is better.
///
///     α      = ⟨ŝ, s⟩ / ‖s‖²
///     SI-SDR = 10 · log₁₀( ‖α·s‖² / ‖ŝ − α·s‖² )
///
/// No mean is removed: a constant offset in either signal counts, by many decibels. ``SISNR`` removes it.
///
/// > Source: Le Roux, Wisdom, Erdogan & Hershey, *SDR – half-baked or well done?*, ICASSP 2019.
public struct SISDR: PairMetric {
    /// Makes the metric; it has no parameters.
    public init() {}

    /// What the number means, and everything that could move it.
    public var descriptor: MetricDescriptor {
        MetricDescriptor(
            name: .siSDR, title: "SI-SDR", unit: "dB", lowerBound: nil, upperBound: nil,
            direction: .higherIsBetter, signature: "SI-SDR|zero_mean:no|v:1",
            source: "Le Roux et al., SDR – half-baked or well done?, ICASSP 2019")
    }

    func score(_ work: PairWork) throws(MetricError) -> Double {
        try ScaleInvariant.ratio(try work.checked(), zeroMean: false)
    }
}
