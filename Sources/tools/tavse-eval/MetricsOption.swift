import ArgumentParser
import TAVSEBase
import TAVSEMetrics

/// Metrics by name, with the names under which they were asked for.
struct MetricsOption: ExpressibleByArgument {
    /// Each metric once, in the order given.
    var metrics: [(shown: String, name: MetricName)] = []
    /// What was asked for and is no metric.
    private var unknown: [String] = []

    init?(argument: String) {
        for part in argument.split(separator: ",", omittingEmptySubsequences: false) {
            let text = part.trimmingPrefix { $0 == " " }
            let word = text.lowercased()
            if word == "all" {
                for name in MetricName.allCases { add(name.rawValue, name) }
            } else if word == "seed" {
                for name in MetricCatalog.seed { add(name.rawValue, name) }
            } else if let name = MetricCatalog.name(String(text)) {
                // The alias stays visible: who asks for "pesq" finds "pesq".
                add(MetricCatalog.aliases[word] == nil ? name.rawValue : word, name)
            } else {
                unknown.append(String(text))
            }
        }
    }

    /// - Throws: `ValidationError` naming what is no metric, and the nearest that is.
    func validate() throws {
        guard !unknown.isEmpty || metrics.isEmpty else { return }
        let names = MetricName.allCases.map(\.rawValue) + ["all", "seed"]
        let words = unknown.map { word in
            "no metric '\(word)'"
                + (NearestName.of(word, among: names).map { " (did you mean \($0)?)" } ?? "")
        }
        throw ValidationError(
            "--metrics: \(words.joined(separator: ", ")); there are \(names.joined(separator: ", "))")
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
