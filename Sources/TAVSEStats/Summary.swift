/// Location and spread of one sample; non-finite values are left out and counted.
///
///     mean = Σx/n    sd = √(Σ(x − mean)²/(n − 1))    sem = sd/√n
///     quantiles by linear interpolation at position (n − 1)p of the sorted sample (type 7)
///
/// With one value the mean is given and `sd`, `standardError` are NaN; with none everything is NaN.
public struct Summary: Sendable, Equatable {
    /// Finite values.
    public let n: Int
    /// NaN or infinite values left out.
    public let nDropped: Int
    /// Arithmetic mean.
    public let mean: Double
    /// Standard deviation with divisor n − 1.
    public let sd: Double
    /// Standard deviation with divisor n.
    public let sdPopulation: Double
    /// Standard error of the mean for independent values.
    public let standardError: Double
    /// Smallest value.
    public let minimum: Double
    /// First quartile.
    public let lowerQuartile: Double
    /// Median.
    public let median: Double
    /// Third quartile.
    public let upperQuartile: Double
    /// Largest value.
    public let maximum: Double

    /// Summarises a sample.
    public init(_ values: [Double]) {
        let finite = values.filter(\.isFinite)
        self.init(sorted: finite.sorted(), dropped: values.count - finite.count)
    }

    /// Summarises finite, ascending values.
    package init(sorted: [Double], dropped: Int) {
        n = sorted.count
        nDropped = dropped
        guard let first = sorted.first, let last = sorted.last else {
            (mean, sd, sdPopulation, standardError) = (.nan, .nan, .nan, .nan)
            (minimum, lowerQuartile, median, upperQuartile, maximum) = (.nan, .nan, .nan, .nan, .nan)
            return
        }
        // Equal values have exactly no spread, whatever the rounding of their mean.
        let center = first == last ? first : GSL.mean(sorted)
        let variance = first == last ? 0 : GSL.variance(sorted, about: center)
        let count = Double(sorted.count)
        mean = center
        sdPopulation = variance.squareRoot()
        sd = sorted.count > 1 ? (variance * (count / (count - 1))).squareRoot() : .nan
        standardError = sd / count.squareRoot()
        minimum = first
        lowerQuartile = GSL.quantile(sorted: sorted, 0.25)
        median = GSL.quantile(sorted: sorted, 0.5)
        upperQuartile = GSL.quantile(sorted: sorted, 0.75)
        maximum = last
    }

    /// Student-t interval of the mean for independent values: mean ± t₍n₋₁₎ · sd/√n.
    ///
    /// Limits are NaN with fewer than two values.
    /// - Throws: `.notAProbability` unless 0 < level < 1.
    public func interval(level: Double) throws(StatisticsError) -> ConfidenceInterval {
        try requireProbability(level, "confidence level")
        let half = StudentT.quantile(1 - (1 - level) / 2, df: Double(n - 1)) * standardError
        return ConfidenceInterval(level: level, low: mean - half, high: mean + half)
    }
}

/// Quantile of a sample by linear interpolation at position (n − 1)p of the sorted values (type 7).
///
/// - Returns: NaN for an empty sample or p outside 0…1.
public func quantile(ofSorted values: [Double], _ p: Double) -> Double {
    guard !values.isEmpty, p >= 0, p <= 1 else { return .nan }
    return GSL.quantile(sorted: values, p)
}
