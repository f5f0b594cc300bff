/// Bootstrap of the pooled mean in which whole speakers are drawn.
///
///     θ* = ΣS_g/ΣN_g over m clusters drawn with replacement, S_g and N_g their sums and sizes
///
/// Rows inside a drawn speaker are not resampled. Only the sums and sizes are kept, so a replicate costs m
/// additions. The jackknife of the BCa interval leaves one speaker out.
///
/// > Source: Field & Welsh, JRSS B 69:369 (2007); Liu & Peng, arXiv:1912.09508.
public enum ClusterBootstrap {
    /// Resamples the clusters of finite values.
    ///
    /// - Parameter tieTolerance: values within it of each other count as constant.
    /// - Throws: `.notFinite`, `.notPositive` (no replicates), `.lengthMismatch` or `.indexOutOfRange`.
    public static func distribution(
        of values: [Double], clusters: ClusterLabels, draws: BootstrapDraws, tieTolerance: Double = 0,
        threads: Int? = nil
    ) throws(StatisticsError) -> BootstrapDistribution {
        try clusters.require(matching: values.count)
        try requireFinite(values, "clustered values")
        let m = clusters.count
        try draws.require(units: m)
        guard let low = values.min(), let high = values.max() else {
            return BootstrapDistribution(estimate: .nan, replicates: [], jackknife: [], isConstant: false)
        }
        if high - low <= tieTolerance {
            let value = max(abs(low), abs(high)) <= tieTolerance / 2 ? 0 : low
            return BootstrapDistribution(
                estimate: value, replicates: Array(repeating: value, count: draws.replicates), jackknife: [],
                isConstant: true)
        }
        let sums = clusters.sums(of: values)
        let sizes = clusters.sizes.map(Double.init)
        let total = laneSum(m) { sums[$0] }
        let count = Double(values.count)
        let replicates = draws.map(units: m, threads: threads) { replicate in
            sums.withUnsafeBufferPointer { replicate.sum(of: $0) }
                / sizes.withUnsafeBufferPointer { replicate.sum(of: $0) }
        }
        let jackknife = m > 1 ? (0..<m).map { (total - sums[$0]) / (count - sizes[$0]) } : []
        return BootstrapDistribution(
            estimate: total / count, replicates: replicates, jackknife: jackknife, isConstant: false)
    }
}
