import TAVSEMetrics
import TAVSEStore

/// Names and order of metrics in tables and in the two JSON files.
public enum MetricNaming {
    /// These come first, in this order, where they were computed.
    private static let leading = ["pesq", "stoi", "si_snr", "si_snri", "sdr"]

    /// The wide-band score is plain "pesq" in tables and JSON files.
    public static func shown(_ name: String) -> String {
        name == MetricName.pesqWideband.rawValue ? "pesq" : name
    }

    /// Indices of a table's metrics in the order of tables and files.
    public static func order(of metrics: [ScoreTable.Metric]) -> [Int] {
        let rank = { (index: Int) in leading.firstIndex(of: shown(metrics[index].name)) ?? leading.count + index }
        return metrics.indices.sorted { rank($0) < rank($1) }
    }
}
