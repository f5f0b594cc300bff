import TAVSEStats
import TAVSEStore

/// One metric's scores of one system in a few numbers.
public struct MetricSummary: Sendable, Equatable {
    /// How the interval was made.
    public enum IntervalMethod: String, Sendable {
        /// Scores are independent: mean ± t · sd/√n.
        case studentT = "student_t"
        /// Scores of one speaker depend on each other: CR2 standard error with Satterthwaite degrees of freedom.
        case clusteredBySpeaker = "cr2_speaker"
    }

    /// The metric.
    public var metric: ScoreTable.Metric
    /// Scores with a value.
    public var n: Int
    /// Scores without.
    public var nFailed: Int
    /// Arithmetic mean; NaN without scores.
    public var mean: Double
    /// Standard deviation with divisor n − 1; NaN below two scores.
    public var standardDeviation: Double
    /// Median; NaN without scores.
    public var median: Double
    /// 95 % interval of the mean; NaN where it cannot be had.
    public var interval: (low: Double, high: Double)
    /// How the interval was made.
    public var intervalMethod: IntervalMethod
    /// Mean of the noisy input over the items where both have a score; NaN without.
    public var noisyMean: Double
    /// Mean over the same items of what the system gained, in the metric's own direction; NaN without noisy input.
    public var improvement: Double

    /// Summarises a system's scores of every metric of a table.
    ///
    /// The interval takes speakers as the unit when every scored item has one, since scores of one speaker depend
    /// on each other.
    public static func all(in table: ScoreTable, system: String) -> [MetricSummary] {
        guard let row = table.systems.firstIndex(where: { $0.name == system }) else { return [] }
        let noisyRow = table.systems.firstIndex { $0.kind == .noisy }
        return table.metrics.indices.map { metric in
            summary(
                table, metric: metric, scores: table.columns[row][metric],
                noisy: noisyRow.map { table.columns[$0][metric] })
        }
    }

    private static func summary(
        _ table: ScoreTable, metric: Int, scores: ScoreTable.Column, noisy: ScoreTable.Column?
    ) -> MetricSummary {
        let scored = table.items.indices.filter { scores.status[$0] == ScoreTable.okStatus }
        let values = scored.map { scores.values[$0] }
        let summary = Summary(values)
        let speakers = scored.compactMap { table.items[$0].speaker }
        var method = IntervalMethod.studentT
        var interval = try? summary.interval(level: 0.95)
        if !scored.isEmpty, speakers.count == scored.count,
            let clustered = try? ClusterRobustMean(values, clusters: ClusterLabels(names: speakers)),
            let limits = try? clustered.interval(level: 0.95)
        {
            method = .clusteredBySpeaker
            interval = limits
        }
        let both = scored.filter { noisy?.status[$0] == ScoreTable.okStatus }
        let before = both.map { noisy?.values[$0] ?? .nan }
        let sign = table.metrics[metric].higherIsBetter ? 1.0 : -1.0
        let gains = zip(both, before).map { sign * (scores.values[$0] - $1) }
        return MetricSummary(
            metric: table.metrics[metric], n: summary.n,
            nFailed: scores.status.count { $0 != ScoreTable.okStatus && $0 != ScoreTable.absentStatus },
            mean: summary.mean, standardDeviation: summary.sd, median: summary.median,
            interval: (interval?.low ?? .nan, interval?.high ?? .nan), intervalMethod: method,
            noisyMean: Summary(before).mean, improvement: Summary(gains).mean)
    }

    /// Bit for bit, so that two missing numbers are alike.
    public static func == (a: Self, b: Self) -> Bool {
        func bits(_ s: Self) -> [UInt64] {
            [
                s.mean, s.standardDeviation, s.median, s.interval.low, s.interval.high, s.noisyMean,
                s.improvement,
            ].map(\.bitPattern)
        }
        return a.metric == b.metric && a.n == b.n && a.nFailed == b.nFailed
            && a.intervalMethod == b.intervalMethod && bits(a) == bits(b)
    }
}
