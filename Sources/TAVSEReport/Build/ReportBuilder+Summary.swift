import TAVSEAnalysis
import TAVSEBase
import TAVSEStore

extension ReportBuilder {
    /// Means at a glance, then every summary number.
    func summaryBlocks() -> [ReportDocument.Block] {
        [.table(overviewTable()), .table(summaryTable())]
    }

    /// The best of the compared systems in a metric; nil with fewer than two.
    private func best(_ metric: Comparison.MetricInfo, _ value: (SystemSummary) -> Double) -> Double? {
        let values = compared.compactMap { comparison.models[$0]?[metric.name].map(value) }.filter(\.isFinite)
        guard values.count > 1 else { return nil }
        return metric.higherIsBetter ? values.max() : values.min()
    }

    /// One decimal count per metric, from the intervals' half-widths.
    func decimals(_ metric: Comparison.MetricInfo) -> Int {
        let widths = comparison.systems.compactMap { system in
            comparison.models[system.name]?[metric.name].map {
                ($0.cr2Interval.high - $0.cr2Interval.low) / 2
            }
        }
        return NumberText.decimals(forHalfWidths: widths, fallback: 3)
    }

    /// Systems down, metrics across: mean ± half-width of the interval.
    private func overviewTable() -> ReportTable {
        let rows = comparison.systems.map { system -> ReportTable.Row in
            let cells = comparison.metrics.map { metric -> ReportTable.Cell in
                guard let summary = comparison.models[system.name]?[metric.name], summary.n > 0 else {
                    return .init(NumberText.missing)
                }
                let digits = decimals(metric)
                let half = (summary.cr2Interval.high - summary.cr2Interval.low) / 2
                let mean = NumberText.fixed(summary.mean, decimals: digits)
                let text = half.isNaN ? mean : "\(mean) ± \(NumberText.fixed(half, decimals: digits))"
                let isBest = isReference(system) ? false : summary.mean == best(metric, \.mean)
                return .init(text, sortKey: summary.mean, isBest: isBest)
            }
            return .init([.init(ReportLabels.system(system))] + cells, isReference: isReference(system))
        }
        return ReportTable(
            id: "overview", caption: "Mean ± half-width of its 95 % interval; best system in bold.",
            columns: [.init("System", .leading)] + comparison.metrics.map { .init(ReportLabels.metric($0)) },
            rows: rows)
    }

    func isReference(_ system: Comparison.SystemInfo) -> Bool {
        system.kind != ScoreTable.System.Kind.enhanced.rawValue
    }

    /// Every metric and system: counts, mean with interval, spread, quartiles.
    private func summaryTable() -> ReportTable {
        var rows: [ReportTable.Row] = []
        for metric in comparison.metrics {
            let digits = decimals(metric)
            func text(_ value: Double) -> ReportTable.Cell {
                .init(NumberText.fixed(value, decimals: digits), sortKey: value.isFinite ? value : nil)
            }
            for (order, system) in comparison.systems.enumerated() {
                guard let summary = comparison.models[system.name]?[metric.name] else { continue }
                let interval = summary.cr2Interval
                let isBest = isReference(system) ? false : summary.mean == best(metric, \.mean)
                let failed = ReportTable.Cell(
                    String(summary.nNonfinite), sortKey: Double(summary.nNonfinite),
                    tone: summary.nNonfinite > 0 ? .warning : .plain)
                rows.append(
                    .init(
                        [
                            .init(ReportLabels.metric(metric)), .init(ReportLabels.system(system)),
                            .init(String(summary.n), sortKey: Double(summary.n)), failed,
                            .init(String(summary.nAbsent), sortKey: Double(summary.nAbsent)),
                            .init(
                                NumberText.fixed(summary.mean, decimals: digits),
                                sortKey: summary.mean.isFinite ? summary.mean : nil, isBest: isBest),
                            .init(
                                NumberText.interval(low: interval.low, high: interval.high, decimals: digits)),
                            text(summary.sd), text(summary.median), text(summary.lowerQuartile),
                            text(summary.upperQuartile), text(summary.minimum), text(summary.maximum),
                        ], isReference: isReference(system), startsGroup: order == 0 && !rows.isEmpty))
            }
        }
        return ReportTable(
            id: "scores",
            caption: "Scores of every system; intervals are cluster-robust (CR2) over \(clusterUnits).",
            columns: [
                .init("Metric", .leading), .init("System", .leading), .init("n"), .init("failed"),
                .init("absent"),
                .init("mean"), .init("95 % interval"), .init("SD"), .init("median"), .init("Q1"), .init("Q3"),
                .init("min"), .init("max"),
            ], rows: rows)
    }
}
