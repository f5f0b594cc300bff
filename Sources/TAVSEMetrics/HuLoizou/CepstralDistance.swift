import Foundation

/// Cepstral distance (CD), 0 to 10; lower is better.
///
///     c[n] = −a[n] − (1/n)·Σ_{k=1}^{n−1} k·c[k]·a[n − k]
///     CD   = (10·√2 / ln 10) · √( Σₙ (c_s[n] − c_ŝ[n])² ),   n = 1 … P, at most 10
///
/// Cepstra of the frames' linear prediction (order P = 16, or 10 below 10 kHz); the lowest 95 % of the frames
/// are averaged. A frame of digital silence, in either signal or both, has no cepstrum and counts 10, as in the
/// original programs.
///
/// > Source: Kitawaki, Nagabuchi & Itoh, IEEE JSAC 6(2), 1988; Hu & Loizou, IEEE TASLP 16(1), 2008; details
/// > as in Loizou's programs.
public struct CepstralDistance: PairMetric {
    /// Makes the metric; it has no parameters.
    public init() {}

    /// What the number means, and everything that could move it.
    public var descriptor: MetricDescriptor {
        MetricDescriptor(
            name: .cepstralDistance, title: "Cepstral distance", unit: "dB", lowerBound: 0,
            upperBound: Self.limit,
            direction: .lowerIsBetter, signature: "CD|frame:30ms|order:16,10<10kHz|cut:10|mean:95%|v:1",
            source: "Kitawaki et al., IEEE JSAC 6(2), 1988; Hu & Loizou, IEEE TASLP 16(1), 2008")
    }

    /// Greatest value of a frame.
    private static let limit = 10.0

    func score(_ work: PairWork) throws(MetricError) -> Double {
        let frames = try work.linearPredictionFrames()
        let width = frames.order + 1
        let scale = 10 * 2.0.squareRoot() / log(10)
        let values = (0..<frames.frameCount).map { t in
            if frames.isSilent[t] { return Self.limit }
            let part = (t * width)..<((t + 1) * width)
            let reference = Self.cepstrum(Array(frames.referenceFilters[part]))
            let estimate = Self.cepstrum(Array(frames.estimateFilters[part]))
            let energy = zip(reference, estimate).reduce(0) { $0 + ($1.0 - $1.1) * ($1.0 - $1.1) }
            // A frame without a finite filter is as far away as the measure goes.
            let distance = scale * energy.squareRoot()
            return distance < Self.limit ? distance : Self.limit
        }
        return ShortFrames.trimmedMean(values)
    }

    /// c[1 … P] of the filter 1, a₁ … a_P.
    private static func cepstrum(_ a: [Double]) -> [Double] {
        var c = [Double](repeating: 0, count: a.count)
        for n in 1..<a.count {
            var sum = 0.0
            for k in 1..<n { sum += Double(k) * c[k] * a[n - k] }
            c[n] = -a[n] - sum / Double(n)
        }
        return Array(c.dropFirst())
    }
}
