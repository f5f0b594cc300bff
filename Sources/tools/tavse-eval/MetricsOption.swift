import ArgumentParser
import TAVSEMetrics

/// Metrics by name, with the names under which they were asked for.
struct MetricsOption: ExpressibleByArgument {
    /// Each metric once, in the order given.
    var metrics: [(shown: String, name: MetricName)]

    init?(argument: String) {
        metrics = []
        for part in argument.split(separator: ",", omittingEmptySubsequences: false) {
            let text = part.trimmingPrefix { $0 == " " }
            if text == "all" {
                for name in MetricName.allCases { add(name.rawValue, name) }
            } else if text == "seed" {
                for name in MetricCatalog.seed { add(name.rawValue, name) }
            } else if let name = MetricCatalog.name(String(text)) {
                // The alias stays visible: who asks for "pesq" finds "pesq".
                add(MetricCatalog.aliases[String(text)] == nil ? name.rawValue : String(text), name)
            } else {
                return nil
            }
        }
        if metrics.isEmpty { return nil }
    }

    private mutating func add(_ shown: String, _ name: MetricName) {
        if !metrics.contains(where: { $0.name == name }) { metrics.append((shown, name)) }
    }

    /// All metrics there are.
    static let help: ArgumentHelp = """
        Metrics, comma-separated: all, seed (pesq, stoi, si_snr, si_snri, sdr) or names as listed by \
        `tavse-eval metrics`; pesq means pesq_wb.
        """
}
