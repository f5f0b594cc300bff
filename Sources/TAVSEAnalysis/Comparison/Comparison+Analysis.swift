import TAVSEBase
import TAVSEStats
import TAVSEStore

extension Comparison {
    /// Compares the systems of a table by the protocol of `options`.
    ///
    /// The result is a pure function of table and options; the number of threads does not change a bit of it.
    ///
    /// - Throws: ``ComparisonError``; in strict mode `.unmatched` for the first pair and metric whose items differ.
    public init(_ table: ScoreTable, options: ComparisonOptions = ComparisonOptions()) throws(ComparisonError)
    {
        let options = options.resolvingMetrics(among: table.metrics.map(\.name))
        try Self.validate(table, options)
        let grouping = try ItemGrouping(table.items)
        let compared = table.systems.indices.filter { table.systems[$0].kind == .enhanced }
        let ordered =
            options.keepsSystemOrder
            ? compared : PairOrder.order(compared.map { table.systems[$0].name }).map { compared[$0] }
        let references = table.systems.indices.filter { table.systems[$0].kind != .enhanced }
        let explicit = options.pair.flatMap { names -> (first: Int, second: Int)? in
            let place = { (name: String) in table.systems.firstIndex { $0.name == name } }
            guard let first = place(names.first), let second = place(names.second) else { return nil }
            return (first, second)
        }
        let pairs = explicit.map { [$0] } ?? PairOrder.pairs(ordered)
        let metrics = table.metrics.indices
        let tests = pairs.count * metrics.count
        // A comparison without one usable row is no test.
        let usable = Self.usableCount(table, pairs)
        let family = max(1, options.familySize ?? usable)
        guard family >= usable else { throw .options(.familyTooSmall(planned: family, tests: usable)) }
        let sameTest = Self.repeatedMetrics(table, systems: ordered, tolerance: options.tieTolerance)
        if options.matching == .strict { try Self.requireMatched(table, pairs) }

        let context = PairComparison.Context(options: options, familySize: family, grouping: grouping)
        let columnCount = table.systems.count * metrics.count
        let omnibusCount = ordered.count > 1 ? metrics.count : 0
        // One pool of jobs: comparisons first, since they are the longest.
        let parts = parallelMap(count: tests + columnCount + omnibusCount, threads: options.threads) { job in
            Part(job, tests, columnCount, table, pairs: pairs, ordered: ordered, context: context)
        }
        var results: [PairComparison] = []
        var models: [String: [String: SystemSummary]] = [:]
        var omnibus: [String: OmnibusSummary] = [:]
        for (job, part) in parts.enumerated() {
            switch part {
            case .pair(let value): results.append(value)
            case .column(let value):
                let (system, metric) = (job - tests).quotientAndRemainder(dividingBy: metrics.count)
                models[table.systems[system].name, default: [:]][table.metrics[metric].name] = value
            case .omnibus(let value): omnibus[table.metrics[job - tests - columnCount].name] = value
            case .failure(let error): throw .options(error)
            }
        }
        do throws(StatisticsError) {
            try PairComparison.conclude(&results, family: family, alpha: options.alpha)
        } catch {
            throw .options(error)
        }
        let improvements =
            try explicit == nil ? Self.improvements(table, ordered, context: context) : nil
        self.init(
            settings: Settings(
                alpha: options.alpha, tieTolerance: options.tieTolerance,
                bootstrapReplicates: options.bootstrapReplicates,
                bootstrapSeedBase: String(options.bootstrapSeedBase), equivalenceMargins: options.margins,
                familySize: family, distinctTests: family - pairs.count * sameTest.count { $0 != nil },
                threshold: options.alpha / Double(family), matching: options.matching, zeroMethod: .wilcox,
                power: options.power, signFlipPatterns: options.signFlip.patterns,
                signFlipSeed: String(options.signFlip.seed), nItems: table.items.count,
                nClusters: grouping.clusters.count, clusterUnit: grouping.clusterUnit),
            systems: (ordered + references).map {
                SystemInfo(name: table.systems[$0].name, kind: table.systems[$0].kind.rawValue)
            },
            metrics: metrics.map {
                let metric = table.metrics[$0]
                return MetricInfo(
                    name: metric.name, signature: metric.signature, unit: metric.unit,
                    higherIsBetter: metric.higherIsBetter,
                    sameTestAs: sameTest[$0].map { table.metrics[$0].name })
            },
            snrLabels: grouping.snr.labels, noiseTypes: grouping.noise.labels, models: models, pairs: results,
            omnibus: omnibus, improvements: improvements,
            failedRows: Self.failedRows(table, systems: ordered + references), warnings: [])
        warnings = makeWarnings(grouping)
    }

