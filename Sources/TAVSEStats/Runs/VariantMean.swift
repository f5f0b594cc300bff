/// Mean of one variant for new training runs and new speakers, on the items that all its usable runs have.
///
/// se² = CR2 of the run averages + s²/S, Satterthwaite degrees of freedom, at most 2(S − 1). With one run the error
/// over speakers alone is given instead, under names of its own: it says nothing about other runs.
public struct VariantMean: Sendable, Equatable, Codable {
    /// An interval of the mean with what it was made of.
    public struct Estimate: Sendable, Equatable {
        /// Standard error.
        public var standardError: Double
        /// Degrees of freedom.
        public var df: Double
        /// 95 % interval.
        public var interval: ConfidenceInterval
    }

    /// Runs used.
    public var nRuns: Int
    /// Items used.
    public var nItems: Int
    /// Speakers of the items used.
    public var nSpeakers: Int
    /// Mean over runs and items; NaN without data.
    public var mean: Double
    /// Mean of each run used.
    public var runMeans: [Double]
    /// Standard deviation of the run means; NaN with one run.
    public var runSD: Double
    /// For new runs and new speakers; nil with one run or one speaker.
    public var estimate: Estimate?
    /// For these runs and new speakers; nil where ``estimate`` is given.
    public var speakersOnly: Estimate?
    /// Shares of the variance of the mean: runs, speakers, and of the speakers' part what items within them explain.
    public var shares: VarianceShares?
    /// Positions of the runs used, without a finite score, and copying an earlier one; not encoded.
    public private(set) var runsUsed: [Int] = []
    /// Positions of the runs without a finite score; not encoded.
    public private(set) var failedRuns: [Int] = []
    /// Positions of the runs that copy an earlier one; not encoded.
    public private(set) var identicalRuns: [Int] = []

    /// Summarises the runs of a variant.
    ///
    /// - Throws: `.lengthMismatch` unless every run has one entry per item.
    public init(_ runs: [RunScores], speakers: ClusterLabels) throws(StatisticsError) {
        try VariantComparison.requireItems(runs, speakers)
        let matching = RunMatching(runs, runs, speakers: speakers)
        nRuns = matching.runsFirst.count
        nItems = matching.nItems
        nSpeakers = matching.nSpeakers
        runsUsed = matching.runsFirst
        failedRuns = matching.failedRunsFirst
        identicalRuns = matching.identicalRunsFirst
        guard matching.nItems > 0, nRuns > 0 else {
            (mean, runSD, runMeans) = (.nan, .nan, [])
            return
        }
        let weights = SpeakerWeights(sizes: matching.sizes)
        let used = matching.runsFirst.map { runs[$0] }
        let means = SpeakerWeights.speakerMeans(used, matching: matching, speakers: speakers)
        let spread = RunSpread(means, weights: weights)
        mean = spread.mean
        runMeans = spread.runMeans
        runSD = spread.variance.squareRoot()
        let scale = means.flatMap(\.self).reduce(0) { max($0, abs($1)) }
        let overSpeakers = weights.variance(spread.speakerMeans, about: spread.mean)
        let hasBoth = nRuns > 1 && nSpeakers > 1
        let cap = 2 * Double(nRuns - 1)
        let df =
            hasBoth
            ? min(
                cap,
                VarianceTerm.degreesOfFreedom([
                    VarianceTerm(variance: overSpeakers, df: weights.df),
                    VarianceTerm(variance: spread.runPart, df: Double(nRuns - 1)),
                ])) : weights.df
        let variance = hasBoth ? overSpeakers + spread.runPart : overSpeakers
        let test = StudentTest(
            estimate: spread.mean, standardError: variance.squareRoot(), df: df, scale: scale)
        let result = Estimate(standardError: test.standardError, df: test.df, interval: test.interval95)
        if hasBoth {
            estimate = result
            shares = VarianceShares(
                used, matching: matching, speakers: speakers, spread: spread, weights: weights)
        } else {
            speakersOnly = result
        }
    }

    private enum CodingKeys: String, CodingKey {
        case nRuns = "n_runs"
        case nItems = "n_items"
        case nSpeakers = "n_speakers"
        case mean
        case runMeans = "run_means"
        case runMin = "run_min"
        case runMax = "run_max"
        case runSD = "run_sd"
        case standardError = "se"
        case df
        case interval = "ci95"
        case speakersOnlyError = "se_speakers_only"
        case speakersOnlyDF = "df_speakers_only"
        case speakersOnlyInterval = "ci95_speakers_only"
        case shares = "variance_shares"
    }

