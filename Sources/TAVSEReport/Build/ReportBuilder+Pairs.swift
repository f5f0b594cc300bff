import TAVSEAnalysis
import TAVSEBase
import TAVSEMetrics
import TAVSEStore

extension ReportBuilder {
    /// Pairs down, metrics across: the verdicts as words.
    func verdictBlocks() -> [ReportDocument.Block] {
        let names = Self.unique(comparison.pairs.map { [$0.first, $0.second] })
        let rows = names.map { names -> ReportTable.Row in
            let cells = comparison.metrics.map { metric -> ReportTable.Cell in
                guard let pair = comparison.pair(first: names[0], second: names[1], metric: metric.name)
                else {
                    return .init(NumberText.missing)
                }
                let text = pair.betterSystem.map { "\($0) better\(ReportLabels.amount(pair))" }
                let mark = pair.disagreement == nil ? "" : " " + ReportLabels.disagreementMark
                return .init(
                    (text ?? pair.verdict.rawValue) + mark, tone: ReportLabels.tone(pair.verdict))
            }
            return .init([.init(names.joined(separator: " − "))] + cells)
        }
        let level = NumberText.exact(comparison.settings.alpha)
        let table = ReportTable(
            id: "verdicts",
            caption:
                "Which system of a pair is better, and by how much on average: exact clustered signed-rank test over \(clusterUnits), Holm's "
                + "correction over \(comparison.settings.familySize) tests, level \(level).",
            columns: [.init("Pair", .leading)]
                + comparison.metrics.map { .init(ReportLabels.name($0), .leading) },
            rows: rows, notes: disagreementNote())
        return [.table(table)]
    }

    private func disagreementNote() -> [String] {
        let cells = comparison.pairs.filter { $0.disagreement != nil }
        guard !cells.isEmpty else { return [] }
        return [
            "\(ReportLabels.disagreementMark) The test that treats rows as independent decides differently in "
                + "\(Self.count(cells.count, "cell")); see the notes."
        ]
    }

    /// Every comparison with its numbers, one table per metric, and the differences' distributions.
    func pairBlocks() -> [ReportDocument.Block] {
        var blocks: [ReportDocument.Block] = []
        for (index, metric) in comparison.metrics.enumerated() {
            let pairs = comparison.pairs.filter { $0.metric == metric.name }
            // An empty comparison has nothing to show; the notes name it.
            guard pairs.contains(where: { $0.nPairs > 0 }) else { continue }
            blocks.append(.table(pairTable(metric, pairs, stem: stems[index])))
            if options.hasFigures { blocks.append(.figure(differenceFigure(metric, index: index, pairs))) }
        }
        if comparison.pairs.contains(where: { $0.equivalence != nil }) {
            blocks.append(.table(equivalenceTable()))
        }
        return blocks
    }

    private func pairTable(_ metric: Comparison.MetricInfo, _ pairs: [PairComparison], stem: String)
        -> ReportTable
    {
        let digits = NumberText.decimals(
            forHalfWidths: pairs.map { ($0.cr2.interval95.high - $0.cr2.interval95.low) / 2 }, fallback: 3)
        func signed(_ value: Double) -> ReportTable.Cell {
            .init(NumberText.signed(value, decimals: digits), sortKey: value.isFinite ? value : nil)
        }
        func p(_ value: Double) -> ReportTable.Cell {
            .init(NumberText.probability(value), sortKey: value.isFinite ? value : nil)
        }
        let rows = pairs.map { pair -> ReportTable.Row in
            let interval = pair.cr2.interval95
            let rank = pair.hodgesLehmannInterval
            return .init([
                .init(ReportLabels.pair(pair)), .init(String(pair.nPairs), sortKey: Double(pair.nPairs)),
                .init(String(pair.nSpeakers), sortKey: Double(pair.nSpeakers)), signed(pair.meanDifference),
                .init(
                    NumberText.interval(
                        low: interval.low, high: interval.high, decimals: digits, signed: true)),
                signed(pair.hodgesLehmann),
                .init(NumberText.interval(low: rank.low, high: rank.high, decimals: digits, signed: true)),
                .init(
                    NumberText.signed(pair.rankBiserial, decimals: 2),
                    sortKey: pair.rankBiserial.isFinite ? pair.rankBiserial : nil),
                .init(
                    "\(pair.wins)/\(pair.ties)/\(pair.losses)",
                    sortKey: pair.winRate.isFinite ? pair.winRate : nil),
                p(pair.clusteredSignedRank.pExact), p(pair.adjusted.clusteredSignedRank.holm),
                p(pair.wilcoxon.p), p(pair.guide.pBonferroni),
                .init(ReportLabels.verdict(pair), tone: ReportLabels.tone(pair.verdict)),
            ])
        }
        var notes = pairs.flatMap { pair in pair.notes.map { "\(ReportLabels.pair(pair)): \($0)" } }
        notes += pairs.compactMap { pair in
            pair.disagreement.map { "\(ReportLabels.disagreementMark) \(ReportLabels.pair(pair)): \($0)" }
        }
        if let other = metric.sameTestAs {
            notes.append(
                "The differences are those of \(MetricCatalog.label(other)): both columns are one test.")
        }
        let unit = metric.unit.isEmpty ? "" : " (\(metric.unit))"
        return ReportTable(
            id: "pairs-\(stem)",
            caption: "\(ReportLabels.metric(metric)): paired differences, first minus second.",
            columns: [
                .init("Pair", .leading), .init("n"), .init(clusterUnits), .init("mean diff.\(unit)"),
                .init("95 % interval (CR2)"), .init("Hodges–Lehmann"), .init("95 % interval"),
                .init("rank-biserial"),
                .init("win/tie/loss"), .init("p over \(clusterUnits)"), .init("Holm"),
                .init("p, rows treated as independent"), .init("Bonferroni"), .init("verdict", .leading),
            ], rows: rows, notes: notes)
    }