    private static func usableCount(_ table: ScoreTable, _ pairs: [(first: Int, second: Int)]) -> Int {
        pairs.reduce(0) { sum, pair in
            sum
                + table.metrics.indices.count { metric in
                    let (a, b) = (table.columns[pair.first][metric], table.columns[pair.second][metric])
                    return table.items.indices.contains { a.usable($0) != nil && b.usable($0) != nil }
                }
        }
    }

    /// Every system against the noisy input; nil without one. Items that only one of them has are left out and counted.
    private static func improvements(
        _ table: ScoreTable, _ ordered: [Int], context: PairComparison.Context
    ) throws(ComparisonError) -> [PairComparison]? {
        guard let noisy = table.systems.firstIndex(where: { $0.kind == .noisy }), !ordered.isEmpty else {
            return nil
        }
        let pairs = ordered.map { (first: $0, second: noisy) }
        let family = max(1, usableCount(table, pairs))
        var context = context
        context.familySize = family
        let count = table.metrics.count
        let seeded = context
        let parts = parallelMap(count: pairs.count * count, threads: context.options.threads) { job in
            let (pair, metric) = job.quotientAndRemainder(dividingBy: count)
            return Result { () throws(StatisticsError) in
                try PairComparison(
                    table, first: pairs[pair].first, second: pairs[pair].second, metric: metric,
                    seed: seeded.options.bootstrapSeedBase &+ 500_000 &+ UInt64(1000 * pair + metric),
                    context: seeded)
            }
        }
        do throws(StatisticsError) {
            var results: [PairComparison] = []
            for part in parts { results.append(try part.get()) }
            try PairComparison.conclude(&results, family: family, alpha: context.options.alpha)
            return results
        } catch {
            throw .options(error)
        }
    }

    private static func failedRows(_ table: ScoreTable, systems: [Int]) -> [FailedRow] {
        var rows: [FailedRow] = []
        for system in systems {
            for metric in table.metrics.indices {
                let column = table.columns[system][metric]
                for item in table.items.indices where column.isPresent(item) && column.usable(item) == nil {
                    guard rows.count < listedFailures else { return rows }
                    let key = table.items[item]
                    rows.append(
                        FailedRow(
                            system: table.systems[system].name, metric: table.metrics[metric].name,
                            utterance: key.utterance, speaker: key.speaker, snrDB: key.snrDB,
                            noiseType: key.noiseType, reason: column.failure(item, table.statusNames)))
                }
            }
        }
        return rows
    }

    /// One job of the pool.
    private enum Part: Sendable {
        case pair(PairComparison)
        case column(SystemSummary)
        case omnibus(OmnibusSummary)
        case failure(StatisticsError)

        init(
            _ job: Int, _ tests: Int, _ columns: Int, _ table: ScoreTable,
            pairs: [(first: Int, second: Int)], ordered: [Int], context: PairComparison.Context
        ) {
            let options = context.options
            do throws(StatisticsError) {
                if job < tests {
                    let (pair, metric) = job.quotientAndRemainder(dividingBy: table.metrics.count)
                    self = .pair(
                        try PairComparison(
                            table, first: pairs[pair].first, second: pairs[pair].second, metric: metric,
                            seed: options.bootstrapSeedBase &+ UInt64(1000 * pair + metric), context: context)
                    )
                } else if job < tests + columns {
                    let (system, metric) = (job - tests).quotientAndRemainder(dividingBy: table.metrics.count)
                    self = .column(
                        try SystemSummary(
                            table.columns[system][metric], statusNames: table.statusNames,
                            grouping: context.grouping, tieTolerance: options.tieTolerance))
                } else {
                    self = .omnibus(
                        try OmnibusSummary(
                            table, systems: ordered, metric: job - tests - columns, grouping: context.grouping
                        ))
                }
            } catch {
                self = .failure(error)
            }
        }
    }

