/// How the variance of a difference of two variants splits, per run and per speaker.
public struct VariantComponents: Sendable, Equatable, Codable {
    /// Variance of the difference between speakers.
    public var speakerVariance: Double
    /// Run × speaker variance of the first variant.
    public var interactionFirst: Double
    /// Run × speaker variance of the second variant.
    public var interactionSecond: Double
    /// Variance between runs of the first variant.
    public var runFirst: Double
    /// Variance between runs of the second variant.
    public var runSecond: Double

    /// Describes components, each ≥ 0.
    public init(
        speakerVariance: Double, interactionFirst: Double, interactionSecond: Double, runFirst: Double,
        runSecond: Double
    ) {
        self.speakerVariance = speakerVariance
        self.interactionFirst = interactionFirst
        self.interactionSecond = interactionSecond
        self.runFirst = runFirst
        self.runSecond = runSecond
    }

    enum CodingKeys: String, CodingKey {
        case speakerVariance = "speaker_var"
        case interactionFirst = "interaction_var_first"
        case interactionSecond = "interaction_var_second"
        case runFirst = "run_var_first"
        case runSecond = "run_var_second"
    }
}

/// Smallest difference that designs of S runs per variant and K equal speakers would find.
///
///     V_S = (speaker + (i_A + i_B)/S)/K,  V_v = (run_v + i_v/K)/S
///     df = min(Satterthwaite with K − 1, S − 1, S − 1;  4(S − 1)),  MDE = (t_{1−α/2m} + t_power)·√V
public struct RunPlan: Sendable, Equatable, Codable {
    /// What is asked.
    public struct Request: Sendable, Equatable {
        /// Numbers of speakers K, each ≥ 2.
        public var speakers: [Int]
        /// Numbers of runs per variant S, each ≥ 2.
        public var runs: [Int]
        /// Difference to be found; nil asks for no number of runs.
        public var margin: Double?
        /// Tests of the family (Bonferroni).
        public var tests: Int
        /// Significance level of the family.
        public var alpha: Double
        /// Power.
        public var power: Double
        /// Most runs per variant considered.
        public var maximumRuns: Int

        /// Describes a request.
        public init(
            speakers: [Int], runs: [Int], margin: Double? = nil, tests: Int = 1, alpha: Double = 0.05,
            power: Double = 0.8, maximumRuns: Int = 100
        ) {
            self.speakers = speakers
            self.runs = runs
            self.margin = margin
            self.tests = tests
            self.alpha = alpha
            self.power = power
            self.maximumRuns = maximumRuns
        }
    }

    /// Detectable difference, `[speakers][runs]`.
    public var detectable: [[Double]]
    /// With any number of speakers, per number of runs.
    public var speakerFloor: [Double]
    /// With any number of runs, per number of speakers.
    public var runFloor: [Double]
    /// Fewest runs per variant that find the margin, per number of speakers; 0 when none up to the maximum does.
    public var runsNeeded: [Int]?

    enum CodingKeys: String, CodingKey {
        case detectable = "mde"
        case speakerFloor = "floor_speakers"
        case runFloor = "floor_runs"
        case runsNeeded = "runs_needed"
    }

    /// Plans from variance components.
    ///
    /// - Throws: `.notAProbability` for alpha or power; `.notPositive` for a count, a margin or a component.
    public init(_ components: VariantComponents, _ request: Request) throws(StatisticsError) {
        try requireProbability(request.alpha, "alpha")
        try requireProbability(request.power, "power")
        for (what, counts) in [("speakers", request.speakers), ("runs", request.runs)] {
            if let bad = counts.first(where: { $0 < 2 }) {
                throw .notPositive(what: "\(what) beyond the first", found: Double(bad - 1))
            }
        }
        guard request.tests > 0 else {
            throw .notPositive(what: "number of tests", found: Double(request.tests))
        }
        if let margin = request.margin, !(margin > 0 && margin.isFinite) {
            throw .notPositive(what: "margin", found: margin)
        }
        let all = [
            components.speakerVariance, components.interactionFirst, components.interactionSecond,
            components.runFirst, components.runSecond,
        ]
        if let bad = all.first(where: { !($0 >= 0 && $0.isFinite) }) {
            throw .notPositive(what: "variance component", found: bad)
        }
        func detectable(_ runs: Double, _ speakers: Double) -> Double {
            Design(components, runs: runs, speakers: speakers)
                .detectable(alpha: request.alpha, power: request.power, tests: request.tests)
        }
        self.detectable = request.speakers.map { speakers in
            request.runs.map { detectable(Double($0), Double(speakers)) }
        }
        speakerFloor = request.runs.map { detectable(Double($0), .infinity) }
        runFloor = request.speakers.map { detectable(.infinity, Double($0)) }
        runsNeeded = request.margin.map { margin in
            request.speakers.map { speakers in
                (2...max(2, request.maximumRuns)).first { detectable(Double($0), Double(speakers)) <= margin }
                    ?? 0
            }
        }
    }

    /// Variance and degrees of freedom that one design is expected to have.
    struct Design {
        let variance: Double
        let df: Double

        /// Either count may be infinite.
        init(_ components: VariantComponents, runs: Double, speakers: Double) {
            let interaction = components.interactionFirst + components.interactionSecond
            let terms = [
                VarianceTerm(
                    variance: (components.speakerVariance + interaction / runs) / speakers, df: speakers - 1),
                VarianceTerm(
                    variance: (components.runFirst + components.interactionFirst / speakers) / runs,
                    df: runs - 1),
                VarianceTerm(
                    variance: (components.runSecond + components.interactionSecond / speakers) / runs,
                    df: runs - 1),
            ]
            variance = terms.reduce(0) { $0 + $1.variance }
            df = variance > 0 ? min(VarianceTerm.degreesOfFreedom(terms), 4 * (runs - 1)) : .nan
        }

        func detectable(alpha: Double, power: Double, tests: Int) -> Double {
            RunPlan.detectable(variance: variance, df: df, alpha: alpha, power: power, tests: tests)
        }
    }

    /// (t_{1−α/2m} + t_power)·√V; normal quantiles with infinite degrees of freedom, 0 when nothing varies.
    static func detectable(variance: Double, df: Double, alpha: Double, power: Double, tests: Int) -> Double {
        guard variance != 0 else { return 0 }
        func quantile(_ p: Double) -> Double {
            df.isInfinite ? Normal.quantile(p) : StudentT.quantile(p, df: df)
        }
        return (quantile(1 - alpha / (2 * Double(tests))) + quantile(power)) * variance.squareRoot()
    }
}
