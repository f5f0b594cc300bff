extension VariantComparison {
    /// Levels of the primary intervals.
    static let levels = [0.9, 0.95, 0.99]

    /// Compares two variants; runs in the given order, one entry per item in every run.
    ///
    /// - Throws: `.lengthMismatch` for a run whose length is not the number of items; what the options' parts throw.
    public init(
        _ first: [RunScores], _ second: [RunScores], speakers: ClusterLabels, options: Options = Options()
    ) throws(StatisticsError) {
        try Self.requireItems(first + second, speakers)
        let matching = RunMatching(first, second, speakers: speakers)
        try self.init(
            matching: matching, first: matching.runsFirst.map { first[$0] },
            second: matching.runsSecond.map { second[$0] }, speakers: speakers, seeds: nil, options: options)
    }

    /// Compares two variants whose runs are paired by seed: only seeds that both have are used.
    ///
    /// Worth it only where the same seed makes runs of the two variants similar; declare it before scoring.
    /// - Throws: `.lengthMismatch` for a run or a list of seeds; `.notDistinct` for a seed that occurs twice.
    public init(
        _ first: [RunScores], _ second: [RunScores], firstSeeds: [Int], secondSeeds: [Int],
        speakers: ClusterLabels, options: Options = Options()
    ) throws(StatisticsError) {
        try Self.requireItems(first + second, speakers)
        for (runs, seeds) in [(first, firstSeeds), (second, secondSeeds)] {
            guard runs.count == seeds.count else {
                throw .lengthMismatch(what: "seeds", expected: runs.count, found: seeds.count)
            }
            guard Set(seeds).count == seeds.count else { throw .notDistinct(what: "seeds of a variant") }
        }
        let common = Set(firstSeeds).intersection(secondSeeds).sorted()
        func runs(_ seeds: [Int], _ runs: [RunScores]) -> [RunScores] {
            let positions = Dictionary(uniqueKeysWithValues: zip(seeds, seeds.indices))
            return common.compactMap { positions[$0].map { runs[$0] } }
        }
        let (a, b) = (runs(firstSeeds, first), runs(secondSeeds, second))
        let matching = RunMatching(a, b, speakers: speakers)
        // A pair is left out when either side failed or is a copy.
        let usable = Set(matching.runsSecond)
        let pairs = matching.runsFirst.filter { usable.contains($0) }
        try self.init(
            matching: matching, first: pairs.map { a[$0] }, second: pairs.map { b[$0] }, speakers: speakers,
            seeds: Seeds(
                common: common, onlyFirst: Set(firstSeeds).subtracting(common).sorted(),
                onlySecond: Set(secondSeeds).subtracting(common).sorted(), used: pairs.map { common[$0] },
                correlation: nil), options: options)
    }

    static func requireItems(_ runs: [RunScores], _ speakers: ClusterLabels) throws(StatisticsError) {
        for run in runs {
            guard run.values.count == speakers.index.count, run.isPresent.count == run.values.count else {
                throw .lengthMismatch(
                    what: "scores of a run", expected: speakers.index.count,
                    found: min(run.values.count, run.isPresent.count))
            }
        }
    }

    private init(
        matching: RunMatching, first: [RunScores], second: [RunScores], speakers: ClusterLabels,
        seeds: Seeds?,
        options: Options
    ) throws(StatisticsError) {
        self.matching = matching
        self.seeds = seeds
        nRunsFirst = first.count
        nRunsSecond = second.count
        warnings = matching.warnings
        status = .noData
        guard !first.isEmpty, !second.isEmpty, matching.nItems > 0 else { return }
        if min(first.count, second.count) == 2 { warnings.append(.fewRuns) }
        let design = RunDesign(
            first: first, second: second, matching: matching, speakers: speakers, paired: seeds != nil)
        let (status, analysis) = try design.analysis(options)
        self.status = status
        self.analysis = analysis
        self.seeds?.correlation = design.seedCorrelation
    }
}

