/// Composite measures of speech enhancement: predicted opinions 1 to 5; higher is better.
///
///     CSIG (signal distortion)  = 3.093 − 1.029·LLR + 0.603·PESQ − 0.009·WSS
///     CBAK (background)         = 1.634 + 0.478·PESQ − 0.007·WSS + 0.063·segSNR
///     COVL (overall)            = 1.594 + 0.805·PESQ − 0.512·LLR − 0.007·WSS
///
/// each cut to 1 … 5. LLR is the one whose frames are not cut at 2. PESQ is wide-band MOS-LQO at 16 kHz and the raw
/// P.862 score at 8 kHz, as papers of today have it; the original used the raw score.
///
/// > Source: Hu & Loizou, *Evaluation of objective quality measures for speech enhancement*, IEEE TASLP 16(1), 2008.
public struct Composite: PairMetric {
    /// Which opinion is predicted.
    public enum Scale: String, Sendable, CaseIterable {
        /// CSIG: distortion of the speech.
        case signal
        /// CBAK: intrusiveness of the background.
        case background
        /// COVL: overall quality.
        case overall
    }

    /// Which opinion is predicted.
    public let scale: Scale

    /// - Parameter scale: which opinion is predicted.
    public init(_ scale: Scale) { self.scale = scale }

    /// What the number means, and everything that could move it.
    public var descriptor: MetricDescriptor {
        let (name, title): (MetricName, String) =
            switch scale {
            case .signal: (.csig, "CSIG (signal distortion)")
            case .background: (.cbak, "CBAK (background)")
            case .overall: (.covl, "COVL (overall)")
            }
        let parts = scale == .background ? "segSNR:v1" : "llr:uncut"
        return MetricDescriptor(
            name: name, title: title, unit: "MOS", lowerBound: Self.range.lowerBound,
            upperBound: Self.range.upperBound, direction: .higherIsBetter,
            signature: "\(name.rawValue.uppercased())|pesq:wb@16k,raw@8k|wss:v1|\(parts)|v:\(PESQ.version)",
            source: "Hu & Loizou, IEEE TASLP 16(1), 2008")
    }

    /// Range of the opinion scale.
    private static let range = 1.0...5.0

    func score(_ work: PairWork) throws(MetricError) -> Double {
        // Cheap checks first: PESQ would accept unequal lengths.
        _ = try work.checked()
        let wss = try WeightedSpectralSlope().score(work)
        let pesq = try Self.pesq(work)
        let value =
            switch scale {
            case .signal:
                3.093 - 1.029 * (try LogLikelihoodRatio.unclipped(work)) + 0.603 * pesq - 0.009 * wss
            case .background: 1.634 + 0.478 * pesq - 0.007 * wss + 0.063 * (try work.segmentalSNR())
            case .overall:
                1.594 + 0.805 * pesq - 0.512 * (try LogLikelihoodRatio.unclipped(work)) - 0.007 * wss
            }
        return min(max(value, Self.range.lowerBound), Self.range.upperBound)
    }

    private static func pesq(_ work: PairWork) throws(MetricError) -> Double {
        switch work.sampleRate {
        case 16_000: try PESQ(mode: .wideband).score(work)
        case 8000: try PESQ(mode: .raw).score(work)
        default: throw .unsupportedSampleRate(work.sampleRate, supported: [8000, 16_000])
        }
    }
}
