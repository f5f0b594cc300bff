/// Mean of clustered rows with the cluster-robust (sandwich) standard error and its degrees of freedom.
///
///     E_g = Σ_{i∈g}(dᵢ − d̄),  f_g = n_g/n,  a_g = f_g²/(1 − f_g)
///     CR0² = ΣE_g²/n²    CR1² = CR0²·m/(m−1)    CR2² = ΣE_g²/(1 − f_g)/n²
///     df = 1/[Σf_g² + (Σa_g)² − Σa_g²]   (Satterthwaite; m − 1 when balanced)
///     interval = d̄ ± t_df · CR2
///     ICC = (MSB − MSW)/(MSB + (n₀−1)MSW),  n₀ = (n − Σn_g²/n)/(m−1)
///     design effect = CR2²/(sd²/n),  effective n = n/design effect
///
/// One cluster gives `.tooFewClusters` and NaN; constant values give [c, c] (see ``EstimateStatus``).
///
/// > Source: Bell & McCaffrey, Survey Methodology 28:169 (2002); Pustejovsky & Tipton, JBES 36:672 (2018).
public struct ClusterRobustMean: Sendable, Equatable {
    /// Whether the interval and the test could be made.
    public let status: EstimateStatus
    /// Rows.
    public let n: Int
    /// Rows per cluster.
    public let sizes: [Int]
    /// Pooled mean d̄.
    public let mean: Double
    /// Mean of the clusters' means.
    public let meanOfClusterMeans: Double
    /// Standard deviation with divisor n − 1.
    public let sd: Double
    /// sd/√n: the standard error if rows were independent.
    public let naiveStandardError: Double
    /// Sandwich standard error without correction.
    public let cr0: Double
    /// With the factor m/(m − 1).
    public let cr1: Double
    /// Bias-reduced: the one to use.
    public let cr2: Double
    /// Satterthwaite degrees of freedom of `cr2`.
    public let df: Double
    /// d̄/CR2; ±∞ without spread, NaN when the mean is zero too.
    public let t: Double
    /// Test of mean = 0 by t with `df` degrees of freedom.
    public let p: PValues
    /// Intra-class correlation (one-way ANOVA); may be negative; NaN when not defined.
    public let icc: Double
    /// Average cluster size of the ICC; NaN when not defined.
    public let n0: Double
    /// CR2² over the variance of a mean of independent rows; NaN when not defined.
    public let designEffect: Double
    /// n divided by the design effect; NaN when not defined.
    public let effectiveN: Double

    /// Number of clusters.
    public var clusterCount: Int { sizes.count }

    /// Analyses finite values.
    ///
    /// - Parameter tieTolerance: values within it of each other count as equal when degeneracy is decided.
    /// - Throws: `.lengthMismatch`, `.notFinite`.
    public init(
        _ values: [Double], clusters: ClusterLabels, tieTolerance: Double = 0
    ) throws(StatisticsError) {
        try clusters.require(matching: values.count)
        try requireFinite(values, "clustered values")
        let count = Double(values.count)
        let m = Double(clusters.count)
        let sizes = clusters.sizes
        let sums = clusters.sums(of: values)
        let low = values.min() ?? .nan
        let high = values.max() ?? .nan
        let isConstant = !values.isEmpty && high - low <= tieTolerance
        let isZero = isConstant && max(abs(low), abs(high)) <= tieTolerance / 2
        let mean =
            values.isEmpty ? .nan : isZero ? 0 : low == high ? low : laneSum(sums.count) { sums[$0] } / count

        var within = [ExactSum](repeating: ExactSum(), count: clusters.count)
        var squares = 0.0
        if !isConstant {
            for (row, cluster) in clusters.index.enumerated() {
                let deviation = values[row] - mean
                within[cluster].add(deviation)
                squares += deviation * deviation
            }
        }
        let residuals = within.map(\.value)
        let sd = values.count > 1 ? (squares / (count - 1)).squareRoot() : .nan

        var sumE = 0.0, sumE2 = 0.0, sumF2 = 0.0, sumA = 0.0, sumA2 = 0.0, between = 0.0, sumSizes2 = 0.0
        var meanOfMeans = 0.0
        for (cluster, size) in sizes.enumerated() {
            let share = Double(size) / count
            let e2 = residuals[cluster] * residuals[cluster]
            let a = share * share / (1 - share)
            sumE += e2
            sumE2 += e2 / (1 - share)
            sumF2 += share * share
            sumA += a
            sumA2 += a * a
            between += e2 / Double(size)
            sumSizes2 += Double(size) * Double(size)
            meanOfMeans += sums[cluster] / Double(size)
        }
        self.n = values.count
        self.sizes = sizes
        self.mean = mean
        meanOfClusterMeans = isConstant ? mean : meanOfMeans / m
        self.sd = sd
        naiveStandardError = sd / count.squareRoot()
        guard clusters.count > 1 else {
            status = values.isEmpty ? .noData : values.count == 1 ? .notEstimable : .tooFewClusters
            (cr0, cr1, cr2, df, t) = (.nan, .nan, .nan, .nan, .nan)
            (icc, n0, designEffect, effectiveN) = (.nan, .nan, .nan, .nan)
            p = .undefined
            return
        }
        cr0 = sumE.squareRoot() / count
        cr1 = cr0 * (m / (m - 1)).squareRoot()
        cr2 = sumE2.squareRoot() / count
        df = 1 / (sumF2 + sumA * sumA - sumA2)

        // Sums that cancel leave round-off; below this share of the data's scale there is no spread.
        let negligible = 1e-14 * max(abs(low), abs(high))
        if isZero {
            (status, t, p) = (.allZero, .nan, .one)
        } else if isConstant {
            (status, t) = (.constant, mean > 0 ? .infinity : -.infinity)
            p = .student(t, df: df)
        } else if cr2 <= negligible {
            status = .noClusterSpread
            t = abs(mean) <= negligible ? .nan : mean > 0 ? .infinity : -.infinity
            p = t.isNaN ? .one : .student(t, df: df)
        } else {
            (status, t) = (.ok, mean / cr2)
            p = .student(t, df: df)
        }
        let effective = (count - sumSizes2 / count) / (m - 1)
        // With one row per cluster there is nothing within clusters to compare with.
        let hasWithin = values.count > clusters.count
        n0 = hasWithin ? effective : .nan
        if hasWithin, squares > 0 {
            let msb = between / (m - 1)
            let msw = max(0, squares - between) / (count - m)
            icc = (msb - msw) / (msb + (effective - 1) * msw)
        } else {
            icc = .nan
        }
        designEffect = squares > 0 ? cr2 * cr2 / (sd * sd / count) : .nan
        effectiveN = squares > 0 ? count / designEffect : .nan
    }

    /// Interval d̄ ± t_df · CR2; [c, c] for constant values, NaN limits when not estimable.
    ///
    /// - Throws: `.notAProbability` unless 0 < level < 1.
    public func interval(level: Double) throws(StatisticsError) -> ConfidenceInterval {
        try requireProbability(level, "confidence level")
        guard cr2 > 0 else {
            let limit = cr2 == 0 ? mean : .nan
            return ConfidenceInterval(level: level, low: limit, high: limit)
        }
        let half = StudentT.quantile(1 - (1 - level) / 2, df: df) * cr2
        return ConfidenceInterval(level: level, low: mean - half, high: mean + half)
    }
}
