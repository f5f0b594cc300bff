import TAVSEAnalysis
import TAVSEBase
import TAVSEStore

/// Every system beside the noisy input: did it help at all?
extension ReportBuilder {
    /// Improvement of each system with interval and test; nil where the noisy input was not scored.
    func improvementTable() -> ReportTable? {
        guard let improvements = comparison.improvements, improvements.contains(where: { $0.nPairs > 0 })
        else {
            return nil
        }
        var rows: [ReportTable.Row] = []
        for metric in comparison.metrics {
            let pairs = improvements.filter { $0.metric == metric.name && $0.nPairs > 0 }
            let digits = NumberText.decimals(
                forHalfWidths: pairs.map { ($0.cr2.interval95.high - $0.cr2.interval95.low) / 2 }, fallback: 3
            )
            for (order, pair) in pairs.enumerated() {
                let interval = pair.cr2.interval95
                let input = comparison.models[pair.second]?[metric.name]?.mean ?? .nan
                let output = comparison.models[pair.first]?[metric.name]?.mean ?? .nan
                func number(_ value: Double, _ text: String) -> ReportTable.Cell {
                    .init(text, sortKey: value.isFinite ? value : nil)
                }
                rows.append(
                    .init(
                        [
                            .init(order == 0 ? ReportLabels.metric(metric) : ""), .init(pair.first),
                            .init(improvementVerdict(pair), tone: ReportLabels.tone(pair.verdict)),
                            number(input, NumberText.fixed(input, decimals: digits)),
                            number(output, NumberText.fixed(output, decimals: digits)),
                            number(
                                pair.meanDifference, NumberText.signed(pair.meanDifference, decimals: digits)),
                            .init(
                                NumberText.interval(
                                    low: interval.low, high: interval.high, decimals: digits, signed: true)),
                            number(
                                pair.adjusted.clusteredSignedRank.holm,
                                NumberText.probability(pair.adjusted.clusteredSignedRank.holm)),
                            .init(String(pair.nPairs), sortKey: Double(pair.nPairs)),
                            .init(String(pair.nSpeakers), sortKey: Double(pair.nSpeakers)),
                        ], startsGroup: order == 0 && !rows.isEmpty))
            }
        }
        return ReportTable(
            id: "improvement",
            caption:
                "Improvement over the noisy input: mean difference (output minus input) with its 95 % interval; the "
                + "test of the verdicts, as a family of its own.",
            columns: [
                .init("Metric", .leading), .init("System", .leading), .init("Verdict", .leading),
                .init("Noisy"),
                .init("Output"), .init("Δ"), .init("95 % interval"), .init("p (Holm)"), .init("n"),
                .init(clusterUnits),
            ], rows: rows)
    }

    /// "better by 0.31", "worse by 0.02", or why there is no such statement.
    private func improvementVerdict(_ pair: PairComparison) -> String {
        switch pair.verdict {
        case .firstBetter: "better\(ReportLabels.amount(pair))"
        case .secondBetter: "worse\(ReportLabels.amount(pair))"
        default: pair.verdict.rawValue
        }
    }

    /// One sentence per system for the head of the report.
    func improvementLead() -> [String] {
        guard let improvements = comparison.improvements, compared.count <= 6 else { return [] }
        return compared.compactMap { system in
            let cells = improvements.filter { $0.first == system && $0.nPairs > 0 }
            guard !cells.isEmpty else { return nil }
            return "\(system) against the noisy input: \(Self.sentence(cells, comparison.metrics))."
        }
    }
}
