/// Two one-sided t-tests (TOST) that an effect lies inside given bounds.
///
///     t_lower = (estimate − low)/se,  p_lower = P(T > t_lower)
///     t_upper = (estimate − high)/se, p_upper = P(T ≤ t_upper)
///     p = max(p_lower, p_upper);  equivalent when p < α: the (1 − 2α) interval lies inside (low, high)
///
/// Bounds come from the user alone: no metric of speech quality has an agreed just-noticeable difference.
///
/// > Source: Schuirmann, J. Pharmacokinet. Biopharm. 15:657 (1987); Lakens, Soc. Psychol. Pers. Sci. 8:355 (2017).
public struct EquivalenceTest: Sendable, Equatable {
    /// Lower bound.
    public let low: Double
    /// Upper bound.
    public let high: Double
    /// Statistic against the lower bound.
    public let tLower: Double
    /// p against the lower bound.
    public let pLower: Double
    /// Statistic against the upper bound.
    public let tUpper: Double
    /// p against the upper bound.
    public let pUpper: Double
    /// Degrees of freedom.
    public let df: Double
    /// (1 − 2α) interval of the effect.
    public let interval: ConfidenceInterval
    /// Whether p < α.
    public let isEquivalent: Bool

    /// max(p_lower, p_upper); NaN when the effect could not be estimated.
    public var p: Double { pLower.isNaN || pUpper.isNaN ? .nan : max(pLower, pUpper) }

    /// Tests an estimate with its standard error and degrees of freedom.
    ///
    /// A standard error of zero decides by the estimate itself (p is 0, ½ on the bound, or 1).
    /// - Throws: `.emptyInterval` unless low < high; `.notAProbability` unless 0 < alpha < ½.
    public init(
        estimate: Double, standardError: Double, df: Double, low: Double, high: Double, alpha: Double = 0.05
    ) throws(StatisticsError) {
        guard low < high else { throw .emptyInterval(low: low, high: high) }
        try requireProbability(2 * alpha, "twice alpha")
        func statistic(_ bound: Double) -> Double {
            let distance = estimate - bound
            if standardError > 0 { return distance / standardError }
            guard standardError == 0 else { return .nan }
            return distance == 0 ? 0 : distance > 0 ? .infinity : -.infinity
        }
        self.low = low
        self.high = high
        self.df = df
        tLower = statistic(low)
        tUpper = statistic(high)
        pLower = StudentT.upperTail(tLower, df: df)
        pUpper = StudentT.cdf(tUpper, df: df)
        let half = standardError == 0 ? 0 : StudentT.quantile(1 - alpha, df: df) * standardError
        interval = ConfidenceInterval(level: 1 - 2 * alpha, low: estimate - half, high: estimate + half)
        isEquivalent = max(pLower, pUpper) < alpha
    }
}