/// Everything the quantities of one comparison are computed from.
struct RunDesign {
    let first: [RunScores]
    let second: [RunScores]
    let matching: RunMatching
    let labels: ClusterLabels
    let weights: SpeakerWeights
    let isPaired: Bool
    let meansA: [[Double]]
    let meansB: [[Double]]
    let a: RunSpread
    let b: RunSpread
    /// D_g, difference of the variants for each speaker.
    let bySpeaker: [Double]
    let difference: Double
    /// Largest absolute speaker mean: what rounding noise is measured by.
    let scale: Double
    let speakerPart: Double

    init(
        first: [RunScores], second: [RunScores], matching: RunMatching, speakers: ClusterLabels, paired: Bool
    ) {
        self.first = first
        self.second = second
        self.matching = matching
        isPaired = paired
        labels = speakers.selecting(matching.items)
        weights = SpeakerWeights(sizes: matching.sizes)
        meansA = SpeakerWeights.speakerMeans(first, matching: matching, speakers: speakers)
        meansB = SpeakerWeights.speakerMeans(second, matching: matching, speakers: speakers)
        a = RunSpread(meansA, weights: weights)
        b = RunSpread(meansB, weights: weights)
        bySpeaker = zip(a.speakerMeans, b.speakerMeans).map { $0 - $1 }
        difference = weights.mean(bySpeaker)
        scale = (meansA + meansB).flatMap(\.self).reduce(0) { max($0, abs($1)) }
        speakerPart = weights.variance(bySpeaker, about: difference)
    }

    var fewestRuns: Int { min(first.count, second.count) }
    var hasSpeakers: Bool { weights.count > 1 }

    /// Run terms of the variance of the difference, and the residue they contain.
    private var runTerms: (terms: [VarianceTerm], interaction: Double, df: Double) {
        if isPaired {
            let pairs = zip(meansA, meansB).map { zip($0, $1).map { $0 - $1 } }
            let spread = RunSpread(pairs, weights: weights)
            let df = Double(first.count - 1)
            return ([VarianceTerm(variance: spread.runPart, df: df)], spread.interactionPart, df)
        }
        return (
            [
                VarianceTerm(variance: a.runPart, df: Double(first.count - 1)),
                VarianceTerm(variance: b.runPart, df: Double(second.count - 1)),
            ], a.interactionPart + b.interactionPart, 2 * Double(fewestRuns - 1)
        )
    }

    /// Correlation of the run means over seed pairs.
    var seedCorrelation: Double? {
        guard isPaired, first.count >= 3 else { return nil }
        func spread(_ run: RunSpread) -> Double {
            exactSum(run.runMeans.map { ($0 - run.mean) * ($0 - run.mean) })
        }
        let (squaresA, squaresB) = (spread(a), spread(b))
        let least = StudentTest.noise * scale
        let pairs = Double(first.count)
        guard (squaresA / pairs).squareRoot() > least, (squaresB / pairs).squareRoot() > least else {
            return nil
        }
        let products = exactSum(zip(a.runMeans, b.runMeans).map { ($0 - a.mean) * ($1 - b.mean) })
        return products / (squaresA.squareRoot() * squaresB.squareRoot())
    }

