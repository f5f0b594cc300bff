/// Every metric of the catalogue, by the name used in files, tables and on the command line.
public enum MetricName: String, Sendable, CaseIterable, Codable, Hashable {
    case pesqWideband = "pesq_wb"
    case pesqNarrowband = "pesq_nb"
    case pesqRaw = "pesq_raw"
    case stoi
    case estoi
    case siSNR = "si_snr"
    case siSNRImprovement = "si_snri"
    case siSDR = "si_sdr"
    case snr
    case segmentalSNR = "seg_snr"
    case sdr
    case sir
    case sar
    case frequencyWeightedSegmentalSNR = "fwseg_snr"
    case llr
    case wss
    case cepstralDistance = "cepstral_distance"
    case lsd
    case csig
    case cbak
    case covl
}
