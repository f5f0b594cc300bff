import Foundation

/// Short-time objective intelligibility (STOI), −1 to 1, in practice 0 to 1; higher is better.
///
///     a    = ‖X‖ / ‖Y‖                          per band and block of 30 frames (384 ms)
///     Y′   = min(a·Y, X·(1 + 10^(15/20)))       normalised, and clipped at −15 dB signal-to-distortion
///     STOI = mean over bands and blocks of corr(X, Y′)
///
/// X and Y are third-octave envelopes of reference and estimate at 10 kHz, silent frames removed. Fewer than
/// 30 frames are an error; some tools print 1e-5 there.
///
/// > Source: Taal, Hendriks, Heusdens & Jensen, IEEE TASLP 19(7), 2011; details as in pystoi 0.4.1.
public struct STOI: PairMetric {
    /// Makes the metric; it has no parameters.
    public init() {}

    /// What the number means, and everything that could move it.
    public var descriptor: MetricDescriptor {
        MetricDescriptor(
            name: .stoi, title: "STOI", unit: "", lowerBound: -1, upperBound: 1,
            direction: .higherIsBetter, signature: "STOI|ext:no|fs:10000|resample:octave-60dB|v:1",
            source: "Taal et al., IEEE TASLP 19(7), 2011")
    }

    /// 1 + 10^(15/20): the clipping bound of −15 dB.
    private static let clipFactor = 1 + pow(10, 15.0 / 20)

    func score(_ work: PairWork) throws(MetricError) -> Double {
        let envelopes = try work.thirdOctaveEnvelopes()
        let length = ThirdOctaveEnvelopes.Constants.blockLength
        let blocks = envelopes.frameCount - length + 1
        var sum = 0.0
        for band in 0..<ThirdOctaveBands.count {
            let row = band * envelopes.frameCount
            sum += BlockCorrelation.sum(
                envelopes.reference[row...], envelopes.estimate[row...], blocks: blocks, length: length,
                clipFactor: Self.clipFactor)
        }
        return sum / Double(ThirdOctaveBands.count * blocks)
    }
}
