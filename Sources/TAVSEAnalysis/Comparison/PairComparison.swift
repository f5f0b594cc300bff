import TAVSEStats

/// Two systems in one metric: every quantity of the protocol. Differences are first − second.
public struct PairComparison: Sendable, Equatable, Codable {
    /// Wilcoxon signed-rank test over rows treated as independent.
    public struct Wilcoxon: Sendable, Equatable, Codable {
        /// Rank sum of positive differences.
        public var rPlus: Double
        /// Rank sum of negative differences.
        public var rMinus: Double
        /// min(R⁺, R⁻).
        public var statistic: Double
        /// Standardised R⁺.
        public var z: Double
        /// Two-sided p, zeros dropped, exact up to 50 non-zero differences.
        public var p: Double
        /// The same with Pratt's zeros.
        public var pPratt: Double

        enum CodingKeys: String, CodingKey {
            case rPlus = "r_plus"
            case rMinus = "r_minus"
            case statistic, z, p
            case pPratt = "p_pratt"
        }
    }

    /// Signed-rank test over speakers: the primary test.
    public struct ClusteredRank: Sendable, Equatable, Codable {
        /// Sum of signed ranks.
        public var t: Double
        /// T/√ΣS².
        public var z: Double
        /// Two-sided p of the normal approximation.
        public var pApproximate: Double
        /// Two-sided exact p: the primary p.
        public var pExact: Double
        /// Speakers with a non-zero difference.
        public var nClustersUsed: Int
        /// Smallest two-sided p that many speakers (or, where drawn, that many patterns) can give.
        public var smallestP: Double
        /// Whether the exact p was drawn rather than counted.
        public var isMonteCarlo: Bool

        enum CodingKeys: String, CodingKey {
            case t, z
            case pApproximate = "p_approx"
            case pExact = "p_exact"
            case nClustersUsed = "n_clusters_used"
            case smallestP = "smallest_p"
            case isMonteCarlo = "monte_carlo"
        }
    }

    /// Cluster-robust mean difference.
    public struct Robust: Sendable, Equatable, Codable {
        /// Whether it could be made, and if not, why.
        public var status: EstimateStatus
        /// CR2 standard error.
        public var se: Double
        /// Satterthwaite degrees of freedom.
        public var df: Double
        /// Mean over se.
        public var t: Double
        /// Two-sided p.
        public var p: Double
        /// 95 % interval.
        public var interval95: ConfidenceInterval
        /// 90 % interval, the one of an equivalence test at 5 %.
        public var interval90: ConfidenceInterval
        /// Interval at level 1 − α/family: all of them hold together with 1 − α.
        public var simultaneous: ConfidenceInterval

        enum CodingKeys: String, CodingKey {
            case status, se, df, t, p
            case interval95 = "ci95"
            case interval90 = "ci90"
            case simultaneous = "ci_simultaneous"
        }
    }

    /// Limits of an interval whose level its key tells.
    public struct Limits: Sendable, Equatable, Codable {
        /// Lower limit.
        public var low: Double
        /// Upper limit.
        public var high: Double
    }

    /// Hodges–Lehmann interval.
    public struct RankInterval: Sendable, Equatable, Codable {
        /// Rank of its ends among the sorted Walsh averages, from 1; 0 without data.
        public var k: Int
        /// Lower end.
        public var low: Double
        /// Upper end.
        public var high: Double
        /// Level reached, where the exact law was used (up to 50 rows).
        public var achievedLevel: Double?

        enum CodingKeys: String, CodingKey {
            case k, low, high
            case achievedLevel = "achieved_level"
        }
    }

    /// Bootstrap over speakers.
    public struct ClusterBootstrapSummary: Sendable, Equatable, Codable {
        /// Seed, as a decimal string.
        public var seed: String
        /// Percentile 95 % interval.
        public var percentile: Limits
        /// BCa 95 % interval.
        public var bca: Limits
        /// Standard deviation of the replicates.
        public var standardError: Double
        /// Share of replicates that favour a larger first score.
        public var probabilityPositive: Double
        /// Shares about the margin; nil without one.
        public var rope: BootstrapDistribution.Shares?

