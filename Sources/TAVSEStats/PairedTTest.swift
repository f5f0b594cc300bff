/// Student's t-test that the mean difference is zero, treating rows as independent.
///
///     t = mean/(sd/√n),  n − 1 degrees of freedom
///
/// All zero: p = 1 and interval [0, 0]. A constant non-zero difference: t = ±∞, p = 0, interval [c, c]; there the
/// rank and sign-flip tests stay finite and are to be preferred.
public struct PairedTTest: Sendable, Equatable {
    /// Whether the test could be made.
    public let status: EstimateStatus
    /// Finite differences.
    public let n: Int
    /// Mean difference.
    public let mean: Double
    /// Standard deviation with divisor n − 1.
    public let sd: Double
    /// Test statistic.
    public let t: Double
    /// n − 1.
    public let df: Int
    /// p-values.
    public let p: PValues

    /// Tests differences; non-finite ones are left out, and values within `tieTolerance` count as equal.
    public init(_ differences: [Double], tieTolerance: Double = 0) {
        self.init(
            Summary(sorted: differences.filter(\.isFinite).sorted(), dropped: 0), tieTolerance: tieTolerance)
    }

    /// Tests summarised differences.
    package init(_ summary: Summary, tieTolerance: Double) {
        n = summary.n
        df = max(0, summary.n - 1)
        let isConstant = summary.maximum - summary.minimum <= tieTolerance
        let isZero = isConstant && max(abs(summary.minimum), abs(summary.maximum)) <= tieTolerance / 2
        mean = isZero ? 0 : summary.mean
        switch (summary.n, isZero, isConstant) {
        case (0, _, _): (status, sd, t, p) = (.noData, .nan, .nan, .undefined)
        case (1, _, _): (status, sd, t, p) = (.notEstimable, .nan, .nan, .undefined)
        case (_, true, _): (status, sd, t, p) = (.allZero, 0, .nan, .one)
        case (_, _, true):
            (status, sd, t) = (.constant, 0, mean > 0 ? .infinity : -.infinity)
            p = .student(t, df: Double(df))
        default:
            (status, sd, t) = (.ok, summary.sd, summary.mean / summary.standardError)
            p = .student(t, df: Double(df))
        }
    }

    /// sd/√n.
    public var standardError: Double { sd / Double(n).squareRoot() }

    /// Student-t interval of the mean difference; NaN limits with fewer than two values.
    ///
    /// - Throws: `.notAProbability` unless 0 < level < 1.
    public func interval(level: Double) throws(StatisticsError) -> ConfidenceInterval {
        try requireProbability(level, "confidence level")
        guard sd > 0 else {
            let limit = sd == 0 ? mean : .nan
            return ConfidenceInterval(level: level, low: limit, high: limit)
        }
        let half = StudentT.quantile(1 - (1 - level) / 2, df: Double(df)) * standardError
        return ConfidenceInterval(level: level, low: mean - half, high: mean + half)
    }
}
