import TAVSEStats
import TAVSEStore

extension SystemSummary {
    /// Nominal level of every displayed interval.
    package static let level = 0.95

    /// Summarises one column of a table.
    init(
        _ column: ScoreTable.Column, statusNames: [String], grouping: ItemGrouping, tieTolerance: Double
    ) throws(StatisticsError) {
        var rows: [Int] = []
        var values: [Double] = []
        var failed: [Int] = []
        var absent = 0
        for item in column.values.indices {
            if let value = column.usable(item) {
                rows.append(item)
                values.append(value)
            } else if column.isPresent(item) {
                failed.append(item)
            } else {
                absent += 1
            }
        }
        var failures: [String: Int] = [:]
        for item in failed {
            let status = Int(column.status[item])
            // A non-finite value filed as "ok" is a failure all the same; say so rather than hide it.
            let name =
                status == 0 ? "non_finite" : status < statusNames.count ? statusNames[status] : "unknown"
            failures[name, default: 0] += 1
        }
        let summary = Summary(sorted: values.sorted(), dropped: 0)
        let robust = try ClusterRobustMean(
            values, clusters: grouping.clusters.selecting(rows), tieTolerance: tieTolerance)
        self.init(
            n: summary.n, nNonfinite: failed.count, nAbsent: absent, failures: failures,
            failureRate: Double(failed.count) / Double(failed.count + rows.count),
            nSpeakers: robust.clusterCount, mean: summary.mean, sd: summary.sd, median: summary.median,
            lowerQuartile: summary.lowerQuartile, upperQuartile: summary.upperQuartile,
            minimum: summary.minimum, maximum: summary.maximum,
            tInterval: try summary.interval(level: Self.level), cr2SE: robust.cr2, cr2DF: robust.df,
            cr2Interval: try robust.interval(level: Self.level), cr2Status: robust.status,
            bySNR: try Self.breakdown(grouping.snr, rows, values, failed, grouping, tieTolerance),
            byNoise: try Self.breakdown(grouping.noise, rows, values, failed, grouping, tieTolerance))
    }

    private static func breakdown(
        _ conditions: ItemGrouping.Conditions, _ rows: [Int], _ values: [Double], _ failed: [Int],
        _ grouping: ItemGrouping, _ tieTolerance: Double
    ) throws(StatisticsError) -> [String: Condition] {
        var result: [String: Condition] = [:]
        for group in conditions.split(rows, alsoPresent: failed) {
            let members = group.positions.map { values[$0] }
            let robust = try ClusterRobustMean(
                members, clusters: grouping.clusters.selecting(group.positions.map { rows[$0] }),
                tieTolerance: tieTolerance)
            let summary = Summary(sorted: members.sorted(), dropped: 0)
            result[group.label] = Condition(
                n: summary.n, mean: summary.mean, sd: summary.sd, median: summary.median, cr2SE: robust.cr2,
                cr2DF: robust.df, cr2Interval: try robust.interval(level: level))
        }
        return result
    }
}

extension ScoreTable.Column {
    /// Why an item that is present has no usable score.
    package func failure(_ item: Int, _ statusNames: [String]) -> String {
        let code = Int(status[item])
        // A non-finite value filed as "ok" is a failure all the same; say so rather than hide it.
        return code == 0 ? "non_finite" : code < statusNames.count ? statusNames[code] : "unknown"
    }
}

extension ItemGrouping.Conditions {
    /// Positions within `rows` of each condition that holds any of `rows` or `alsoPresent`, in label order.
    func split(_ rows: [Int], alsoPresent: [Int]) -> [(label: String, positions: [Int])] {
        var positions = [[Int]](repeating: [], count: labels.count)
        var isPresent = [Bool](repeating: false, count: labels.count)
        for (position, row) in rows.enumerated() {
            if let condition = index[row] {
                positions[condition].append(position)
                isPresent[condition] = true
            }
        }
        for row in alsoPresent {
            if let condition = index[row] { isPresent[condition] = true }
        }
        return labels.indices.filter { isPresent[$0] }.map { (labels[$0], positions[$0]) }
    }
}