        enum CodingKeys: String, CodingKey {
            case seed = "splitmix64_seed"
            case percentile = "percentile95"
            case bca = "bca95"
            case standardError = "standard_error"
            case probabilityPositive = "prob_positive"
            case rope
        }
    }

    /// Equivalence test within ±margin.
    public struct Equivalence: Sendable, Equatable, Codable {
        /// Half width of the region.
        public var margin: Double
        /// TOST p with CR2 standard error.
        public var p: Double
        /// p adjusted by Holm over the planned family.
        public var pHolm: Double
        /// p < α, unadjusted.
        public var equivalent: Bool

        enum CodingKeys: String, CodingKey {
            case margin, p
            case pHolm = "p_holm"
            case equivalent
        }
    }

    /// The mean difference in one condition: description, not a further test.
    public struct Condition: Sendable, Equatable, Codable {
        /// Usable pairs.
        public var n: Int
        /// Mean difference.
        public var meanDifference: Double
        /// Standard deviation of the differences.
        public var sd: Double
        /// CR2 standard error.
        public var cr2SE: Double
        /// Its degrees of freedom.
        public var cr2DF: Double
        /// CR2 95 % interval.
        public var cr2Interval: ConfidenceInterval

        enum CodingKeys: String, CodingKey {
            case n
            case meanDifference = "mean_difference"
            case sd = "sd_difference"
            case cr2SE = "cr2_se"
            case cr2DF = "cr2_df"
            case cr2Interval = "cr2_ci95"
        }
    }

    /// One column of p-values adjusted over the planned family.
    public struct Adjusted: Sendable, Equatable, Codable {
        /// Bonferroni.
        public var bonferroni: Double
        /// Holm: the one for conclusions.
        public var holm: Double
        /// Hochberg.
        public var hochberg: Double
        /// Hommel.
        public var hommel: Double
        /// Benjamini–Hochberg.
        public var bh: Double
        /// Benjamini–Yekutieli.
        public var by: Double
    }

    /// The four adjusted columns.
    public struct AdjustedColumns: Sendable, Equatable, Codable {
        /// Row-wise Wilcoxon.
        public var wilcoxon: Adjusted
        /// Exact clustered signed rank (primary).
        public var clusteredSignedRank: Adjusted
        /// Exact sign flip of the mean.
        public var signFlip: Adjusted
        /// CR2 t.
        public var cr2: Adjusted

        enum CodingKeys: String, CodingKey {
            case wilcoxon
            case clusteredSignedRank = "clustered_signed_rank_exact"
            case signFlip = "cluster_sign_flip_mean"
            case cr2
        }
    }

    /// Smallest difference the design would find.
    public struct Detectable: Sendable, Equatable, Codable {
        /// With normal quantiles.
        public var normal: Double
        /// With t quantiles.
        public var t: Double
    }

    /// The row-wise decision: Wilcoxon, Bonferroni; rows treated as independent.
    public struct Guide: Sendable, Equatable, Codable {
        /// Bonferroni-adjusted p.
        public var pBonferroni: Double
        /// p below α/family.
        public var isSignificant: Bool

        enum CodingKeys: String, CodingKey {
            case pBonferroni = "p_bonferroni"
            case isSignificant = "significant"
        }
    }

    /// The conclusion, as a word.
    public enum Verdict: String, Sendable, Codable {
        /// The first system is better.
        case firstBetter = "first better"
        /// The second system is better.
        case secondBetter = "second better"
        /// Neither a difference nor, with a margin, equivalence was shown.
        case noConclusion = "no conclusion"
        /// The difference lies within the margin.
        case equivalent
        /// So few speakers that no result could reach the threshold.
        case cannotBeSignificant = "cannot be significant"
        /// No item has a score of both: there is no comparison, and no test in the family.
        case noData = "no data"
    }

