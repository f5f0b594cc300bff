/// Smallest mean difference that a two-sided test would find with the wanted power.
///
///     (z_{1−α/2m} + z_power)·se, or the same with quantiles of t with df degrees of freedom
///
/// m is the number of tests of the planned family (Bonferroni).
public struct DetectableDifference: Sendable, Equatable {
    /// From the normal distribution.
    public let normal: Double
    /// From Student's t: the one to report for few speakers.
    public let student: Double

    /// Computes both forms; NaN where the standard error is NaN.
    ///
    /// - Throws: `.notAProbability` for alpha or power, `.notPositive` for the number of tests.
    public init(
        standardError: Double, df: Double, alpha: Double = 0.05, power: Double = 0.8, tests: Int = 1
    ) throws(StatisticsError) {
        try requireProbability(alpha, "alpha")
        try requireProbability(power, "power")
        guard tests > 0 else { throw .notPositive(what: "number of tests", found: Double(tests)) }
        let tail = 1 - alpha / (2 * Double(tests))
        normal = (Normal.quantile(tail) + Normal.quantile(power)) * standardError
        student = (StudentT.quantile(tail, df: df) + StudentT.quantile(power, df: df)) * standardError
    }
}
