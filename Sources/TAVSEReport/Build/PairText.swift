import TAVSEAnalysis
import TAVSEBase

/// One comparison in full, for a terminal.
public struct PairText: Sendable {
    private let comparison: Comparison

    /// Prints comparisons of a value.
    public init(_ comparison: Comparison) { self.comparison = comparison }

    /// Every comparison of two systems, one block per metric; nil when the two were not compared.
    public func text(first: String, second: String) -> String? {
        let blocks = comparison.metrics.compactMap { metric -> String? in
            let pair = comparison.pairs.first { pair in
                pair.metric == metric.name && Set([pair.first, pair.second]) == Set([first, second])
            }
            return pair.map { block($0, metric) }
        }
        return blocks.isEmpty ? nil : blocks.joined(separator: "\n")
    }

    private func block(_ pair: PairComparison, _ metric: Comparison.MetricInfo) -> String {
        let interval = pair.cr2.interval95
        let digits = NumberText.decimals(forHalfWidth: (interval.high - interval.low) / 2) ?? 3
        func signed(_ value: Double) -> String { NumberText.signed(value, decimals: digits) }
        func range(_ low: Double, _ high: Double) -> String {
            NumberText.interval(low: low, high: high, decimals: digits, signed: true)
        }
        let settings = comparison.settings
        let unit = settings.clusterUnit
        let rank = pair.hodgesLehmannInterval
        var lines: [(String, String)] = [
            ("verdict", ReportLabels.verdict(pair)),
            (
                "mean difference",
                "\(signed(pair.meanDifference)), 95 % interval \(range(interval.low, interval.high)) (CR2)"
            ),
            ("Hodges–Lehmann", "\(signed(pair.hodgesLehmann)), 95 % interval \(range(rank.low, rank.high))"),
            ("rank-biserial", NumberText.signed(pair.rankBiserial, decimals: 2)),
            (
                "win/tie/loss",
                "\(pair.wins)/\(pair.ties)/\(pair.losses) (win rate \(NumberText.percent(pair.winRate)))"
            ),
            (
                "p over \(unit)s",
                "\(NumberText.probability(pair.clusteredSignedRank.pExact)) exact clustered signed rank, Holm "
                    + NumberText.probability(pair.adjusted.clusteredSignedRank.holm)
            ),
            (
                "p over rows",
                "\(NumberText.probability(pair.wilcoxon.p)) Wilcoxon, Bonferroni "
                    + "\(NumberText.probability(pair.guide.pBonferroni)) (rows treated as independent)"
            ),
            (
                "family",
                "\(settings.familySize) test\(settings.familySize == 1 ? "" : "s") (these two systems; a report over "
                    + "more systems or metrics corrects for more tests)"
            ),
            (
                "rows",
                "\(pair.nPairs) pairs of \(pair.nSpeakers) \(unit)s, \(pair.nNonfinite) failed, "
                    + "\(pair.nOnlyFirst + pair.nOnlySecond) only in one system, design effect "
                    + NumberText.fixed(pair.designEffect, decimals: 1)
            ),
        ]
        if let equivalence = pair.equivalence {
            lines.append(
                (
                    "equivalence",
                    "within ±\(NumberText.exact(equivalence.margin)): p = \(NumberText.probability(equivalence.p))"
                ))
        }
        lines += pair.notes.map { ("note", $0) }
        if let disagreement = pair.disagreement {
            lines.append((ReportLabels.disagreementMark, disagreement))
        }
        let width = lines.map(\.0.count).max() ?? 0
        let body = lines.map { name, value in
            "  " + name + String(repeating: " ", count: width - name.count + 2) + value
        }
        return "\(ReportLabels.metric(metric)): \(ReportLabels.pair(pair))\n" + body.joined(separator: "\n")
            + "\n"
    }
}
