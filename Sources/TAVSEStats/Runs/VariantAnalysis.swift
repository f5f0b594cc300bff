extension VariantComparison {
    /// Every quantity of a comparison that has data.
    public struct Analysis: Sendable, Equatable {
        /// Terms of the variance of the difference.
        public struct Variance: Sendable, Equatable, Codable {
            /// V_S, speakers.
            public var speakers: Double
            /// V_R, runs of both variants (paired: of the differences).
            public var runs: Double
            /// Runs of the first variant.
            public var runFirst: Double
            /// Runs of the second variant.
            public var runSecond: Double
            /// Run × speaker residue, contained in both parts.
            public var interaction: Double
            /// V_S + V_R.
            public var total: Double

            enum CodingKeys: String, CodingKey {
                case speakers, runs
                case runFirst = "run_first"
                case runSecond = "run_second"
                case interaction, total
            }
        }

        /// Results about these runs and new speakers; exact tests nil with one speaker.
        public struct SpeakersOnly: Sendable, Equatable {
            /// t test on √V_S.
            public var test: StudentTest
            /// Exact sign flip of the speakers' sums.
            public var signFlip: PValues?
            /// Exact clustered signed rank.
            public var signedRank: PValues?
            /// Smallest two-sided p that the signed rank test could give.
            public var smallestP: Double?
        }

        /// What a variance is made of, with the observed run SDs; NaN or nil where not estimable.
        public struct Components: Sendable, Equatable, Codable {
            /// SD of the first variant's run means.
            public var runSDFirst: Double
            /// Its 95 % χ² interval.
            public var runSDIntervalFirst: MultiBootstrap.Limits?
            /// Run × speaker variance.
            public var interactionFirst: Double?
            /// Run variance without the residue; may be negative.
            public var runRawFirst: Double?
            /// The same, at least 0.
            public var runFirst: Double?
            /// As for the first variant.
            public var runSDSecond: Double
            /// As for the first variant.
            public var runSDIntervalSecond: MultiBootstrap.Limits?
            /// As for the first variant.
            public var interactionSecond: Double?
            /// As for the first variant.
            public var runRawSecond: Double?
            /// As for the first variant.
            public var runSecond: Double?
            /// Speaker variance of the difference; may be negative.
            public var speakerRaw: Double?
            /// The same, at least 0.
            public var speaker: Double?

            enum CodingKeys: String, CodingKey {
                case runSDFirst = "run_sd_observed_first"
                case runSDIntervalFirst = "run_sd_ci95_first"
                case interactionFirst = "interaction_var_first"
                case runRawFirst = "run_var_raw_first"
                case runFirst = "run_var_first"
                case runSDSecond = "run_sd_observed_second"
                case runSDIntervalSecond = "run_sd_ci95_second"
                case interactionSecond = "interaction_var_second"
                case runRawSecond = "run_var_raw_second"
                case runSecond = "run_var_second"
                case speakerRaw = "speaker_var_raw"
                case speaker = "speaker_var"
            }

            /// What planning needs; nil where a component is not known.
            public var forPlanning: VariantComponents? {
                guard let speaker, let interactionFirst, let interactionSecond, let runFirst, let runSecond
                else { return nil }
                return VariantComponents(
                    speakerVariance: speaker, interactionFirst: interactionFirst,
                    interactionSecond: interactionSecond, runFirst: runFirst, runSecond: runSecond)
            }
        }

        /// Detectable differences of this design.
        public struct Detectable: Sendable, Equatable, Codable {
            /// For one test.
            public var single: Double
            /// For the planned family.
            public var family: Double
        }

        /// Two one-sided tests against ±margin.
        public struct Equivalence: Sendable, Equatable, Codable {
            /// Half width of the margin.
            public var margin: Double
            /// p against the lower bound.
            public var pLow: Double
            /// p against the upper bound.
            public var pHigh: Double
            /// The larger.
            public var p: Double
            /// Whether p < α.
            public var equivalent: Bool
            /// (1 − 2α) interval.
            public var interval: ConfidenceInterval

            enum CodingKeys: String, CodingKey {
                case margin
                case pLow = "p_low"
                case pHigh = "p_high"
                case p, equivalent
                case interval = "ci"
            }
        }

        /// Mean of each run of the first variant.
        public var runMeansFirst: [Double]
        /// Mean of each run of the second variant.
        public var runMeansSecond: [Double]
        /// Mean of the first variant.
        public var meanFirst: Double
        /// Mean of the second variant.
        public var meanSecond: Double
        /// θ, first − second.
        public var difference: Double
        /// Mean of the speakers' differences, every speaker equal.
        public var speakerMeanDifference: Double
        /// Terms of the variance.
        public var variance: Variance
        /// About new runs and new speakers; NaN unless the status allows it.
        public var test: StudentTest
        /// Degrees of freedom before the cap.
        public var uncappedDF: Double
        /// The cap.
        public var dfCap: Double
        /// Interval at level 1 − α/family.
        public var simultaneous: ConfidenceInterval
        /// V_R/(V_S + V_R).
        public var shareRuns: Double?
        /// V_S/(V_S + V_R).
        public var shareSpeakers: Double?
        /// About these runs.
        public var speakersOnly: SpeakersOnly
        /// About these speakers.
        public var runsOnly: StudentTest
        /// Permutation of the run labels.
        public var runPermutation: RunPermutation
        /// Variance components.
        public var components: Components
        /// Run SD above which even the checkpoints' difference could be run noise; nil with one speaker.
        public var breakEvenRunSD: Double?
        /// With a run variance from elsewhere.
        public var borrowed: StudentTest?
        /// Detectable differences.
        public var detectable: Detectable?
        /// Equivalence test.
        public var equivalence: Equivalence?
        /// Multi-bootstrap.
        public var bootstrap: MultiBootstrap.Forms?
        /// Plan.
        public var plan: RunPlan?
    }
}

