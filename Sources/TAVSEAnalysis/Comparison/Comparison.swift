import TAVSEStats

/// Everything a report says about a table of scores: one value that all renderers share.
///
/// Shape, in the order a reader needs it:
///
/// - ``settings``: α, family size, threshold, seeds, cluster unit, what the footer states.
/// - ``systems`` and ``metrics``: names in report order. Compared systems come with the plainest first; the noisy
///   input and the oracle are summarised but never compared.
/// - ``snrLabels`` and ``noiseTypes``: keys of the `bySNR` and `byNoise` dictionaries, in report order.
/// - ``models``: `models[system][metric]`, a ``SystemSummary`` for every system, references included.
/// - ``pairs``: one ``PairComparison`` per pair and metric, metrics within pairs.
/// - ``omnibus``: `omnibus[metric]`, present with at least two compared systems.
/// - ``failedRows``: the rows whose metric failed.
/// - ``warnings``: sentences to print beside the tables.
///
/// Made by ``init(_:options:)``; written by ``jsonData()``. NaN means "not estimable" and is printed as "–"; a
/// status beside it says why.
public struct Comparison: Sendable, Equatable, Codable {
    /// What was decided before looking at the scores.
    public struct Settings: Sendable, Equatable, Codable {
        /// Significance level of the family.
        public var alpha: Double
        /// Tie tolerance.
        public var tieTolerance: Double
        /// Replicates of the cluster bootstrap.
        public var bootstrapReplicates: Int
        /// Seed base, as a decimal string (64 bits do not fit a JSON number).
        public var bootstrapSeedBase: String
        /// Margins by metric name; empty when none were given.
        public var equivalenceMargins: [String: Double]
        /// Planned number of tests.
        public var familySize: Int
        /// Tests that are not repetitions of another one (SI-SNR and SI-SNRi have the same differences).
        public var distinctTests: Int
        /// α divided by the family size: the threshold of the row-wise decision.
        public var threshold: Double
        /// Matching mode.
        public var matching: Pairing.Mode
        /// Zero method of the row-wise Wilcoxon test.
        public var zeroMethod: ZeroMethod
        /// Power of the detectable difference.
        public var power: Double
        /// Sign patterns drawn beyond 40 clusters.
        public var signFlipPatterns: Int
        /// Seed of the sign patterns, as a decimal string.
        public var signFlipSeed: String
        /// Items of the table.
        public var nItems: Int
        /// Clusters of the table.
        public var nClusters: Int
        /// "speaker", or "utterance" where the speaker is unknown, or "speaker or utterance".
        public var clusterUnit: String

        enum CodingKeys: String, CodingKey {
            case alpha
            case tieTolerance = "tie_tolerance"
            case bootstrapReplicates = "bootstrap_replicates"
            case bootstrapSeedBase = "bootstrap_seed_base"
            case equivalenceMargins = "equivalence_margins"
            case familySize = "family_size"
            case distinctTests = "distinct_tests"
            case threshold, matching
            case zeroMethod = "zero_method"
            case power
            case signFlipPatterns = "sign_flip_patterns"
            case signFlipSeed = "sign_flip_seed"
            case nItems = "n_items"
            case nClusters = "n_clusters"
            case clusterUnit = "cluster_unit"
        }
    }

    /// A system of the report.
    public struct SystemInfo: Sendable, Equatable, Codable {
        /// Name.
        public var name: String
        /// "enhanced", "noisy" or "oracle"; only the first are compared.
        public var kind: String

        package init(name: String, kind: String) {
            self.name = name
            self.kind = kind
        }
    }

    /// A metric of the report.
    public struct MetricInfo: Sendable, Equatable, Codable {
        /// Name.
        public var name: String
        /// Every choice that could move the score.
        public var signature: String
        /// Unit; empty for a pure number.
        public var unit: String
        /// Whether larger is better.
        public var higherIsBetter: Bool
        /// An earlier metric with the same pairwise differences; nil for most.
        public var sameTestAs: String?

