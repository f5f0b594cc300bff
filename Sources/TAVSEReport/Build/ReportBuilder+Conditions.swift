import TAVSEBase
import TAVSEStore

extension ReportBuilder {
    /// Scores and differences in each condition: a table of each, and a picture per metric.
    func conditionBlocks(_ axis: ConditionAxis) -> [ReportDocument.Block] {
        var blocks: [ReportDocument.Block] = [.table(scoreTable(axis))]
        if !comparison.pairs.isEmpty { blocks.append(.table(differenceTable(axis))) }
        if options.hasFigures {
            blocks += comparison.metrics.indices.compactMap { figure(axis, metric: $0) }.map { .figure($0) }
        }
        return blocks
    }

    /// Conditions down, systems across, so that the eye compares along a row.
    private func scoreTable(_ axis: ConditionAxis) -> ReportTable {
        var rows: [ReportTable.Row] = []
        for metric in comparison.metrics {
            for (order, key) in axis.keys.enumerated() {
                let summaries = comparison.systems.map { system in
                    comparison.models[system.name]?[metric.name].flatMap { axis.summary($0, key) }
                }
                guard summaries.contains(where: { ($0?.n ?? 0) > 0 }) else { continue }
                let digits = NumberText.decimals(
                    forHalfWidths: summaries.compactMap {
                        $0.map { ($0.cr2Interval.high - $0.cr2Interval.low) / 2 }
                    },
                    fallback: decimals(metric))
                let cells = summaries.map { summary -> ReportTable.Cell in
                    guard let summary, summary.n > 0 else { return .init(NumberText.missing) }
                    let half = (summary.cr2Interval.high - summary.cr2Interval.low) / 2
                    let mean = NumberText.fixed(summary.mean, decimals: digits)
                    return .init(
                        half.isNaN ? mean : "\(mean) ± \(NumberText.fixed(half, decimals: digits))",
                        sortKey: summary.mean)
                }
                let counts = summaries.compactMap { $0?.n }
                let (low, high) = (counts.min() ?? 0, counts.max() ?? 0)
                rows.append(
                    .init(
                        [
                            .init(ReportLabels.metric(metric)),
                            .init(axis.names[order], sortKey: axis.positions.map { $0[order] }),
                            .init(low == high ? "\(low)" : "\(low)–\(high)", sortKey: Double(low)),
                        ] + cells, startsGroup: order == 0 && !rows.isEmpty))
            }
        }
        return ReportTable(
            id: "scores-by-\(axis.id)",
            caption: "\(axis.title): mean ± half-width of its 95 % interval. Not tested, so nothing is bold.",
            columns: [.init("Metric", .leading), .init(axis.label, .leading), .init("n")]
                + comparison.systems.map { .init(ReportLabels.system($0)) }, rows: rows)
    }

    /// Pairs down, conditions across.
    private func differenceTable(_ axis: ConditionAxis) -> ReportTable {
        var rows: [ReportTable.Row] = []
        for metric in comparison.metrics {
            let pairs = comparison.pairs.filter { $0.metric == metric.name && $0.nPairs > 0 }
            for (order, pair) in pairs.enumerated() {
                let conditions = axis.keys.map { axis.difference(pair, $0) }
                let digits = NumberText.decimals(
                    forHalfWidths: conditions.compactMap {
                        $0.map { ($0.cr2Interval.high - $0.cr2Interval.low) / 2 }
                    },
                    fallback: decimals(metric))
                let cells = conditions.map { condition -> ReportTable.Cell in
                    guard let condition, condition.n > 0 else { return .init(NumberText.missing) }
                    let mean = NumberText.signed(condition.meanDifference, decimals: digits)
                    let interval = NumberText.interval(
                        low: condition.cr2Interval.low, high: condition.cr2Interval.high, decimals: digits,
                        signed: true)
                    return .init(
                        interval == NumberText.missing ? mean : "\(mean) \(interval)",
                        sortKey: condition.meanDifference)
                }
                rows.append(
                    .init(
                        [.init(ReportLabels.metric(metric)), .init(ReportLabels.pair(pair))] + cells,
                        startsGroup: order == 0 && !rows.isEmpty))
            }
        }
        return ReportTable(
            id: "differences-by-\(axis.id)",
            caption: "\(axis.title): mean difference with its 95 % interval. Description, not further tests.",
            columns: [.init("Metric", .leading), .init("Pair", .leading)] + axis.names.map { .init($0) },
            rows: rows)
    }

    private func figure(_ axis: ConditionAxis, metric index: Int) -> ReportDocument.Figure? {
        let metric = comparison.metrics[index]
        func points<Condition>(
            _ condition: (String) -> Condition?, _ values: (Condition) -> (Int, Double, Double, Double)
        ) -> [ConditionPlot.Point] {
            axis.keys.enumerated().compactMap { order, key in
                guard let (n, mean, low, high) = condition(key).map(values), n > 0 else { return nil }
                return ConditionPlot.Point(condition: order, mean: mean, low: low, high: high)
            }
        }
        let scores = comparison.systems.compactMap { system -> ConditionPlot.Series? in
            guard let summary = comparison.models[system.name]?[metric.name], summary.n > 0 else {
                return nil
            }
            return ConditionPlot.Series(
                name: ReportLabels.system(system), index: compared.firstIndex(of: system.name),
                points: points({ axis.summary(summary, $0) }) {
                    ($0.n, $0.mean, $0.cr2Interval.low, $0.cr2Interval.high)
                })
        }
        guard scores.contains(where: { !$0.points.isEmpty }) else { return nil }
        let baseline = compared.first ?? ""
        let differences = comparison.pairs.filter { $0.metric == metric.name && $0.second == baseline }.map {
            pair in
            ConditionPlot.Series(
                name: pair.first, index: compared.firstIndex(of: pair.first),
                points: points({ axis.difference(pair, $0) }) {
                    ($0.n, $0.meanDifference, $0.cr2Interval.low, $0.cr2Interval.high)
                })
        }
        let label = ReportLabels.metric(metric)
        let plot = ConditionPlot(
            conditions: axis.positions == nil ? axis.names : axis.keys, positions: axis.positions,
            conditionTitle: axis.positions == nil ? axis.label : "\(axis.label) of the noisy input (dB)",
            valueTitle: label,
            differenceTitle: "\(label), difference to \(SVGCanvas.clipped(baseline, to: 24))",
            scores: scores, differences: differences)
        let rest = differences.isEmpty ? "" : "; right, the mean difference to \(baseline)"
        return plot.figure(
            id: "\(axis.id)-\(stems[index])",
            caption: "\(label), \(axis.title.lowercased()): means with 95 % intervals over "
                + "\(clusterUnits)\(rest).")
    }
}
