import TAVSEMetrics

/// Names and order of metrics in tables and in the training guide's JSON files.
public enum MetricNaming {
    /// The wide-band score is plain "pesq" in tables and JSON files.
    public static func shown(_ name: String) -> String {
        name == MetricName.pesqWideband.rawValue ? "pesq" : name
    }

    /// Metrics in the order of tables and files: PESQ, STOI, SI-SNR, its improvement and SDR, then the others.
    public static func ordered(_ metrics: [MetricName]) -> [MetricName] {
        MetricCatalog.seed.filter(metrics.contains) + metrics.filter { !MetricCatalog.seed.contains($0) }
    }
}