    /// First system (the richer one where names tell).
    public var first: String
    /// Second system.
    public var second: String
    /// Metric.
    public var metric: String
    /// Whether larger scores are better: where false, a negative difference favours the first.
    public var higherIsBetter: Bool
    /// `.ok`, `.noData`, `.notEstimable`, `.allZero` or `.constant`.
    public var status: EstimateStatus
    /// Usable pairs.
    public var nPairs: Int
    /// Pairs with a failed metric on either side, left out.
    public var nNonfinite: Int
    /// Items only the first has.
    public var nOnlyFirst: Int
    /// Items only the second has.
    public var nOnlySecond: Int
    /// Clusters among the usable pairs.
    public var nSpeakers: Int
    /// Mean difference.
    public var meanDifference: Double
    /// Median difference.
    public var medianDifference: Double
    /// Standard deviation of the differences.
    public var sdDifference: Double
    /// Hodges–Lehmann estimate.
    public var hodgesLehmann: Double
    /// Its 95 % interval.
    public var hodgesLehmannInterval: RankInterval
    /// Rows in which the first score is larger.
    public var wins: Int
    /// Tied rows.
    public var ties: Int
    /// Rows in which the first score is smaller.
    public var losses: Int
    /// (wins + ½ ties)/n.
    public var winRate: Double
    /// Matched-pairs rank-biserial correlation.
    public var rankBiserial: Double
    /// Cohen's d_z.
    public var cohenDz: Double
    /// Hedges' g_z.
    public var hedgesGz: Double
    /// Row-wise Wilcoxon test.
    public var wilcoxon: Wilcoxon
    /// Primary test.
    public var clusteredSignedRank: ClusteredRank
    /// Two-sided exact p of the mean difference over speakers.
    public var signFlipP: Double
    /// Cluster-robust mean difference.
    public var cr2: Robust
    /// Intra-class correlation of the differences.
    public var icc: Double
    /// How many times the variance exceeds that of independent rows.
    public var designEffect: Double
    /// Independent rows that would carry the same information.
    public var effectiveN: Double
    /// Bootstrap over speakers.
    public var clusterBootstrap: ClusterBootstrapSummary
    /// Equivalence test; nil without a margin.
    public var equivalence: Equivalence?
    /// Mean differences by SNR label.
    public var bySNR: [String: Condition]
    /// Mean differences by noise type.
    public var byNoise: [String: Condition]
    /// Adjusted p-values.
    public var adjusted: AdjustedColumns
    /// Minimum detectable difference at the family's level.
    public var detectable: Detectable
    /// Conclusion.
    public var verdict: Verdict
    /// Whether the Holm-adjusted primary p is below α.
    public var isSignificant: Bool
    /// The row-wise decision.
    public var guide: Guide
    /// Why the row-wise decision and the primary one differ; nil when they agree.
    public var disagreement: String?
    /// Short remarks for this cell (zeros that matter, a fallback, a small effect); often empty.
    public var notes: [String]

    enum CodingKeys: String, CodingKey {
        case first, second, metric
        case higherIsBetter = "higher_is_better"
        case status
        case nPairs = "n_pairs"
        case nNonfinite = "n_nonfinite"
        case nOnlyFirst = "n_only_first"
        case nOnlySecond = "n_only_second"
        case nSpeakers = "n_speakers"
        case meanDifference = "mean_difference"
        case medianDifference = "median_difference"
        case sdDifference = "sd_difference"
        case hodgesLehmann = "hodges_lehmann"
        case hodgesLehmannInterval = "hodges_lehmann_ci95"
        case wins, ties, losses
        case winRate = "win_rate"
        case rankBiserial = "rank_biserial"
        case cohenDz = "cohen_dz"
        case hedgesGz = "hedges_gz"
        case wilcoxon
        case clusteredSignedRank = "clustered_signed_rank"
        case signFlipP = "cluster_sign_flip_mean_p_exact"
        case cr2
        case icc = "icc_anova"
        case designEffect = "design_effect"
        case effectiveN = "n_effective"
        case clusterBootstrap = "cluster_bootstrap"
        case equivalence
        case bySNR = "by_snr"
        case byNoise = "by_noise"
        case adjusted
        case detectable = "minimum_detectable_difference"
        case verdict
        case isSignificant = "significant"
        case guide, disagreement, notes
    }

    /// The system that the verdict names as better; nil without one.
    public var betterSystem: String? {
        switch verdict {
        case .firstBetter: first
        case .secondBetter: second
        default: nil
        }
    }

    /// The system beside ``betterSystem``.
    public var worseSystem: String? {
        switch verdict {
        case .firstBetter: second
        case .secondBetter: first
        default: nil
        }
    }
}
