/// Hodges–Lehmann estimate of the centre of paired differences, with its order-statistic interval.
///
///     W = { (dᵢ + dⱼ)/2 : i ≤ j },  M = n(n+1)/2 Walsh averages, zeros included
///     estimate = median of W,   interval = [W₍K₎, W₍M+1−K₎]
///
/// The Walsh averages are never stored. On sorted d, the count of averages ≤ x takes one pass of two pointers;
/// bisection narrows a bracket around the wanted order statistic, and the few averages left inside it are listed.
/// The result is the order statistic itself, to the last bit, in O(n log n) time and O(n) memory.
///
/// > Source: Hodges & Lehmann, Ann. Math. Statist. 34:598 (1963); Hollander, Wolfe & Chicken, *Nonparametric
/// > Statistical Methods*, ch. 3. Rows are treated as independent.
public struct HodgesLehmann: Sendable {
    /// Which law gives the rank K of the interval's ends.
    public enum Law: Sendable {
        /// Tie-free signed-rank law: smallest t with P(T ≤ t) ≥ α/2, at least 1.
        case exact
        /// ⌊n(n+1)/4 − z √(n(n+1)(2n+1)/24)⌋, at least 1; never above the exact K for n > 50.
        case normal
        /// Exact up to 50 differences, normal beyond.
        case automatic
    }

    /// An interval and how it was reached.
    public struct Interval: Sendable, Equatable {
        /// Nominal level.
        public let level: Double
        /// Rank of the lower end among the sorted Walsh averages, counted from 1.
        public let k: Int
        /// Lower end; NaN without data.
        public let low: Double
        /// Upper end; NaN without data.
        public let high: Double
        /// 1 − 2P(T ≤ K − 1) under the tie-free law; nil when the normal form was used.
        public let achievedLevel: Double?
    }

    /// Number of finite differences.
    public let n: Int
    /// Number of Walsh averages, n(n+1)/2.
    public let walshCount: Int
    /// Median of the Walsh averages; NaN without data.
    public let estimate: Double

    private let averages: WalshAverages

    /// Estimates from differences; non-finite ones are left out.
    public init(_ differences: [Double]) {
        self.init(sorted: differences.filter(\.isFinite).sorted())
    }

    /// Estimates from finite, ascending differences.
    package init(sorted: [Double]) {
        averages = WalshAverages(sorted: sorted)
        n = sorted.count
        walshCount = averages.count
        guard walshCount > 0 else {
            estimate = .nan
            return
        }
        let lower = averages.orderStatistic((walshCount + 1) / 2)
        let upper = walshCount % 2 == 1 ? lower : averages.successor(of: lower, rank: walshCount / 2 + 1)
        estimate = lower == upper ? lower : 0.5 * lower + 0.5 * upper
    }

    /// Interval of a nominal level.
    ///
    /// - Throws: `.notAProbability` unless 0 < level < 1; `.tooLargeForExact` for the exact law beyond
    ///   ``SignedRankLaw/maximumCount`` differences.
    public func interval(level: Double, law: Law = .automatic) throws(StatisticsError) -> Interval {
        try requireProbability(level, "confidence level")
        guard n > 0 else { return Interval(level: level, k: 0, low: .nan, high: .nan, achievedLevel: nil) }
        let tail = (1 - level) / 2
        let k: Int
        var achieved: Double?
        if law == .exact || (law == .automatic && n <= SignedRankTest.defaultExactLimit) {
            let law = try SignedRankLaw(ranks: n)
            k = max(1, try law.quantile(tail))
            achieved = 1 - 2 * law.cdf(k - 1)
        } else {
            let m = Double(n) * (Double(n) + 1)
            let spread = (m * (2 * Double(n) + 1) / 24).squareRoot()
            k = max(1, Int((m / 4 - Normal.quantile(1 - tail) * spread).rounded(.down)))
        }
        let low = averages.orderStatistic(k)
        let high = averages.orderStatistic(walshCount + 1 - k)
        // Below a nominal level of about one half the two ends may cross; the interval is then the pair in order.
        return Interval(
            level: level, k: k, low: min(low, high), high: max(low, high), achievedLevel: achieved)
    }
}
