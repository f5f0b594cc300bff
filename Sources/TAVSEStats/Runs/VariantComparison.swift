/// Two training variants compared over several training runs each, on the same speakers.
///
/// A variant is a training procedure, a run one training of it. Runs are nested in their variant and crossed with the
/// speakers; the claim is about new runs and new speakers. The estimand is the mean difference over items, as for one
/// checkpoint each: speakers weigh by their share of the items, runs of a variant weigh equally.
///
///     θ = mean of the first's run means − mean of the second's
///     V_S = CR2 of the scores averaged over runs,  V_R = s_A²/S_A + s_B²/S_B,  se = √(V_S + V_R)
///     df = min(Welch–Satterthwaite, 4·(min(S_A, S_B) − 1))
///
/// The sum counts the run × speaker residue twice (``Variance/interaction`` says how much): the safe side, as in Clark's
/// min F′. The cap keeps a run variance that is small by chance from handing over the speakers' degrees of freedom.
/// With one run in either variant nothing can be inferred about the variants: status ``Status/checkpointsOnly``.
///
/// > Source: Clark 1973; Satterthwaite 1946; Cameron, Gelbach & Miller 2011 for two-way clustering.
public struct VariantComparison: Sendable, Equatable {
    /// Whether the variants could be compared, and if not, why.
    public enum Status: String, Sendable, Codable {
        /// Nothing special.
        case ok
        /// No matched item, or a variant without a usable run.
        case noData = "no_data"
        /// A variant has one run.
        case checkpointsOnly = "checkpoints_only"
        /// One speaker.
        case oneSpeaker = "one_speaker"
        /// Nothing varies and the difference is 0.
        case allZero = "all_zero"
        /// Nothing varies and the difference is not 0.
        case constant
    }

    /// What a reader must know.
    public enum Warning: String, Sendable, Codable {
        /// Runs without a finite score were left out.
        case failedRuns = "failed_runs"
        /// Copies of runs were left out.
        case identicalRuns = "identical_runs"
        /// Fewer than 90 % of the items could be used.
        case lowCoverage = "low_coverage"
        /// A variant has two runs: valid, weak.
        case fewRuns = "few_runs"
    }

    /// Which seeds were paired.
    public struct Seeds: Sendable, Equatable, Codable {
        /// Seeds that both variants have.
        public var common: [Int]
        /// Seeds that only the first has, left out.
        public var onlyFirst: [Int]
        /// Seeds that only the second has, left out.
        public var onlySecond: [Int]
        /// Common seeds whose runs were both used.
        public var used: [Int]
        /// Correlation of the run means over the pairs; nil below three pairs or without spread.
        public var correlation: Double?

        enum CodingKeys: String, CodingKey {
            case common
            case onlyFirst = "only_first"
            case onlySecond = "only_second"
            case used, correlation
        }
    }

    /// Run variance taken from elsewhere: a sensitivity analysis where a variant has one run.
    public struct Borrowed: Sendable, Equatable, Codable {
        /// Variance between runs.
        public var variance: Double
        /// Its degrees of freedom.
        public var df: Double

        /// Describes a variance.
        public init(variance: Double, df: Double) {
            self.variance = variance
            self.df = df
        }

        /// Pools the run variances of several variants, weighted by S − 1; nil where none has two runs.
        public static func pooled(_ variants: [VariantMean]) -> Borrowed? {
            let known = variants.filter { $0.nRuns > 1 && $0.runSD.isFinite }
            let df = known.reduce(0) { $0 + $1.nRuns - 1 }
            guard df > 0 else { return nil }
            let sum = exactSum(known.map { Double($0.nRuns - 1) * $0.runSD * $0.runSD })
            return Borrowed(variance: sum / Double(df), df: Double(df))
        }
    }

    /// What is computed beside the primary test.
    public struct Options: Sendable, Equatable {
        /// Significance level of the family.
        public var alpha = 0.05
        /// Power of the detectable difference.
        public var power = 0.8
        /// Planned number of tests.
        public var family = 1
        /// Half width of the equivalence margin; nil for no equivalence test.
        public var margin: Double?
        /// Multi-bootstrap; nil for none.
        public var bootstrap: MultiBootstrap.Draws?
        /// Run variance from elsewhere; nil for none.
        public var borrowed: Borrowed?
        /// Designs to plan for; nil for none.
        public var plan: RunPlan.Request?
        /// Differences within it of a multiple of it are ties.
        public var tieTolerance = 1e-9
        /// Monte Carlo form of the exact tests beyond 40 speakers.
        public var signFlip = SignFlipOptions()

        /// The recommended protocol without the optional parts.
        public init() {}
    }

    /// Which items and runs are used.
    public var matching: RunMatching
    /// Seed pairs; nil when runs are not paired.
    public var seeds: Seeds?
    /// Whether the variants could be compared.
    public var status: Status
    /// What a reader must know.
    public var warnings: [Warning]
    /// Runs of the first variant used.
    public var nRunsFirst: Int
    /// Runs of the second variant used.
    public var nRunsSecond: Int
    /// Everything computed; nil without data.
    public var analysis: Analysis?

    enum CodingKeys: String, CodingKey {
        case matching, seeds, status, warnings
        case nRunsFirst = "n_runs_first"
        case nRunsSecond = "n_runs_second"
        case difference
    }
}

extension VariantComparison: Codable {
    /// Writes the quantities of ``analysis`` beside the counts, as one object.
    public func encode(to encoder: any Encoder) throws {
        var container = encoder.container(keyedBy: CodingKeys.self)
        try container.encode(matching, forKey: .matching)
        try container.encodeIfPresent(seeds, forKey: .seeds)
        try container.encode(status, forKey: .status)
        try container.encode(warnings, forKey: .warnings)
        try container.encode(nRunsFirst, forKey: .nRunsFirst)
        try container.encode(nRunsSecond, forKey: .nRunsSecond)
        try analysis?.encode(to: encoder)
    }

    /// Reads what ``encode(to:)`` wrote.
    public init(from decoder: any Decoder) throws {
        let container = try decoder.container(keyedBy: CodingKeys.self)
        matching = try container.decode(RunMatching.self, forKey: .matching)
        seeds = try container.decodeIfPresent(Seeds.self, forKey: .seeds)
        status = try container.decode(Status.self, forKey: .status)
        warnings = try container.decode([Warning].self, forKey: .warnings)
        nRunsFirst = try container.decode(Int.self, forKey: .nRunsFirst)
        nRunsSecond = try container.decode(Int.self, forKey: .nRunsSecond)
        analysis = container.contains(.difference) ? try Analysis(from: decoder) : nil
    }
}
