import TAVSEBase

extension MetricCatalog {
    /// All metrics by name: the toolkit's own, and those that other tools commonly write.
    ///
    /// `SI-SDR`, `si_sdr` and `SISDR` are one name, as are `PESQ (WB)` and `pesq_wb`. `pesq` alone stays a metric of its own, since
    /// other tools mean either band by it.
    public static let vocabulary = MetricVocabulary(
        MetricName.allCases.map { name in
            let (descriptor, line) = (descriptor(for: name), line(name))
            return KnownMetric(
                name: name.rawValue, label: line.label, unit: descriptor.unit,
                lowerBound: descriptor.lowerBound, upperBound: descriptor.upperBound,
                higherIsBetter: descriptor.direction == .higherIsBetter, aliases: line.aliases)
        }
            + others.map { other in
                KnownMetric(
                    name: other.name, label: other.label, unit: other.unit, lowerBound: other.range.lower,
                    upperBound: other.range.upper, higherIsBetter: other.direction == .higherIsBetter,
                    aliases: other.aliases)
            })

    /// What is known of a name in any spelling; nil when nothing is.
    public static func known(_ text: String) -> KnownMetric? { vocabulary.known(text) }

    /// The printed name of a metric, or the name itself where nothing is known of it.
    public static func label(_ name: String) -> String {
        vocabulary.known(name).flatMap { $0.name == name ? $0.label : nil } ?? name
    }

    /// The one of `names` that `text` means; see ``MetricVocabulary/resolve(_:among:)``.
    public static func resolve(_ text: String, among names: [String]) -> String? {
        vocabulary.resolve(text, among: names)
    }

    /// Limits of a foreign metric; nil where there is none.
    private typealias Range = (lower: Double?, upper: Double?)
    private typealias Line = (
        name: String, label: String, unit: String, range: Range, direction: MetricDescriptor.Direction,
        aliases: [String]
    )

    /// Metrics of other tools, one line each.
    private static let others: [Line] = {
        let free: Range = (nil, nil)
        let mos: Range = (1, 5)
        let positive: Range = (0, nil)
        return [
            ("pesq", "PESQ", "", (-0.5, 4.65), .higherIsBetter, []),
            ("si_sdri", "SI-SDRi", "dB", free, .higherIsBetter, ["si_sdr_improvement", "delta_si_sdr"]),
            ("si_sir", "SI-SIR", "dB", free, .higherIsBetter, []),
            ("si_sar", "SI-SAR", "dB", free, .higherIsBetter, []),
            ("sdri", "SDRi", "dB", free, .higherIsBetter, ["sdr_improvement"]),
            ("snri", "SNRi", "dB", free, .higherIsBetter, ["snr_improvement"]),
            ("mos", "MOS", "", mos, .higherIsBetter, []),
            ("dnsmos", "DNSMOS", "", mos, .higherIsBetter, []),
            ("dnsmos_sig", "DNSMOS SIG", "", mos, .higherIsBetter, ["mos_sig"]),
            ("dnsmos_bak", "DNSMOS BAK", "", mos, .higherIsBetter, ["mos_bak"]),
            (
                "dnsmos_ovrl", "DNSMOS OVRL", "", mos, .higherIsBetter,
                ["dnsmos_ovr", "dnsmos_overall", "mos_ovr", "mos_ovrl"]
            ),
            ("dnsmos_p808", "DNSMOS P.808", "", mos, .higherIsBetter, ["p808_mos"]),
            ("nisqa", "NISQA", "", (0, 5.5), .higherIsBetter, ["nisqa_mos"]),
            ("utmos", "UTMOS", "", (0, 5.5), .higherIsBetter, ["utmosv2"]),
            ("visqol", "ViSQOL", "", mos, .higherIsBetter, ["visqol_mos"]),
            ("haspi", "HASPI", "", (0, 1), .higherIsBetter, []),
            ("hasqi", "HASQI", "", (0, 1), .higherIsBetter, []),
            ("wer", "WER", "", positive, .lowerIsBetter, ["word_error_rate"]),
            ("cer", "CER", "", positive, .lowerIsBetter, ["character_error_rate"]),
            ("per", "PER", "", positive, .lowerIsBetter, ["phoneme_error_rate"]),
            ("mcd", "MCD", "dB", positive, .lowerIsBetter, ["mel_cepstral_distortion"]),
            ("rtf", "RTF", "", positive, .lowerIsBetter, ["real_time_factor"]),
        ]
    }()
}