extension VariantComparison.Analysis.SpeakersOnly: Codable {
    private enum CodingKeys: String, CodingKey {
        case signFlip = "signflip"
        case signedRank = "signed_rank"
        case smallestP = "p_min"
    }

    /// Writes the exact tests beside the t test.
    public func encode(to encoder: any Encoder) throws {
        try test.encode(to: encoder)
        var container = encoder.container(keyedBy: CodingKeys.self)
        try container.encodeIfPresent(signFlip, forKey: .signFlip)
        try container.encodeIfPresent(signedRank, forKey: .signedRank)
        try container.encodeIfPresent(smallestP, forKey: .smallestP)
    }

    /// Reads what ``encode(to:)`` wrote.
    public init(from decoder: any Decoder) throws {
        let container = try decoder.container(keyedBy: CodingKeys.self)
        test = try StudentTest(from: decoder)
        signFlip = try container.decodeIfPresent(PValues.self, forKey: .signFlip)
        signedRank = try container.decodeIfPresent(PValues.self, forKey: .signedRank)
        smallestP = try container.decodeIfPresent(Double.self, forKey: .smallestP)
    }
}

extension VariantComparison.Analysis: Codable {
    private enum CodingKeys: String, CodingKey {
        case runMeansFirst = "run_means_first"
        case runMeansSecond = "run_means_second"
        case meanFirst = "mean_first"
        case meanSecond = "mean_second"
        case difference
        case speakerMeanDifference = "difference_speaker_mean"
        case variance
        case uncappedDF = "df_uncapped"
        case dfCap = "df_cap"
        case simultaneous = "ci_simultaneous"
        case shareRuns = "share_runs"
        case shareSpeakers = "share_speakers"
        case speakersOnly = "speakers_only"
        case runsOnly = "runs_only"
        case runPermutation = "run_permutation"
        case components
        case breakEvenRunSD = "breakeven_run_sd"
        case borrowed
        case detectable = "mde"
        case equivalence = "tost"
        case bootstrap = "multibootstrap"
        case plan
    }