    func analysis(
        _ options: VariantComparison.Options
    ) throws(StatisticsError) -> (VariantComparison.Status, VariantComparison.Analysis) {
        try requireProbability(options.alpha, "alpha")
        try requireProbability(options.power, "power")
        guard options.family > 0 else {
            throw .notPositive(what: "number of tests", found: Double(options.family))
        }
        let (terms, interaction, runDF) = runTerms
        let runPart = terms.reduce(0) { $0 + $1.variance }
        let total = speakerPart + runPart
        let cap = 2 * runDF
        var status: VariantComparison.Status =
            fewestRuns < 2 ? .checkpointsOnly : hasSpeakers ? .ok : .oneSpeaker
        var test = StudentTest.undefined(levels: VariantComparison.levels)
        var uncapped = Double.nan
        if status == .ok {
            uncapped = VarianceTerm.degreesOfFreedom(
                [VarianceTerm(variance: speakerPart, df: weights.df)] + terms)
            test = StudentTest(
                estimate: difference, standardError: total.squareRoot(), df: min(uncapped, cap),
                levels: VariantComparison.levels, scale: scale)
            if test.standardError == 0 {
                status = test.p.twoSided == 1 ? .allZero : .constant
                uncapped = .nan
                test.df = .nan
            }
        }
        var runsOnly = StudentTest.undefined()
        if fewestRuns > 1 {
            runsOnly = StudentTest(
                estimate: difference, standardError: runPart.squareRoot(),
                df: VarianceTerm.degreesOfFreedom(terms), scale: scale)
            if runsOnly.standardError == 0 { runsOnly.df = .nan }
        }
        let components = components(interaction: interaction)
        let isEstimated = [.ok, .constant, .allZero].contains(status)
        var result = VariantComparison.Analysis(
            runMeansFirst: a.runMeans, runMeansSecond: b.runMeans, meanFirst: a.mean, meanSecond: b.mean,
            difference: difference,
            speakerMeanDifference: exactSum(bySpeaker) / Double(bySpeaker.count),
            variance: .init(
                speakers: speakerPart, runs: runPart, runFirst: a.runPart, runSecond: b.runPart,
                interaction: interaction, total: total),
            test: test, uncappedDF: uncapped, dfCap: fewestRuns > 1 ? cap : .nan,
            simultaneous: StudentTest.interval(
                level: 1 - options.alpha / Double(options.family),
                center: status == .allZero ? 0 : test.standardError.isNaN ? .nan : difference,
                standardError: test.standardError, df: test.df),
            speakersOnly: try speakersOnly(options), runsOnly: runsOnly,
            runPermutation: isPaired
                ? try RunPermutation(pairs: a.runMeans, b.runMeans)
                : try RunPermutation(a.runMeans, b.runMeans),
            components: components)
        if status == .ok {
            result.shareRuns = runPart / total
            result.shareSpeakers = speakerPart / total
            result.detectable = .init(
                single: RunPlan.detectable(
                    variance: total, df: test.df, alpha: options.alpha, power: options.power, tests: 1),
                family: RunPlan.detectable(
                    variance: total, df: test.df, alpha: options.alpha, power: options.power,
                    tests: options.family))
        }
        addRunNoise(to: &result, options)
        if let margin = options.margin, isEstimated {
            result.equivalence = try equivalence(test, margin: margin, alpha: options.alpha)
        }
        if let draws = options.bootstrap, isEstimated {
            guard draws.replicates > 0 else {
                throw .notPositive(what: "bootstrap replicates", found: Double(draws.replicates))
            }
            func form(rescaled: Bool) -> MultiBootstrap {
                MultiBootstrap(
                    meansA, meansB, sizes: matching.sizes, draws: draws, paired: isPaired, rescaled: rescaled)
            }
            result.bootstrap = .init(plain: form(rescaled: false), rescaled: form(rescaled: true))
        }
        if let request = options.plan, let known = components.forPlanning {
            result.plan = try RunPlan(known, request)
        }
        return (status, result)
    }

    /// About these runs: scores averaged over the runs of each variant, compared as two checkpoints would be.
    private func speakersOnly(
        _ options: VariantComparison.Options
    ) throws(StatisticsError) -> VariantComparison.Analysis.SpeakersOnly {
        let test = StudentTest(
            estimate: difference, standardError: speakerPart.squareRoot(), df: weights.df, scale: scale)
        guard hasSpeakers else { return .init(test: test) }
        let d = matching.items.map { item in
            exactSum(first.map { $0.values[item] }) / Double(first.count)
                - exactSum(second.map { $0.values[item] }) / Double(second.count)
        }
        let flips = SignFlipTest(
            clusterSums: labels.sums(of: d), options: options.signFlip,
            noise: StudentTest.noise * scale * Double(d.count))
        let ranks = try ClusteredSignedRank(
            SignedRanks(d, tieTolerance: options.tieTolerance), clusters: labels, options: options.signFlip)
        return .init(
            test: test, signFlip: flips.p, signedRank: ranks.exact, smallestP: ranks.smallestP)
    }

