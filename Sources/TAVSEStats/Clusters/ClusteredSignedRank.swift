/// Wilcoxon signed-rank test in which the speaker, not the row, is the unit that may be flipped.
///
///     S_g = Σ signed midranks of cluster g (zeros dropped, ranks over all rows),  T = ΣS_g
///     approximate: z = T/√ΣS_g²
///     exact: share of the 2^m patterns with Σ±S_g ≥ T (≤ T); two-sided = min(1, 2·min)
///
/// Under the null hypothesis the whole vector of a speaker's differences may change sign, whatever the
/// dependence inside it, so the exact p needs no model of that dependence. Up to 40 clusters it is counted; beyond,
/// seeded Monte Carlo with p = (b + 1)/(B + 1).
///
/// > Source: Rosner, Glynn & Lee, Biometrics 62:185 (2006) for the statistic; unweighted, because that form has
/// > an exact law.
public struct ClusteredSignedRank: Sendable, Equatable {
    /// `.noData`, `.allZero`, `.tooFewClusters` (one cluster) or `.ok`.
    public let status: EstimateStatus
    /// Sum of signed ranks.
    public let t: Double
    /// Null variance ΣS_g².
    public let variance: Double
    /// T/√variance; 0 when the variance is 0.
    public let z: Double
    /// Rows with a non-zero difference.
    public let nUsed: Int
    /// Clusters with at least one of them.
    public let clustersUsed: Int
    /// Smallest two-sided p the exact test could give: 2^(1−m) when counted, 2/(B + 1) when drawn.
    public let smallestP: Double
    /// Normal approximation.
    public let approximate: PValues
    /// Sign patterns counted, or drawn beyond 40 clusters.
    public let exact: PValues
    /// Whether `exact` was drawn rather than counted.
    public let isMonteCarlo: Bool

    /// Tests differences given their ranks and the cluster of every row.
    ///
    /// - Throws: `.lengthMismatch` unless there is one label per row.
    public init(
        _ ranks: SignedRanks, clusters: ClusterLabels, options: SignFlipOptions = SignFlipOptions()
    ) throws(StatisticsError) {
        try clusters.require(matching: ranks.nGiven)
        var doubled = [Int64](repeating: 0, count: clusters.count)
        var inUse = [Bool](repeating: false, count: clusters.count)
        for (position, row) in ranks.rows.enumerated() {
            doubled[clusters.index[row]] += ranks.doubledSigned[position]
            inUse[clusters.index[row]] = true
        }
        // A cluster without a non-zero row would only double every count.
        let used = zip(doubled, inUse).filter(\.1).map(\.0)
        let total = used.reduce(0, +)
        let squares = used.reduce(0.0) { $0 + Double($1) * Double($1) }
        nUsed = ranks.rows.count
        clustersUsed = used.count
        t = Double(total) / 2
        variance = squares / 4
        z = squares > 0 ? Double(total) / squares.squareRoot() : 0
        isMonteCarlo = used.count > SignFlipLaw.exactLimit
        smallestP =
            isMonteCarlo
            ? 2 / Double(options.patterns + 1)
            : Double(sign: .plus, exponent: 1 - max(1, used.count), significand: 1)
        guard !used.isEmpty else {
            status = ranks.nFinite == 0 ? .noData : .allZero
            approximate = .one
            exact = .one
            return
        }
        status = clusters.count < 2 ? .tooFewClusters : .ok
        approximate = squares > 0 ? .normal(z) : .one
        exact =
            isMonteCarlo
            ? SignFlipLaw.monteCarlo(
                used, total: total, slack: 0, patterns: options.patterns, seed: options.seed)
            : SignFlipLaw.exact(used, total: total, slack: 0)
    }
}
