/// Exact test of a zero mean difference in which whole speakers change sign.
///
///     S_g = Σ_{i∈g} dᵢ,  T = ΣS_g;  p = share of the 2^m sign patterns with Σ±S_g ≥ T (≤ T)
///
/// Sums are compared with a slack of 1e-9·Σ|S_g| (plus the round-off of the sums where the caller states it), since
/// tied patterns differ by round-off.
///
/// > Source: Fisher's randomisation test applied to clusters; Phipson & Smyth 2010 for the Monte Carlo form.
public struct SignFlipTest: Sendable, Equatable {
    /// `.noData`, `.allZero`, `.tooFewClusters` (one cluster) or `.ok`.
    public let status: EstimateStatus
    /// p-values, counted up to 40 clusters and drawn beyond.
    public let p: PValues
    /// Whether the patterns were drawn rather than counted.
    public let isMonteCarlo: Bool

    /// Tests finite differences.
    ///
    /// - Throws: `.lengthMismatch`, `.notFinite`.
    public init(
        _ differences: [Double], clusters: ClusterLabels, options: SignFlipOptions = SignFlipOptions()
    ) throws(StatisticsError) {
        try clusters.require(matching: differences.count)
        try requireFinite(differences, "differences")
        self.init(clusterSums: clusters.sums(of: differences), options: options)
    }

    /// Tests finite sums, one per cluster.
    ///
    /// - Parameter noise: round-off that the sums may carry; sums of nothing else give p = 1.
    init(clusterSums: [Double], options: SignFlipOptions, noise: Double = 0) {
        let total = laneSum(clusterSums.count) { clusterSums[$0] }
        let slack = 1e-9 * clusterSums.reduce(0.0) { $0 + abs($1) } + noise
        isMonteCarlo = clusterSums.count > SignFlipLaw.exactLimit
        guard slack > 0 else {
            status = clusterSums.isEmpty ? .noData : .allZero
            p = .one
            return
        }
        status = clusterSums.count < 2 ? .tooFewClusters : .ok
        p =
            isMonteCarlo
            ? SignFlipLaw.monteCarlo(
                clusterSums, total: total, slack: slack, patterns: options.patterns, seed: options.seed)
            : SignFlipLaw.exact(clusterSums, total: total, slack: slack)
    }
}
