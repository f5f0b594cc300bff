/// Bootstrap of the mean or median of independent rows.
///
/// Every draw is a pure function of seed and position, so replicates run in parallel with bit-identical results for any
/// number of threads. Rows of one speaker are not independent: for those use ``ClusterBootstrap``.
public enum Bootstrap {
    /// What is resampled.
    public enum Statistic: String, Sendable, CaseIterable {
        /// Arithmetic mean.
        case mean
        /// Median (mean of the two middle values for even n).
        case median
    }

    /// Resamples finite values.
    ///
    /// - Throws: `.notFinite`, `.notPositive` (no replicates), `.lengthMismatch` or `.indexOutOfRange` (bad rows).
    public static func distribution(
        of statistic: Statistic, _ values: [Double], draws: BootstrapDraws, threads: Int? = nil
    ) throws(StatisticsError) -> BootstrapDistribution {
        try requireFinite(values, "bootstrap values")
        try draws.require(units: values.count)
        guard let first = values.first else {
            return BootstrapDistribution(estimate: .nan, replicates: [], jackknife: [], isConstant: false)
        }
        let isConstant = values.allSatisfy { $0 == first }
        if isConstant {
            // Rounding of a mean of equal values must not look like spread.
            return BootstrapDistribution(
                estimate: first, replicates: Array(repeating: first, count: draws.replicates), jackknife: [],
                isConstant: true)
        }
        return switch statistic {
        case .mean: mean(values, draws: draws, threads: threads)
        case .median: median(values, draws: draws, threads: threads)
        }
    }

    private static func mean(
        _ values: [Double], draws: BootstrapDraws, threads: Int?
    ) -> BootstrapDistribution {
        let n = values.count
        let total = laneSum(n) { values[$0] }
        let replicates = draws.map(units: n, threads: threads) { replicate in
            values.withUnsafeBufferPointer { replicate.sum(of: $0) } / Double(n)
        }
        let jackknife = n > 1 ? values.map { (total - $0) / Double(n - 1) } : []
        return BootstrapDistribution(
            estimate: total / Double(n), replicates: replicates, jackknife: jackknife, isConstant: false)
    }

    /// A replicate's median is found by counting how often each rank is drawn: O(n), without sorting.
    private static func median(
        _ values: [Double], draws: BootstrapDraws, threads: Int?
    ) -> BootstrapDistribution {
        let n = values.count
        let order = values.indices.sorted { values[$0] < values[$1] }
        let sorted = order.map { values[$0] }
        var rank = [Int](repeating: 0, count: n)
        for (position, row) in order.enumerated() { rank[row] = position }
        let ranks = rank
        let replicates = draws.map(units: n, threads: threads) { replicate in
            var drawn = [UInt32](repeating: 0, count: n)
            replicate.forEach(n) { drawn[ranks[$0]] += 1 }
            return countedMedian(sorted, times: drawn)
        }
        let jackknife = n > 1 ? (0..<n).map { medianLeavingOut(rank: ranks[$0], of: sorted) } : []
        return BootstrapDistribution(
            estimate: GSL.quantile(sorted: sorted, 0.5), replicates: replicates, jackknife: jackknife,
            isConstant: false)
    }

    /// Median of a sample that holds sorted[i] `times[i]` times, n values in all.
    private static func countedMedian(_ sorted: [Double], times: [UInt32]) -> Double {
        let n = sorted.count
        let lowerRank = (n - 1) / 2
        let upperRank = n / 2
        var seen = 0
        var lower = 0.0
        var hasLower = false
        for (index, count) in times.enumerated() where count > 0 {
            seen += Int(count)
            if !hasLower, seen > lowerRank { (lower, hasLower) = (sorted[index], true) }
            if seen > upperRank { return lowerRank == upperRank ? lower : midpoint(lower, sorted[index]) }
        }
        return lower
    }

    private static func medianLeavingOut(rank: Int, of sorted: [Double]) -> Double {
        let n = sorted.count - 1
        func value(_ position: Int) -> Double { sorted[position < rank ? position : position + 1] }
        return n % 2 == 1 ? value(n / 2) : midpoint(value(n / 2 - 1), value(n / 2))
    }

    private static func midpoint(_ a: Double, _ b: Double) -> Double { a == b ? a : 0.5 * a + 0.5 * b }

    /// Studentised interval of the mean: t* = (θ* − θ)/se*, [θ − q_{1−α/2}(t*)·se, θ − q_{α/2}(t*)·se], se = sd/√n.
    ///
    /// - Returns: nil when some resample has no spread (or there are fewer than two values), so t* is undefined.
    /// - Throws: as ``distribution(of:_:draws:threads:)``, and `.notAProbability` for the level.
    public static func studentizedMean(
        _ values: [Double], draws: BootstrapDraws, level: Double, threads: Int? = nil
    ) throws(StatisticsError) -> ConfidenceInterval? {
        try requireProbability(level, "confidence level")
        try requireFinite(values, "bootstrap values")
        try draws.require(units: values.count)
        let n = values.count
        guard n > 1 else { return nil }
        let estimate = (laneSum(n) { values[$0] }) / Double(n)
        let squares = laneSum(n) { (values[$0] - estimate) * (values[$0] - estimate) }
        let standardError = (squares / Double(n - 1) / Double(n)).squareRoot()
        // The draws are a function of their position: the second pass draws the same rows again.
        let pivots = draws.map(units: n, threads: threads) { replicate -> Double in
            values.withUnsafeBufferPointer { x in
                var low = Double.infinity
                var high = -Double.infinity
                replicate.forEach(n) { (low, high) = (min(low, x[$0]), max(high, x[$0])) }
                guard low < high else { return .nan }
                let mean = replicate.sum(n) { x[$0] } / Double(n)
                let spread = replicate.sum(n) { (x[$0] - mean) * (x[$0] - mean) }
                return (mean - estimate) / (spread / Double(n - 1) / Double(n)).squareRoot()
            }
        }
        guard pivots.allSatisfy(\.isFinite) else { return nil }
        let sorted = pivots.sorted()
        let tail = (1 - level) / 2
        return ConfidenceInterval(
            level: level, low: estimate - quantile(ofSorted: sorted, 1 - tail) * standardError,
            high: estimate - quantile(ofSorted: sorted, tail) * standardError)
    }
}
