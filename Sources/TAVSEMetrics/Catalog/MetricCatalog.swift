/// Every metric there is, with what its number means.
public enum MetricCatalog {
    /// Descriptors of all metrics, in the order of ``MetricName``.
    public static let all: [MetricDescriptor] = MetricName.allCases.map(descriptor(for:))

    /// The descriptor of a metric.
    public static func descriptor(for name: MetricName) -> MetricDescriptor { metric(name).descriptor }

    /// The metrics of the field's usual table: PESQ, STOI, SI-SNR, its improvement, SDR.
    public static let seed: [MetricName] = [.pesqWideband, .stoi, .siSNR, .siSNRImprovement, .sdr]

    /// Other names under which a metric is asked for; `pesq` is the wide-band score.
    public static let aliases: [String: MetricName] = ["pesq": .pesqWideband]

    /// The metric of a name or alias as typed, case and `-` for `_` forgiven; nil when there is none.
    public static func name(_ text: String) -> MetricName? {
        let name = text.lowercased().replacing("-", with: "_")
        return MetricName(rawValue: name) ?? aliases[name]
    }

    /// The metric of a name.
    public static func metric(_ name: MetricName) -> any SpeechMetric {
        switch name {
        case .pesqWideband: PESQ(mode: .wideband)
        case .pesqNarrowband: PESQ(mode: .narrowband)
        case .pesqRaw: PESQ(mode: .raw)
        case .stoi: STOI()
        case .estoi: ESTOI()
        case .siSNR: SISNR()
        case .siSNRImprovement: SISNRImprovement()
        case .siSDR: SISDR()
        case .snr: SNR()
        case .segmentalSNR: SegmentalSNR()
        case .sdr: SDR()
        case .sir: SIR()
        case .sar: SAR()
        case .frequencyWeightedSegmentalSNR: FrequencyWeightedSegmentalSNR()
        case .llr: LogLikelihoodRatio()
        case .wss: WeightedSpectralSlope()
        case .cepstralDistance: CepstralDistance()
        case .lsd: LSD()
        case .csig: Composite(.signal)
        case .cbak: Composite(.background)
        case .covl: Composite(.overall)
        }
    }
}
