import TAVSEStats
import TAVSEStore

/// The scores of one system in a table, summarised: what terminal tables, `eval_metrics.json` and exports are made of.
///
/// Every number is that of the report's ``SystemSummary``: intervals take the speaker as the unit, or the utterance where
/// no speaker is known, whatever prints them.
public struct SystemScores: Sendable {
    /// One metric.
    public struct Metric: Sendable {
        /// The metric.
        public var metric: ScoreTable.Metric
        /// The system's scores.
        public var summary: SystemSummary
        /// The references over the system's items.
        public var references: References
    }

    /// Means of the noisy input and the oracle beside a system; nil where there are none.
    public struct References: Sendable, Equatable {
        /// Mean of the noisy input.
        public var noisy: Double?
        /// Mean over the items where both have a score of what the system gained, in the metric's own direction.
        public var improvement: Double?
        /// Mean of the oracle.
        public var oracle: Double?
    }

    /// The part of a system's items that share a condition.
    public struct Condition: Sendable {
        /// The condition, e.g. "-5" or "babble".
        public var label: String
        /// Items, as indices into the table.
        public var items: [Int]
    }

    /// The table.
    public let table: ScoreTable
    /// Name of the system.
    public let system: String
    /// The system's items, as indices into the table.
    public let items: [Int]
    /// Metrics that the system has rows of, in the table's order.
    public let metrics: [Metric]
    /// What a cluster of the intervals is: "speaker", "utterance", or "speaker or utterance".
    public let clusterUnit: String
    /// Whether there are scores of the noisy input and of the oracle.
    public let hasNoisy: Bool
    /// Whether there are scores of the oracle.
    public let hasOracle: Bool

    private let row: Int
    private let noisy: Int?
    private let oracle: Int?

    /// Summarises one system of a table.
    ///
    /// - Throws: ``ReportError/unknownSystem(name:known:)``, ``ComparisonError`` for items of two speakers, and what the
    ///   statistics find.
    public init(_ table: ScoreTable, system: String) throws {
        guard let row = table.systems.firstIndex(where: { $0.name == system }) else {
            throw ReportError.unknownSystem(name: system, known: table.systems.map(\.name))
        }
        let noisy = table.systems.firstIndex { $0.kind == .noisy }
        let oracle = table.systems.firstIndex { $0.kind == .oracle }
        let items = table.items.indices.filter { item in
            table.columns[row].contains { $0.status[item] != ScoreTable.absentStatus }
        }
        let grouping = try ItemGrouping(table.items)
        let tolerance = ComparisonOptions().tieTolerance
        let present = table.metrics.indices.filter { metric in
            items.contains { table.columns[row][metric].status[$0] != ScoreTable.absentStatus }
        }
        self.table = table
        self.system = system
        self.items = items
        self.row = row
        self.noisy = noisy
        self.oracle = oracle
        hasNoisy = noisy != nil
        hasOracle = oracle != nil
        clusterUnit = ItemGrouping.clusterUnit(
            unknown: items.count { table.items[$0].speaker == nil }, of: items.count)
        metrics = try present.map { metric in
            Metric(
                metric: table.metrics[metric],
                summary: try SystemSummary(
                    table.columns[row][metric], statusNames: table.statusNames, grouping: grouping,
                    tieTolerance: tolerance),
                references: Self.references(
                    table, row: row, noisy: noisy, oracle: oracle, metric: metric, items: items))
        }
    }

    /// The system's items by SNR, ascending; empty where none is known.
    public var bySNR: [Condition] {
        Set(items.compactMap { table.items[$0].snrDB }).sorted().map { snr in
            Condition(
                label: ItemGrouping.label(snrDB: snr), items: items.filter { table.items[$0].snrDB == snr })
        }
    }

    /// The system's items by noise type, in the order of their bytes; empty where none is known.
    public var byNoise: [Condition] {
        Set(items.compactMap { table.items[$0].noiseType }).sorted {
            $0.utf8.lexicographicallyPrecedes($1.utf8)
        }.map { noise in
            Condition(label: noise, items: items.filter { table.items[$0].noiseType == noise })
        }
    }

    /// Mean and number of the system's scores of a metric over some items, with the references; NaN without scores.
    public func mean(
        _ metric: ScoreTable.Metric, over items: [Int]
    ) -> (mean: Double, n: Int, references: References) {
        guard let index = table.metrics.firstIndex(of: metric) else { return (.nan, 0, References()) }
        let values = Self.scores(table, row, index, items)
        return (
            Summary(values).mean, values.count,
            Self.references(table, row: row, noisy: noisy, oracle: oracle, metric: index, items: items)
        )
    }

    /// The system's scores of a metric, one per item of ``items``; nil where there is none.
    public func values(_ metric: ScoreTable.Metric) -> [Double?] {
        guard let index = table.metrics.firstIndex(of: metric) else { return items.map { _ in nil } }
        return items.map { table.columns[row][index].usable($0) }
    }

    private static func references(
        _ table: ScoreTable, row: Int, noisy: Int?, oracle: Int?, metric: Int, items: [Int]
    ) -> References {
        var references = References()
        if let noisy {
            references.noisy = Summary(scores(table, noisy, metric, items)).mean
            let (ours, theirs) = (table.columns[row][metric], table.columns[noisy][metric])
            let sign = table.metrics[metric].higherIsBetter ? 1.0 : -1.0
            let gains = items.compactMap { item -> Double? in
                guard let after = ours.usable(item), let before = theirs.usable(item) else { return nil }
                return sign * (after - before)
            }
            references.improvement = Summary(gains).mean
        }
        if let oracle { references.oracle = Summary(scores(table, oracle, metric, items)).mean }
        return references
    }

    private static func scores(_ table: ScoreTable, _ row: Int, _ metric: Int, _ items: [Int]) -> [Double] {
        items.compactMap { table.columns[row][metric].usable($0) }
    }
}
