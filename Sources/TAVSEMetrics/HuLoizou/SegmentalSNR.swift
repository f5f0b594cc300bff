import Foundation

/// Segmental signal-to-noise ratio, −10 to 35 dB; higher is better.
///
///     segSNR = mean over frames of 10·log₁₀( ‖s‖² / ‖s − ŝ‖² ), each cut to −10 … 35 dB
///
/// Hann-windowed 30 ms frames; silent frames count −10 dB. Some tools remove means and match peaks first, which
/// moves the score by many decibels; this one does not.
///
/// > Source: Hansen & Pellom, ICSLP 1998; details as in Loizou's programs.
public struct SegmentalSNR: PairMetric {
    /// Makes the metric; it has no parameters.
    public init() {}

    /// What the number means, and everything that could move it.
    public var descriptor: MetricDescriptor {
        MetricDescriptor(
            name: .segmentalSNR, title: "Segmental SNR", unit: "dB", lowerBound: Self.range.lowerBound,
            upperBound: Self.range.upperBound, direction: .higherIsBetter,
            signature: "segSNR|frame:30ms|cut:-10,35|align:no|v:1",
            source: "Hansen & Pellom, ICSLP 1998; Loizou's programs")
    }

    /// Range of a frame's value, dB.
    static let range = -10.0...35.0
    private static let epsilon = 0x1p-52

    func score(_ work: PairWork) throws(MetricError) -> Double { try work.segmentalSNR() }

    static func value(_ pair: CheckedPair) throws(MetricError) -> Double {
        let frames = try ShortFrames(pair)
        var reference = [Double](repeating: 0, count: frames.length)
        var estimate = reference
        var sum = 0.0
        for t in 0..<frames.count {
            frames.cut(pair.reference, frame: t, into: &reference)
            frames.cut(pair.estimate, frame: t, into: &estimate)
            var (signal, noise) = (0.0, 0.0)
            for n in 0..<frames.length {
                let difference = reference[n] - estimate[n]
                signal += reference[n] * reference[n]
                noise += difference * difference
            }
            let level = 10 * log10(signal / (noise + epsilon) + epsilon)
            sum += min(max(level, range.lowerBound), range.upperBound)
        }
        return sum / Double(frames.count)
    }
}