    /// How much run variation the checkpoints' difference survives.
    private func addRunNoise(
        to result: inout VariantComparison.Analysis, _ options: VariantComparison.Options
    ) {
        guard hasSpeakers else { return }
        let perVariance = 1 / Double(first.count) + 1 / Double(second.count)
        let critical = StudentT.quantile(1 - options.alpha / 2, df: weights.df)
        let reach = difference / critical
        result.breakEvenRunSD = (max(0, reach * reach - speakerPart) / perVariance).squareRoot()
        guard let borrowed = options.borrowed else { return }
        let runs = borrowed.variance * perVariance
        let df = VarianceTerm.degreesOfFreedom([
            VarianceTerm(variance: speakerPart, df: weights.df),
            VarianceTerm(variance: runs, df: borrowed.df),
        ])
        result.borrowed = StudentTest(
            estimate: difference, standardError: (speakerPart + runs).squareRoot(),
            df: min(df, 2 * borrowed.df), scale: scale)
    }

    private func components(interaction: Double) -> VariantComparison.Analysis.Components {
        typealias Components = VariantComparison.Analysis.Components
        var result = Components(
            runSDFirst: a.variance.squareRoot(), runSDSecond: b.variance.squareRoot())
        result.runSDIntervalFirst = Self.runSDInterval(a)
        result.runSDIntervalSecond = Self.runSDInterval(b)
        guard hasSpeakers else { return result }
        func parts(_ spread: RunSpread) -> (interaction: Double, raw: Double)? {
            guard spread.count > 1 else { return nil }
            let runs = Double(spread.count)
            return (
                runs * spread.interactionPart / weights.sumOfSquares,
                spread.variance - runs * spread.interactionPart
            )
        }
        if let (interaction, raw) = parts(a) {
            (result.interactionFirst, result.runRawFirst, result.runFirst) = (interaction, raw, max(0, raw))
        }
        if let (interaction, raw) = parts(b) {
            (result.interactionSecond, result.runRawSecond, result.runSecond) = (
                interaction, raw, max(0, raw)
            )
        }
        if fewestRuns > 1, !isPaired {
            let raw = (speakerPart - interaction) / weights.sumOfSquares
            (result.speakerRaw, result.speaker) = (raw, max(0, raw))
        }
        return result
    }

    /// 95 % χ² interval of a run SD.
    private static func runSDInterval(_ spread: RunSpread) -> MultiBootstrap.Limits? {
        guard spread.count > 1 else { return nil }
        let df = Double(spread.count - 1)
        func limit(_ p: Double) -> Double {
            (spread.variance * df / ChiSquared.quantile(p, df: df)).squareRoot()
        }
        return .init(low: limit(0.975), high: limit(0.025))
    }

    private func equivalence(
        _ test: StudentTest, margin: Double, alpha: Double
    ) throws(StatisticsError) -> VariantComparison.Analysis.Equivalence {
        guard margin > 0, margin.isFinite else {
            throw .notPositive(what: "equivalence margin", found: margin)
        }
        // Without spread the degrees of freedom do not matter, only that there are some.
        let result = try EquivalenceTest(
            estimate: difference, standardError: test.standardError,
            df: test.standardError == 0 ? 1 : test.df,
            low: -margin, high: margin, alpha: alpha)
        return .init(
            margin: margin, pLow: result.pLower, pHigh: result.pUpper, p: result.p,
            equivalent: result.isEquivalent, interval: result.interval)
    }
}