    /// Smallest run mean; NaN without runs.
    public var runMin: Double { runMeans.min() ?? .nan }
    /// Largest run mean; NaN without runs.
    public var runMax: Double { runMeans.max() ?? .nan }

    /// Writes the quantities that are defined; without data only the counts.
    public func encode(to encoder: any Encoder) throws {
        var container = encoder.container(keyedBy: CodingKeys.self)
        try container.encode(nRuns, forKey: .nRuns)
        try container.encode(nItems, forKey: .nItems)
        try container.encode(nSpeakers, forKey: .nSpeakers)
        guard !runMeans.isEmpty else { return }
        try container.encode(mean, forKey: .mean)
        try container.encode(runMeans, forKey: .runMeans)
        try container.encode(runMin, forKey: .runMin)
        try container.encode(runMax, forKey: .runMax)
        try container.encode(runSD, forKey: .runSD)
        if let estimate {
            try container.encode(estimate.standardError, forKey: .standardError)
            try container.encode(estimate.df, forKey: .df)
            try container.encode(estimate.interval, forKey: .interval)
        }
        if let speakersOnly {
            try container.encode(speakersOnly.standardError, forKey: .speakersOnlyError)
            try container.encode(speakersOnly.df, forKey: .speakersOnlyDF)
            try container.encode(speakersOnly.interval, forKey: .speakersOnlyInterval)
        }
        try container.encodeIfPresent(shares, forKey: .shares)
    }

    /// Reads what ``encode(to:)`` wrote.
    public init(from decoder: any Decoder) throws {
        let container = try decoder.container(keyedBy: CodingKeys.self)
        nRuns = try container.decode(Int.self, forKey: .nRuns)
        nItems = try container.decode(Int.self, forKey: .nItems)
        nSpeakers = try container.decode(Int.self, forKey: .nSpeakers)
        mean = try container.decodeIfPresent(Double.self, forKey: .mean) ?? .nan
        runMeans = try container.decodeIfPresent([Double].self, forKey: .runMeans) ?? []
        runSD = try container.decodeIfPresent(Double.self, forKey: .runSD) ?? .nan
        shares = try container.decodeIfPresent(VarianceShares.self, forKey: .shares)
        func estimate(_ error: CodingKeys, _ df: CodingKeys, _ interval: CodingKeys) throws -> Estimate? {
            guard let value = try container.decodeIfPresent(Double.self, forKey: error) else { return nil }
            return Estimate(
                standardError: value, df: try container.decode(Double.self, forKey: df),
                interval: try container.decode(ConfidenceInterval.self, forKey: interval))
        }
        self.estimate = try estimate(.standardError, .df, .interval)
        speakersOnly = try estimate(.speakersOnlyError, .speakersOnlyDF, .speakersOnlyInterval)
    }
}

/// What the variance of a variant's mean is made of; the shares add up to 1.
public struct VarianceShares: Sendable, Equatable, Codable {
    /// Differences between training runs.
    public var runs: Double
    /// Differences between speakers beyond those of their items.
    public var speakers: Double
    /// Differences between items of a speaker.
    public var items: Double

    /// Splits s²/S + CR2; items are the part of CR2 that independent items within speakers would give.
    init?(
        _ runs: [RunScores], matching: RunMatching, speakers: ClusterLabels, spread: RunSpread,
        weights: SpeakerWeights
    ) {
        let overSpeakers = weights.variance(spread.speakerMeans, about: spread.mean)
        let total = spread.runPart + overSpeakers
        guard total > 0 else { return nil }
        let labels = speakers.selecting(matching.items)
        let average = matching.items.map { item in
            exactSum(runs.map { $0.values[item] }) / Double(runs.count)
        }
        var within = [ExactSum](repeating: ExactSum(), count: weights.count)
        for (row, speaker) in labels.index.enumerated() {
            let deviation = average[row] - spread.speakerMeans[speaker]
            within[speaker].add(deviation * deviation)
        }
        // Variance within speakers, pooled; a speaker of n_g items adds f_g²·σ²/n_g to the variance of the mean.
        let freedom = Double(labels.index.count - weights.count)
        let pooled = freedom > 0 ? exactSum(within.map(\.value)) / freedom : 0
        let itemPart = min(
            overSpeakers,
            exactSum(zip(weights.share, weights.sizes).map { $0 * $0 * pooled / Double($1) }))
        self.runs = spread.runPart / total
        items = itemPart / total
        self.speakers = (overSpeakers - itemPart) / total
    }
}
