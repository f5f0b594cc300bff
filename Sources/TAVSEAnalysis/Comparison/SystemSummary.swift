import TAVSEStats

/// Scores of one system in one metric: location, spread, intervals, failures, and the same by condition.
public struct SystemSummary: Sendable, Equatable, Codable {
    /// The same for the rows of one condition.
    public struct Condition: Sendable, Equatable, Codable {
        /// Usable rows.
        public var n: Int
        /// Mean; NaN without rows.
        public var mean: Double
        /// Standard deviation with divisor n − 1.
        public var sd: Double
        /// Median.
        public var median: Double
        /// CR2 standard error of the mean.
        public var cr2SE: Double
        /// Its degrees of freedom.
        public var cr2DF: Double
        /// CR2 95 % interval of the mean.
        public var cr2Interval: ConfidenceInterval

        enum CodingKeys: String, CodingKey {
            case n, mean, sd, median
            case cr2SE = "cr2_se"
            case cr2DF = "cr2_df"
            case cr2Interval = "cr2_ci95"
        }
    }

    /// Usable rows.
    public var n: Int
    /// Rows whose metric failed.
    public var nNonfinite: Int
    /// Items of the table that the system has no row for.
    public var nAbsent: Int
    /// Failed rows by reason (status name).
    public var failures: [String: Int]
    /// Share of failed rows among the rows the system has; NaN without rows.
    public var failureRate: Double
    /// Clusters among the usable rows.
    public var nSpeakers: Int
    /// Mean; NaN without rows.
    public var mean: Double
    /// Standard deviation with divisor n − 1.
    public var sd: Double
    /// Median.
    public var median: Double
    /// First quartile.
    public var lowerQuartile: Double
    /// Third quartile.
    public var upperQuartile: Double
    /// Smallest score.
    public var minimum: Double
    /// Largest score.
    public var maximum: Double
    /// Student-t 95 % interval, rows treated as independent.
    public var tInterval: ConfidenceInterval
    /// CR2 standard error of the mean.
    public var cr2SE: Double
    /// Its degrees of freedom.
    public var cr2DF: Double
    /// CR2 95 % interval of the mean: the one to show.
    public var cr2Interval: ConfidenceInterval
    /// Whether the CR2 interval could be made, and if not, why.
    public var cr2Status: EstimateStatus
    /// By SNR label; only labels with at least one row of this system, failed or not.
    public var bySNR: [String: Condition]
    /// By noise type; likewise.
    public var byNoise: [String: Condition]

    enum CodingKeys: String, CodingKey {
        case n
        case nNonfinite = "n_nonfinite"
        case nAbsent = "n_absent"
        case failures
        case failureRate = "failure_rate"
        case nSpeakers = "n_speakers"
        case mean, sd, median
        case lowerQuartile = "q1"
        case upperQuartile = "q3"
        case minimum = "min"
        case maximum = "max"
        case tInterval = "t_ci95"
        case cr2SE = "cr2_se"
        case cr2DF = "cr2_df"
        case cr2Interval = "cr2_ci95"
        case cr2Status = "cr2_status"
        case bySNR = "by_snr"
        case byNoise = "by_noise"
    }
}
