/// What is known of a metric by its name alone: how it is printed, its unit and which way is better.
///
/// Names are those of TAVSE's own catalogue and of scores that other tools commonly write.
public enum MetricCatalogue {
    /// One metric.
    public struct Entry: Sendable, Equatable {
        /// Printed name.
        public var title: String
        /// Unit; empty for a pure number.
        public var unit: String
        /// Whether larger is better.
        public var higherIsBetter: Bool
    }

    /// The entry of a name; nil when it is not known.
    public static func entry(_ name: String) -> Entry? { entries[name] }

    /// The printed name: the catalogue's title, or the name itself.
    public static func title(_ name: String) -> String { entries[name]?.title ?? name }

    private static let entries: [String: Entry] = {
        let list: [(String, String, String, Bool)] = [
            ("pesq", "PESQ", "", true), ("pesq_wb", "PESQ-WB", "", true), ("pesq_nb", "PESQ-NB", "", true),
            ("pesq_raw", "PESQ raw", "", true), ("stoi", "STOI", "", true), ("estoi", "ESTOI", "", true),
            ("si_snr", "SI-SNR", "dB", true), ("si_snri", "SI-SNRi", "dB", true),
            ("si_sdr", "SI-SDR", "dB", true),
            ("si_sdri", "SI-SDRi", "dB", true), ("si_sir", "SI-SIR", "dB", true),
            ("si_sar", "SI-SAR", "dB", true),
            ("snr", "SNR", "dB", true), ("seg_snr", "segSNR", "dB", true), ("sdr", "SDR", "dB", true),
            ("sdri", "SDRi", "dB", true), ("sir", "SIR", "dB", true), ("sar", "SAR", "dB", true),
            ("fwseg_snr", "fwSegSNR", "dB", true), ("llr", "LLR", "", false), ("wss", "WSS", "", false),
            ("cepstral_distance", "CD", "dB", false), ("lsd", "LSD", "dB", false), ("csig", "CSIG", "", true),
            ("cbak", "CBAK", "", true), ("covl", "COVL", "", true), ("mos", "MOS", "", true),
            ("dnsmos", "DNSMOS", "", true), ("dnsmos_sig", "DNSMOS SIG", "", true),
            ("dnsmos_bak", "DNSMOS BAK", "", true), ("dnsmos_ovrl", "DNSMOS OVRL", "", true),
            ("nisqa", "NISQA", "", true), ("utmos", "UTMOS", "", true), ("visqol", "ViSQOL", "", true),
            ("haspi", "HASPI", "", true), ("hasqi", "HASQI", "", true), ("wer", "WER", "", false),
            ("cer", "CER", "", false), ("mcd", "MCD", "dB", false), ("rtf", "RTF", "", false),
        ]
        return Dictionary(
            uniqueKeysWithValues: list.map { ($0.0, Entry(title: $0.1, unit: $0.2, higherIsBetter: $0.3)) })
    }()
}
