/// A correlation of clustered rows with a bootstrap interval in which whole speakers are drawn.
///
///     r*_b = correlation of the rows of m speakers drawn with replacement, ranks recomputed in every resample
///     interval = [q(α/2), q(1 − α/2)] of the r*_b (type 7)
///     p = 2 · min(#{r* ≤ 0} + 1, #{r* ≥ 0} + 1)/(B + 1), at most 1
///
/// With few speakers a percentile interval is somewhat too narrow; it is no substitute for more speakers.
///
/// > Source: Field & Welsh, JRSS B 69:369 (2007); Phipson & Smyth 2010 for the +1.
public struct ClusterCorrelation: Sendable, Equatable {
    private enum Limit {
        /// Largest share of resamples without spread with which the rest still describe the sampling.
        static let undefinedShare = 0.05
    }

    /// `.noData`, `.notEstimable` (no spread, in the data or in too many resamples), `.tooFewClusters` (one) or `.ok`.
    public let status: EstimateStatus
    /// Which coefficient.
    public let kind: Correlation
    /// Rows.
    public let n: Int
    /// Speakers.
    public let clusterCount: Int
    /// The coefficient of the data, −1…1; NaN where it is not defined.
    public let estimate: Double
    /// Percentile interval; NaN limits unless the status is `.ok`.
    public let interval: ConfidenceInterval
    /// Two-sided p of "no correlation"; NaN unless the status is `.ok`.
    public let p: Double
    /// Resamples in which one side was constant; they are left out.
    public let undefinedReplicates: Int

    /// Correlates finite values.
    ///
    /// - Throws: `.lengthMismatch`, `.notFinite`, `.notAProbability` (level), `.notPositive` or `.indexOutOfRange` (draws).
    public init(
        _ x: [Double], _ y: [Double], clusters: ClusterLabels, kind: Correlation, draws: BootstrapDraws,
        level: Double = 0.95, threads: Int? = nil
    ) throws(StatisticsError) {
        try requireProbability(level, "confidence level")
        try Correlation.require(x, y)
        try clusters.require(matching: x.count)
        let m = clusters.count
        try draws.require(units: m)
        self.kind = kind
        n = x.count
        clusterCount = m
        let weighted = WeightedCorrelation(x, y, kind: kind)
        estimate = weighted.coefficient(weights: Array(repeating: 1, count: x.count))
        let none = ConfidenceInterval(level: level, low: .nan, high: .nan)
        guard !estimate.isNaN, m > 1 else {
            status = x.isEmpty ? .noData : estimate.isNaN ? .notEstimable : .tooFewClusters
            (interval, p, undefinedReplicates) = (none, .nan, 0)
            return
        }
        let index = clusters.index
        let replicates = draws.map(units: m, threads: threads) { replicate in
            var times = [Double](repeating: 0, count: m)
            replicate.forEach(m) { times[$0] += 1 }
            return weighted.coefficient(weights: index.map { times[$0] })
        }
        let defined = replicates.filter { !$0.isNaN }.sorted()
        undefinedReplicates = replicates.count - defined.count
        guard Double(undefinedReplicates) <= Limit.undefinedShare * Double(replicates.count) else {
            (status, interval, p) = (.notEstimable, none, .nan)
            return
        }
        let tail = (1 - level) / 2
        status = .ok
        interval = ConfidenceInterval(
            level: level, low: quantile(ofSorted: defined, tail), high: quantile(ofSorted: defined, 1 - tail))
        let atMost = defined.count { $0 <= 0 }
        let atLeast = defined.count { $0 >= 0 }
        p = min(1, 2 * Double(min(atMost, atLeast) + 1) / Double(defined.count + 1))
    }
}
