/// The three p-values of a test of "no difference".
public struct PValues: Sendable, Equatable, Codable {
    /// Both sides.
    public var twoSided: Double
    /// Against the alternative that differences tend to be negative.
    public var less: Double
    /// Against the alternative that differences tend to be positive.
    public var greater: Double

    enum CodingKeys: String, CodingKey {
        case twoSided = "two_sided"
        case less, greater
    }

    /// Wraps three p-values, each in 0…1.
    public init(twoSided: Double, less: Double, greater: Double) {
        self.twoSided = twoSided
        self.less = less
        self.greater = greater
    }

    /// No evidence at all: what a test returns when every difference is zero.
    public static let one = PValues(twoSided: 1, less: 1, greater: 1)
    /// Not estimable.
    public static let undefined = PValues(twoSided: .nan, less: .nan, greater: .nan)

    /// Two-sided value as twice the smaller side, at most 1, the convention for exact tests.
    static func doubling(less: Double, greater: Double) -> PValues {
        PValues(twoSided: min(1, 2 * min(less, greater)), less: less, greater: greater)
    }

    /// Tails of a standard normal z.
    static func normal(_ z: Double) -> PValues {
        PValues(
            twoSided: min(1, 2 * Normal.upperTail(abs(z))), less: Normal.cdf(z), greater: Normal.upperTail(z))
    }

    /// Tails of a Student t with `df` degrees of freedom.
    static func student(_ t: Double, df: Double) -> PValues {
        PValues(
            twoSided: min(1, 2 * StudentT.upperTail(abs(t), df: df)), less: StudentT.cdf(t, df: df),
            greater: StudentT.upperTail(t, df: df))
    }
}

/// An interval with its nominal level.
public struct ConfidenceInterval: Sendable, Equatable, Codable {
    /// Nominal level, e.g. 0.95.
    public var level: Double
    /// Lower limit; NaN when not estimable.
    public var low: Double
    /// Upper limit; NaN when not estimable.
    public var high: Double

    /// Wraps an interval.
    public init(level: Double, low: Double, high: Double) {
        self.level = level
        self.low = low
        self.high = high
    }
}

/// Whether an estimate could be made, and if not, why.
///
/// Numbers that could not be estimated are NaN, always together with a status that says why.
public enum EstimateStatus: String, Sendable, Codable {
    /// Nothing special.
    case ok
    /// No usable value: everything is NaN.
    case noData = "no_data"
    /// One value: the mean is given, spread and tests are NaN.
    case notEstimable = "not_estimable"
    /// Every difference is zero: p = 1, interval [0, 0].
    case allZero = "all_zero"
    /// Every difference is the same non-zero number: t = ±∞, p = 0; prefer the rank and sign-flip tests.
    case constant
    /// One cluster: no cluster-robust result.
    case tooFewClusters = "too_few_clusters"
    /// The cluster sums leave no spread although the rows differ: t is infinite or undefined.
    case noClusterSpread = "no_cluster_spread"
}