    private static func validate(_ table: ScoreTable, _ options: ComparisonOptions) throws(ComparisonError) {
        if table.items.isEmpty { throw .emptyTable(what: "item") }
        if table.systems.isEmpty { throw .emptyTable(what: "system") }
        if table.metrics.isEmpty { throw .emptyTable(what: "metric") }
        for names in [table.systems.map(\.name), table.metrics.map(\.name)] {
            var seen: Set<String> = []
            for name in names where !seen.insert(name).inserted { throw .duplicateName(name) }
        }
        for (s, system) in table.systems.enumerated() {
            for (m, metric) in table.metrics.enumerated() {
                guard table.columns.indices.contains(s), table.columns[s].indices.contains(m),
                    table.columns[s][m].values.count == table.items.count,
                    table.columns[s][m].status.count == table.items.count
                else { throw .malformedTable(system: system.name, metric: metric.name) }
            }
        }
        let known = table.metrics.map(\.name)
        for (metric, margin) in options.margins.sorted(by: { $0.key < $1.key }) {
            guard known.contains(metric) else { throw .unknownMargin(metric: metric, known: known) }
            guard margin > 0, margin.isFinite else {
                throw .options(.notPositive(what: "margin of \(metric)", found: margin))
            }
        }
        guard options.alpha > 0, options.alpha < 0.5 else {
            throw .options(.notAProbability(what: "twice alpha", found: 2 * options.alpha))
        }
        guard options.power > 0, options.power < 1 else {
            throw .options(.notAProbability(what: "power", found: options.power))
        }
        guard options.tieTolerance >= 0, options.tieTolerance.isFinite else {
            throw .options(.notPositive(what: "tie tolerance", found: options.tieTolerance))
        }
        guard options.bootstrapReplicates > 0 else {
            throw .options(
                .notPositive(what: "bootstrap replicates", found: Double(options.bootstrapReplicates)))
        }
    }

    private static func requireMatched(
        _ table: ScoreTable, _ pairs: [(first: Int, second: Int)]
    ) throws(ComparisonError) {
        for (first, second) in pairs {
            for metric in table.metrics.indices {
                let paired = MatchedDifferences(table, first: first, second: second, metric: metric)
                // A metric that was never computed for a system is missing data, not a mismatch of items.
                guard paired.bothMeasured, !paired.onlyFirst.isEmpty || !paired.onlySecond.isEmpty else {
                    continue
                }
                throw .unmatched(
                    first: table.systems[first].name, second: table.systems[second].name,
                    metric: table.metrics[metric].name,
                    onlyFirst: paired.onlyFirst.map { PairingKey(table.items[$0]) },
                    onlySecond: paired.onlySecond.map { PairingKey(table.items[$0]) })
            }
        }
    }

    /// For each metric the first earlier one with the same differences between systems, row by row.
    ///
    /// SI-SNRi is SI-SNR minus a number that is the same for every system, so their paired tests are one test.
    private static func repeatedMetrics(
        _ table: ScoreTable, systems: [Int], tolerance: Double
    ) -> [Int?] {
        table.metrics.indices.map { metric in
            table.metrics.indices.prefix(metric).first { earlier in
                table.metrics[earlier].unit == table.metrics[metric].unit
                    && table.metrics[earlier].higherIsBetter == table.metrics[metric].higherIsBetter
                    && haveSameDifferences(table, earlier, metric, systems: systems, tolerance: tolerance)
            }
        }
    }

    private static func haveSameDifferences(
        _ table: ScoreTable, _ a: Int, _ b: Int, systems: [Int], tolerance: Double
    ) -> Bool {
        guard systems.count > 1 else { return false }
        var rows = 0
        for (one, other) in zip(systems, systems.dropFirst()) {
            let (a1, a2) = (table.columns[one][a], table.columns[other][a])
            let (b1, b2) = (table.columns[one][b], table.columns[other][b])
            for item in table.items.indices {
                guard let x1 = a1.usable(item), let x2 = a2.usable(item) else { continue }
                guard let y1 = b1.usable(item), let y2 = b2.usable(item),
                    abs((x1 - x2) - (y1 - y2)) <= max(tolerance, 1e-12)
                else { return false }
                rows += 1
            }
        }
        return rows > 0
    }
}
