import TAVSEAnalysis
import TAVSEBase
import TAVSEMetrics

/// One table of the report as a LaTeX fragment for `\input`: a `tabular` that needs booktabs and nothing else.
public struct LaTeXTable {
    /// Which table.
    public enum Kind: String, Sendable, CaseIterable {
        /// Systems by metrics, with the difference to the noisy input.
        case main
        /// Means by signal-to-noise ratio.
        case bySNR = "by-snr"
        /// Paired differences with interval and p.
        case pairs
    }

    private let builder: ReportBuilder
    private var comparison: Comparison { builder.comparison }

    init(_ builder: ReportBuilder) { self.builder = builder }

    /// The fragment, with a comment that says what it needs and what its marks mean.
    func render(_ kind: Kind) -> String {
        let alpha = NumberText.exact(comparison.settings.alpha)
        let legend =
            "% Needs \\usepackage{booktabs}. *: p < \(alpha), exact clustered signed-rank test over \(builder.clusterUnits), "
            + "Holm's correction. Bold: better than every other system by that test.\n"
        switch kind {
        case .main: return legend + main()
        case .bySNR: return legend + bySNR()
        case .pairs: return legend + pairs()
        }
    }

    /// Decimals that do not depend on the scores, so that tables of one paper agree.
    private func decimals(_ metric: Comparison.MetricInfo) -> Int {
        guard let known = MetricCatalog.known(metric.name), let low = known.lowerBound,
            let high = known.upperBound
        else { return 2 }
        return high - low <= 2 ? 3 : 2
    }

    private func name(_ text: String) -> String { LaTeXRenderer.escape(text) }

    private func heading(_ metric: Comparison.MetricInfo) -> String { name(ReportLabels.metric(metric)) }

    private func number(_ value: Double, _ metric: Comparison.MetricInfo, signed: Bool = false) -> String {
        guard value.isFinite else { return "--" }
        let digits = decimals(metric)
        return LaTeXRenderer.escape(
            signed ? NumberText.signed(value, decimals: digits) : NumberText.fixed(value, decimals: digits))
    }

    private func tabular(_ columns: String, head: [String], rows: [[String]], groups: Set<Int> = []) -> String
    {
        var lines =
            ["\\begin{tabular}{\(columns)}", "  \\toprule"] + head.map { "  " + $0 } + ["  \\midrule"]
        for (index, row) in rows.enumerated() {
            if index > 0, groups.contains(index) { lines.append("  \\addlinespace") }
            lines.append("  " + row.joined(separator: " & ") + " \\\\")
        }
        return (lines + ["  \\bottomrule", "\\end{tabular}"]).joined(separator: "\n") + "\n"
    }

    private func main() -> String {
        let hasInput = comparison.improvements != nil
        let metrics = comparison.metrics
        let width = hasInput ? 2 : 1
        var head: [String] = []
        if hasInput {
            head.append(
                metrics.map { " & \\multicolumn{2}{c}{\(heading($0))}" }.joined() + " \\\\")
            head.append(
                metrics.indices.map { "\\cmidrule(lr){\(2 + 2 * $0)-\(3 + 2 * $0)}" }.joined(separator: " "))
            head.append("System" + metrics.map { _ in " & mean & $\\Delta$" }.joined() + " \\\\")
        } else {
            head.append("System" + metrics.map { " & " + heading($0) }.joined() + " \\\\")
        }
        let rows = comparison.systems.map { system -> [String] in
            var row = [name(ReportLabels.system(system))]
            for metric in metrics {
                let mean = number(comparison.models[system.name]?[metric.name]?.mean ?? .nan, metric)
                row.append(builder.isBest(system, metric) ? "\\textbf{\(mean)}" : mean)
                guard hasInput else { continue }
                let gain = comparison.improvements?.first {
                    $0.first == system.name && $0.metric == metric.name && $0.nPairs > 0
                }
                row.append(
                    gain.map {
                        number($0.meanDifference, metric, signed: true) + ($0.isSignificant ? "$^{*}$" : "")
                    } ?? "")
            }
            return row
        }
        return tabular("l" + String(repeating: "r", count: width * metrics.count), head: head, rows: rows)
    }

    private func bySNR() -> String {
        var rows: [[String]] = []
        var groups: Set<Int> = []
        for metric in comparison.metrics {
            groups.insert(rows.count)
            for (order, system) in comparison.systems.enumerated() {
                let summary = comparison.models[system.name]?[metric.name]
                rows.append(
                    [order == 0 ? heading(metric) : "", name(ReportLabels.system(system))]
                        + comparison.snrLabels.map { number(summary?.bySNR[$0]?.mean ?? .nan, metric) })
            }
        }
        let head = "Metric & System" + comparison.snrLabels.map { " & \(name($0))\\,dB" }.joined() + " \\\\"
        return tabular(
            "ll" + String(repeating: "r", count: comparison.snrLabels.count), head: [head], rows: rows,
            groups: groups)
    }

    private func pairs() -> String {
        var rows: [[String]] = []
        var groups: Set<Int> = []
        for metric in comparison.metrics {
            groups.insert(rows.count)
            let pairs = (comparison.improvements ?? []) + comparison.pairs
            for (order, pair) in pairs.filter({ $0.metric == metric.name && $0.nPairs > 0 }).enumerated() {
                let interval = pair.cr2.interval95
                let text = NumberText.interval(
                    low: interval.low, high: interval.high, decimals: decimals(metric), signed: true)
                rows.append([
                    order == 0 ? heading(metric) : "", name(ReportLabels.pair(pair)),
                    number(pair.meanDifference, metric, signed: true) + (pair.isSignificant ? "$^{*}$" : ""),
                    "{}" + LaTeXRenderer.escape(text),
                    LaTeXRenderer.escape(NumberText.probability(pair.adjusted.clusteredSignedRank.holm)),
                ])
            }
        }
        return tabular(
            "llrrr", head: ["Metric & Pair & $\\Delta$ & 95\\,\\% interval & $p$ (Holm) \\\\"], rows: rows,
            groups: groups)
    }
}