    /// Writes the primary test's quantities beside the others.
    public func encode(to encoder: any Encoder) throws {
        try test.encode(to: encoder)
        var container = encoder.container(keyedBy: CodingKeys.self)
        try container.encode(runMeansFirst, forKey: .runMeansFirst)
        try container.encode(runMeansSecond, forKey: .runMeansSecond)
        try container.encode(meanFirst, forKey: .meanFirst)
        try container.encode(meanSecond, forKey: .meanSecond)
        try container.encode(difference, forKey: .difference)
        try container.encode(speakerMeanDifference, forKey: .speakerMeanDifference)
        try container.encode(variance, forKey: .variance)
        try container.encode(uncappedDF, forKey: .uncappedDF)
        try container.encode(dfCap, forKey: .dfCap)
        try container.encode(simultaneous, forKey: .simultaneous)
        try container.encodeIfPresent(shareRuns, forKey: .shareRuns)
        try container.encodeIfPresent(shareSpeakers, forKey: .shareSpeakers)
        try container.encode(speakersOnly, forKey: .speakersOnly)
        try container.encode(runsOnly, forKey: .runsOnly)
        try container.encode(runPermutation, forKey: .runPermutation)
        try container.encode(components, forKey: .components)
        try container.encodeIfPresent(breakEvenRunSD, forKey: .breakEvenRunSD)
        try container.encodeIfPresent(borrowed, forKey: .borrowed)
        try container.encodeIfPresent(detectable, forKey: .detectable)
        try container.encodeIfPresent(equivalence, forKey: .equivalence)
        try container.encodeIfPresent(bootstrap, forKey: .bootstrap)
        try container.encodeIfPresent(plan, forKey: .plan)
    }

    /// Reads what ``encode(to:)`` wrote.
    public init(from decoder: any Decoder) throws {
        let container = try decoder.container(keyedBy: CodingKeys.self)
        test = try StudentTest(from: decoder)
        runMeansFirst = try container.decode([Double].self, forKey: .runMeansFirst)
        runMeansSecond = try container.decode([Double].self, forKey: .runMeansSecond)
        meanFirst = try container.decode(Double.self, forKey: .meanFirst)
        meanSecond = try container.decode(Double.self, forKey: .meanSecond)
        difference = try container.decode(Double.self, forKey: .difference)
        speakerMeanDifference = try container.decode(Double.self, forKey: .speakerMeanDifference)
        variance = try container.decode(Variance.self, forKey: .variance)
        uncappedDF = try container.decode(Double.self, forKey: .uncappedDF)
        dfCap = try container.decode(Double.self, forKey: .dfCap)
        simultaneous = try container.decode(ConfidenceInterval.self, forKey: .simultaneous)
        shareRuns = try container.decodeIfPresent(Double.self, forKey: .shareRuns)
        shareSpeakers = try container.decodeIfPresent(Double.self, forKey: .shareSpeakers)
        speakersOnly = try container.decode(SpeakersOnly.self, forKey: .speakersOnly)
        runsOnly = try container.decode(StudentTest.self, forKey: .runsOnly)
        runPermutation = try container.decode(RunPermutation.self, forKey: .runPermutation)
        components = try container.decode(Components.self, forKey: .components)
        breakEvenRunSD = try container.decodeIfPresent(Double.self, forKey: .breakEvenRunSD)
        borrowed = try container.decodeIfPresent(StudentTest.self, forKey: .borrowed)
        detectable = try container.decodeIfPresent(Detectable.self, forKey: .detectable)
        equivalence = try container.decodeIfPresent(Equivalence.self, forKey: .equivalence)
        bootstrap = try container.decodeIfPresent(MultiBootstrap.Forms.self, forKey: .bootstrap)
        plan = try container.decodeIfPresent(RunPlan.self, forKey: .plan)
    }
}
