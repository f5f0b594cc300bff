import TAVSEStats
import TAVSEStore

/// What is known of a table's items: speakers, conditions, improvements. Everything is indexed by position in the table.
struct GateContext: Sendable {
    let options: GateAnalysis.Options
    let grouping: ItemGrouping
    /// SNRs in ascending order, beside the labels of the grouping.
    let snrs: [Double]
    /// Known speakers in the order of their bytes.
    let speakers: [String]
    /// Enhanced minus noisy SI-SNR, dB; nil where it is not stored.
    let improvements: [Double?]
    /// Number of the item's SNR and noise type, for comparisons within conditions.
    private let conditions: [Int]

    init(_ table: GateTable, options: GateAnalysis.Options) throws(ComparisonError) {
        self.options = options
        let items = table.items.map { item in
            ScoreTable.Item(
                utterance: item.description.utterance, speaker: item.description.speaker,
                snrDB: item.description.snrDB, noiseType: item.description.noiseType,
                split: item.description.split, key: item.key)
        }
        grouping = try ItemGrouping(items)
        snrs = Set(items.compactMap(\.snrDB).filter { !$0.isNaN }).sorted()
        speakers = Set(items.compactMap(\.speaker)).sorted(by: ItemOrder.text)
        improvements = table.items.map { item in
            guard let noisy = item.noisyScore, let enhanced = item.enhancedScore else { return nil }
            let difference = enhanced - noisy
            return difference.isFinite ? difference : nil
        }
        let noises = grouping.noise.labels.count + 1
        conditions = zip(grouping.snr.index, grouping.noise.index).map { snr, noise in
            (snr ?? -1) * noises + (noise ?? -1)
        }
    }

    /// Mean of values per item with its interval.
    func estimate(_ values: [(position: Int, value: Double)]) throws(StatisticsError) -> GateEstimate {
        let mean = try robustMean(values)
        let interval = try mean.interval(level: 1 - options.alpha)
        return GateEstimate(
            n: mean.n, clusters: mean.clusterCount, mean: mean.mean, low: interval.low, high: interval.high)
    }

    /// The same with its test against 0.
    func robustMean(
        _ values: [(position: Int, value: Double)]
    ) throws(StatisticsError) -> ClusterRobustMean {
        try ClusterRobustMean(
            values.map(\.value), clusters: grouping.clusters.selecting(values.map(\.position)))
    }

    /// Pearson and Spearman against the improvement, pooled and within conditions.
    func correlations(
        _ values: [(position: Int, value: Double)]
    ) throws(StatisticsError) -> [GateCorrelation] {
        let rows = values.compactMap { row in improvements[row.position].map { (row.position, row.value, $0) }
        }
        guard rows.count > 2 else { return [] }
        let clusters = grouping.clusters.selecting(rows.map(\.0))
        let keys = rows.map { conditions[$0.0] }
        let centred = (Self.centred(rows.map(\.1), by: keys), Self.centred(rows.map(\.2), by: keys))
        var result: [GateCorrelation] = []
        for (scope, x, y) in [
            (GateCorrelation.Scope.pooled, rows.map(\.1), rows.map(\.2)),
            (.withinCondition, centred.0, centred.1),
        ] {
            for kind in Correlation.allCases {
                result.append(
                    GateCorrelation(
                        scope: scope,
                        result: try ClusterCorrelation(
                            x, y, clusters: clusters, kind: kind,
                            draws: .seeded(options.seed, replicates: options.replicates),
                            level: 1 - options.alpha, threads: options.threads)))
            }
        }
        return result
    }

    /// Each value minus the mean of its group; exactly 0 where the group's values are all the same.
    private static func centred(_ values: [Double], by keys: [Int]) -> [Double] {
        var groups: [Int: [Double]] = [:]
        for (value, key) in zip(values, keys) { groups[key, default: []].append(value) }
        let means = groups.mapValues { group in
            group.allSatisfy { $0 == group[0] } ? group[0] : group.reduce(0, +) / Double(group.count)
        }
        return zip(values, keys).map { value, key in value - (means[key] ?? 0) }
    }
}