    private func differenceFigure(
        _ metric: Comparison.MetricInfo, index: Int, _ pairs: [PairComparison]
    ) -> ReportDocument.Figure {
        let names = source.table.systems.map(\.name)
        let column = source.table.metrics.firstIndex { $0.name == metric.name }
        let rows = pairs.map { pair -> DifferencePlot.Row in
            var differences: [Double] = []
            if let first = names.firstIndex(of: pair.first), let second = names.firstIndex(of: pair.second),
                let column
            {
                let pairs = MatchedDifferences(source.table, first: first, second: second, metric: column)
                differences = pairs.differences
            }
            let lean: DifferencePlot.Lean =
                switch pair.verdict {
                case .firstBetter: .good
                case .secondBetter: .bad
                case .noConclusion, .equivalent, .cannotBeSignificant, .noData: .even
                }
            return DifferencePlot.Row(
                label: ReportLabels.pair(pair), differences: differences, mean: pair.meanDifference,
                low: pair.cr2.interval95.low, high: pair.cr2.interval95.high, lean: lean,
                verdict: pair.betterSystem.map { "\($0) better" } ?? pair.verdict.rawValue)
        }
        let margin = comparison.settings.equivalenceMargins[metric.name]
        let plot = DifferencePlot(
            rows: rows, title: "\(ReportLabels.metric(metric)), difference of paired scores", margin: margin)
        return plot.figure(
            id: "differences-\(stems[index])",
            caption:
                "\(ReportLabels.metric(metric)): distribution of paired differences; the diamond and bar are the mean "
                + "with its 95 % interval over \(clusterUnits), the line below the quartiles and median"
                + (margin == nil ? "." : ", the shaded band the equivalence margin."))
    }

    private func equivalenceTable() -> ReportTable {
        var rows: [ReportTable.Row] = []
        for metric in comparison.metrics {
            for pair in comparison.pairs where pair.metric == metric.name {
                guard let equivalence = pair.equivalence else { continue }
                let interval = pair.cr2.interval90
                let digits = NumberText.decimals(forHalfWidth: (interval.high - interval.low) / 2) ?? 3
                rows.append(
                    .init([
                        .init(ReportLabels.metric(metric)), .init(ReportLabels.pair(pair)),
                        .init("±" + NumberText.exact(equivalence.margin), sortKey: equivalence.margin),
                        .init(
                            NumberText.interval(
                                low: interval.low, high: interval.high, decimals: digits, signed: true)),
                        .init(NumberText.probability(equivalence.p), sortKey: equivalence.p),
                        .init(NumberText.probability(equivalence.pHolm), sortKey: equivalence.pHolm),
                        .init(equivalence.equivalent ? "within the margin" : "not shown"),
                    ]))
            }
        }
        return ReportTable(
            id: "equivalence",
            caption: "Equivalence within the margins given (two one-sided tests on the CR2 mean difference).",
            columns: [
                .init("Metric", .leading), .init("Pair", .leading), .init("margin"), .init("90 % interval"),
                .init("p"),
                .init("Holm"), .init("at the level, unadjusted", .leading),
            ], rows: rows)
    }
}