        enum CodingKeys: String, CodingKey {
            case name, signature, unit
            case higherIsBetter = "higher_is_better"
            case sameTestAs = "same_test_as"
        }
    }

    /// A row whose metric failed: failures are rarely random, so they are shown, not only counted.
    public struct FailedRow: Sendable, Equatable, Codable {
        /// System.
        public var system: String
        /// Metric.
        public var metric: String
        /// Utterance.
        public var utterance: String
        /// Speaker; nil when unknown.
        public var speaker: String?
        /// SNR in dB; nil when unknown.
        public var snrDB: Double?
        /// Noise type; nil when unknown.
        public var noiseType: String?
        /// Status name, e.g. "too_short".
        public var reason: String

        enum CodingKeys: String, CodingKey {
            case system, metric, utterance, speaker
            case snrDB = "snr_db"
            case noiseType = "noise_type"
            case reason
        }
    }

    /// Most rows that ``failedRows`` lists; ``SystemSummary/nNonfinite`` has the full counts.
    public static let listedFailures = 200

    /// Something a reader must know before believing a table.
    public struct Warning: Sendable, Equatable, Codable {
        /// What it is about.
        public enum Kind: String, Sendable, Codable {
            /// An evaluation that is not complete, or one that is left out.
            case selection
            /// A system fails on more than 1 % of its rows.
            case failureRate = "failure_rate"
            /// Two systems' failure rates differ by more than half a percentage point.
            case failureGap = "failure_gap"
            /// Rows without a partner were left out (lenient matching).
            case unmatchedRows = "unmatched_rows"
            /// Too few speakers for any exact p below the threshold.
            case fewSpeakers = "few_speakers"
            /// Some items name no speaker; utterances are the clusters there.
            case unknownSpeakers = "unknown_speakers"
            /// Two metrics whose tests are one test.
            case sameTest = "same_test"
            /// Exact tests were drawn, not counted.
            case monteCarlo = "monte_carlo"
            /// A pair without a single usable row in a metric.
            case noData = "no_data"
            /// One utterance and condition occurs as several items.
            case repeatedKeys = "repeated_keys"
        }
        /// What it is about.
        public var kind: Kind
        /// One sentence.
        public var text: String
        /// Systems concerned.
        public var systems: [String]
        /// Metric concerned; nil for all.
        public var metric: String?
    }

    /// What was decided before looking at the scores.
    public var settings: Settings
    /// Systems in report order.
    public var systems: [SystemInfo]
    /// Metrics in report order.
    public var metrics: [MetricInfo]
    /// Keys of the per-SNR breakdowns, ascending; empty when no SNR is known.
    public var snrLabels: [String]
    /// Keys of the per-noise breakdowns, in the order of their Unicode scalars; empty when none is known.
    public var noiseTypes: [String]
    /// Summaries, `models[system][metric]`.
    public var models: [String: [String: SystemSummary]]
    /// Pairwise comparisons, metrics within pairs.
    public var pairs: [PairComparison]
    /// Overview of all compared systems, by metric.
    public var omnibus: [String: OmnibusSummary]
    /// Every system against the noisy input, as a family of its own; nil where the input was not scored.
    public var improvements: [PairComparison]?
    /// Failed rows by system, metric and item, the first ``listedFailures`` of them.
    public var failedRows: [FailedRow]
    /// What a reader must know, most general first.
    public var warnings: [Warning]

    enum CodingKeys: String, CodingKey {
        case settings, systems, metrics
        case snrLabels = "snr_labels"
        case noiseTypes = "noise_types"
        case models, pairs, omnibus, improvements
        case failedRows = "failed_rows"
        case warnings
    }

    /// The comparison of two systems in one metric, nil when it was not made.
    public func pair(first: String, second: String, metric: String) -> PairComparison? {
        pairs.first { $0.first == first && $0.second == second && $0.metric == metric }
    }
}
