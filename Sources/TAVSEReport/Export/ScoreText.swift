import TAVSEAnalysis
import TAVSEBase
import TAVSEStore

/// A system's scores as a terminal shows them.
public enum ScoreText {
    /// One line per metric: noisy, enhanced, interval, improvement, counts.
    public static func table(_ scores: SystemScores) -> String {
        var rows = [["metric", "unit"] + (scores.hasNoisy ? ["noisy"] : []) + [scores.system, "95 % CI"]]
        rows[0] += (scores.hasNoisy ? ["improvement"] : []) + (scores.hasOracle ? ["oracle"] : [])
        rows[0] += ["n", "failed"]
        for entry in scores.metrics {
            let digits = digits(entry.metric)
            let (summary, references) = (entry.summary, entry.references)
            var row = [heading(entry.metric), entry.metric.unit]
            if scores.hasNoisy { row.append(number(references.noisy, digits)) }
            row.append(number(summary.mean, digits))
            let (low, high) = (summary.cr2Interval.low, summary.cr2Interval.high)
            row.append(low.isFinite ? "\(number(low, digits)) … \(number(high, digits))" : NumberText.missing)
            if scores.hasNoisy { row.append(number(references.improvement, digits, signed: true)) }
            if scores.hasOracle { row.append(number(references.oracle, digits)) }
            row += [String(summary.n), String(summary.nNonfinite)]
            rows.append(row)
        }
        return align(rows)
    }

    /// Means by SNR and by noise type, the noisy input above the system and the oracle below it: a table per kind of
    /// condition that the items have more than one of; empty without.
    public static func conditions(_ scores: SystemScores) -> String {
        let kinds = [("by SNR in dB", scores.bySNR), ("by noise", scores.byNoise)]
        return kinds.filter { $0.1.count > 1 }.map { heading, conditions in
            var rows = [[heading, ""] + conditions.map(\.label)]
            for entry in scores.metrics {
                let digits = digits(entry.metric)
                let means = conditions.map { scores.mean(entry.metric, over: $0.items) }
                var lines = [(scores.system, means.map { Optional($0.mean) })]
                if scores.hasNoisy { lines.insert(("noisy", means.map(\.references.noisy)), at: 0) }
                if scores.hasOracle { lines.append(("oracle", means.map(\.references.oracle))) }
                for (position, line) in lines.enumerated() {
                    rows.append(
                        [position == 0 ? Self.heading(entry.metric) : "", line.0]
                            + line.1.map { number($0, digits) })
                }
            }
            return align(rows)
        }.joined(separator: "\n")
    }

    /// A metric's name with the direction of better scores; the wide-band score is plain "pesq".
    private static func heading(_ metric: ScoreTable.Metric) -> String {
        (metric.name == "pesq_wb" ? "pesq" : metric.name) + (metric.higherIsBetter ? " ↑" : " ↓")
    }

    /// Digits behind the point.
    private static func digits(_ metric: ScoreTable.Metric) -> Int { metric.unit == "dB" ? 2 : 3 }

    private static func number(_ value: Double?, _ digits: Int, signed: Bool = false) -> String {
        guard let value, value.isFinite else { return NumberText.missing }
        let text =
            signed ? NumberText.signed(value, decimals: digits) : NumberText.fixed(value, decimals: digits)
        return text.replacing("-", with: "−")
    }

    /// Columns of equal width; the first two to the left, numbers to the right.
    private static func align(_ rows: [[String]]) -> String {
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
