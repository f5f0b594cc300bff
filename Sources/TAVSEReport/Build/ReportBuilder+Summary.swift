import TAVSEAnalysis
import TAVSEBase
import TAVSEMetrics
import TAVSEStore

extension ReportBuilder {
    /// Means at a glance, then every summary number.
    func summaryBlocks() -> [ReportDocument.Block] {
        [.table(overviewTable()), .table(summaryTable())]
    }

    /// The best of the compared systems in a metric; nil with fewer than two.
    /// Whether the report's own tests show a system to be better than every other one, and than the noisy input.
    func isBest(_ system: Comparison.SystemInfo, _ metric: Comparison.MetricInfo) -> Bool {
        guard !isReference(system), compared.count > 1 else { return false }
        let tests = (comparison.pairs + (comparison.improvements ?? [])).filter {
            $0.metric == metric.name && ($0.first == system.name || $0.second == system.name)
                && $0.verdict != .noData
        }
        let others = Set(tests.flatMap { [$0.first, $0.second] })
        return compared.allSatisfy { $0 == system.name || others.contains($0) }
            && tests.allSatisfy { $0.betterSystem == system.name }
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
                let few = summary.nSpeakers < Self.fewSpeakers && summary.nSpeakers > 0 && !half.isNaN
                return .init(
                    text + (few ? " (\(summary.nSpeakers) \(clusterUnits))" : ""), sortKey: summary.mean,
                    isBest: isBest(system, metric))
            }
            return .init([.init(ReportLabels.system(system))] + cells, isReference: isReference(system))
        }
        return ReportTable(
            id: "overview",
            caption: "Mean ± half-width of its 95 % interval. Bold: better than every other system"
                + (comparison.improvements == nil ? "" : " and than the noisy input")
                + " by the tests below.",
            columns: [.init("System", .leading)] + comparison.metrics.map { .init(ReportLabels.metric($0)) },
            rows: rows, notes: rangeNotes() + fewSpeakersLead())
    }

    /// Intervals over fewer clusters than this are not to be relied on.
    static let fewSpeakers = 4

    /// A plain warning where intervals rest on two or three speakers.
    func fewSpeakersLead() -> [String] {
        let counts = comparison.models.values.flatMap(\.values).filter { $0.n > 0 }.map(\.nSpeakers)
        guard let fewest = counts.min(), fewest < Self.fewSpeakers, fewest > 0 else { return [] }
        if fewest == 1 {
            return [
                "All rows of a metric come from one \(comparison.settings.clusterUnit): nothing can be said about "
                    + "others, so there is no interval and no test."
            ]
        }
        return [
            "The intervals rest on \(fewest) \(clusterUnits). With so few they are unreliable, and no test over "
                + "\(clusterUnits) can be significant: describe these \(clusterUnits), do not generalise."
        ]
    }

    /// Intervals that reach beyond what a metric can be.
    private func rangeNotes() -> [String] {
        comparison.metrics.compactMap { metric in
            guard let known = MetricCatalog.known(metric.name), let range = known.rangeText else {
                return nil
            }
            let names = comparison.systems.filter { system in
                guard let interval = comparison.models[system.name]?[metric.name]?.cr2Interval else {
                    return false
                }
                return [interval.low, interval.high].contains { $0.isFinite && !known.allows($0) }
            }.map(ReportLabels.system)
            guard !names.isEmpty else { return nil }
            return
                "\(ReportLabels.name(metric)) lies within \(range); the interval of \(names.joined(separator: ", ")) "
                + "reaches beyond it, because it is symmetric about the mean and rests on few \(clusterUnits)."
        }
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
                let isBest = isBest(system, metric)
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
