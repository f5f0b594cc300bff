import Foundation
import TAVSEStore

/// The table that an evaluation prints at its end.
public enum SummaryText {
    /// One line per metric: noisy, enhanced, interval, improvement, counts.
    public static func table(_ table: ScoreTable, system: String) -> String {
        let summaries = MetricSummary.all(in: table, system: system)
        let hasNoisy = table.systems.contains { $0.kind == .noisy }
        var rows = [["metric", "unit"] + (hasNoisy ? ["noisy"] : []) + [system, "95 % CI"]]
        let oracle =
            table.systems.contains { $0.kind == .oracle }
            ? MetricSummary.all(in: table, system: "oracle") : []
        rows[0] += (hasNoisy ? ["improvement"] : []) + (oracle.isEmpty ? [] : ["oracle"]) + ["n", "failed"]
        for (index, summary) in summaries.enumerated() {
            let digits = digits(summary.metric)
            var row = [heading(summary.metric), summary.metric.unit]
            if hasNoisy { row.append(number(summary.noisyMean, digits)) }
            row.append(number(summary.mean, digits))
            let (low, high) = summary.interval
            row.append(low.isFinite ? "\(number(low, digits)) … \(number(high, digits))" : "–")
            if hasNoisy { row.append(number(summary.improvement, digits, signed: true)) }
            if !oracle.isEmpty { row.append(number(oracle[index].mean, digits)) }
            row += [String(summary.n), String(summary.nFailed)]
            rows.append(row)
        }
        return align(rows)
    }

    /// A metric's name with the direction of better scores.
    static func heading(_ metric: ScoreTable.Metric) -> String {
        MetricNaming.shown(metric.name) + (metric.higherIsBetter ? " ↑" : " ↓")
    }

    /// Digits behind the point.
    static func digits(_ metric: ScoreTable.Metric) -> Int { metric.unit == "dB" ? 2 : 3 }

    static func number(_ value: Double, _ digits: Int, signed: Bool = false) -> String {
        guard value.isFinite else { return "–" }
        let text = String(format: "%.\(digits)f", value)
        return (signed && value > 0 ? "+" : "") + text.replacing("-", with: "−")
    }

    /// Columns of equal width; the first two to the left, numbers to the right.
    static func align(_ rows: [[String]]) -> String {
        let widths = (rows.first ?? []).indices.map { column in rows.map { $0[column].count }.max() ?? 0 }
        return rows.map { row in
            let cells = row.indices.map { column in
                let space = String(repeating: " ", count: widths[column] - row[column].count)
                return column < 2 ? row[column] + space : space + row[column]
            }
            return cells.joined(separator: "  ")
        }.joined(separator: "\n") + "\n"
    }
}
