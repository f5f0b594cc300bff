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

    /// The metric of a name or alias as typed, case and punctuation forgiven; nil when there is none.
    public static func name(_ text: String) -> MetricName? {
        let name = text.lowercased().replacing("-", with: "_")
        return MetricName(rawValue: name) ?? aliases[name]
            ?? known(text).flatMap {
                MetricName(rawValue: $0.name) ?? aliases[$0.name]
            }
    }

    /// The metric of a name.
    public static func metric(_ name: MetricName) -> any SpeechMetric { line(name).metric }

    /// The catalogue: one line per metric with its short printed name, other spellings, and what computes it. Title, unit, range,
    /// direction and signature stand in the metric's own folder.
    static func line(_ name: MetricName) -> (label: String, aliases: [String], metric: any SpeechMetric) {
        switch name {
        case .pesqWideband: ("PESQ-WB", ["wb_pesq", "pesq_wideband", "pesq16"], PESQ(mode: .wideband))
        case .pesqNarrowband: ("PESQ-NB", ["nb_pesq", "pesq_narrowband", "pesq8"], PESQ(mode: .narrowband))
        case .pesqRaw: ("PESQ raw", [], PESQ(mode: .raw))
        case .stoi: ("STOI", [], STOI())
        case .estoi: ("ESTOI", ["extended_stoi"], ESTOI())
        case .siSNR: ("SI-SNR", [], SISNR())
        case .siSNRImprovement: ("SI-SNRi", ["si_snr_improvement", "delta_si_snr"], SISNRImprovement())
        case .siSDR: ("SI-SDR", [], SISDR())
        case .snr: ("SNR", [], SNR())
        case .segmentalSNR: ("segSNR", ["ssnr", "snr_seg", "segmental_snr"], SegmentalSNR())
        case .sdr: ("SDR", [], SDR())
        case .sir: ("SIR", [], SIR())
        case .sar: ("SAR", [], SAR())
        case .frequencyWeightedSegmentalSNR:
            ("fwSegSNR", ["fw_snr_seg", "fwssnr"], FrequencyWeightedSegmentalSNR())
        case .llr: ("LLR", ["log_likelihood_ratio"], LogLikelihoodRatio())
        case .wss: ("WSS", ["weighted_spectral_slope"], WeightedSpectralSlope())
        case .cepstralDistance: ("CD", ["ceps", "cep_dist"], CepstralDistance())
        case .lsd: ("LSD", ["log_spectral_distance"], LSD())
        case .csig: ("CSIG", [], Composite(.signal))
        case .cbak: ("CBAK", [], Composite(.background))
        case .covl: ("COVL", ["covrl"], Composite(.overall))
        }
    }
}
