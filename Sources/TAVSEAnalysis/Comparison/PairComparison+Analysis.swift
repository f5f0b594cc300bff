import TAVSEStats
import TAVSEStore

extension PairComparison {
    /// What a comparison needs besides the scores.
    struct Context: Sendable {
        var options: ComparisonOptions
        var familySize: Int
        var grouping: ItemGrouping
    }

    /// Compares two systems in one metric; adjusted p-values, verdict and notes follow from the whole family.
    init(
        _ table: ScoreTable, first: Int, second: Int, metric: Int, seed: UInt64, context: Context
    ) throws(StatisticsError) {
        let options = context.options
        let tolerance = options.tieTolerance
        let paired = MatchedDifferences(table, first: first, second: second, metric: metric)
        let d = paired.differences
        let clusters = context.grouping.clusters.selecting(paired.items)
        let summary = Summary(sorted: d.sorted(), dropped: 0)
        let ranks = try SignedRanks(d, tieTolerance: tolerance)
        let tTest = PairedTTest(summary, tieTolerance: tolerance)
        let sizes = EffectSizes(ranks, test: tTest)
        let robust = try ClusterRobustMean(d, clusters: clusters, tieTolerance: tolerance)
        let rankTest = try ClusteredSignedRank(ranks, clusters: clusters, options: options.signFlip)
        let hasClusterTests = clusters.count > 1
        // Round-off around zero must not be tested as if it were data.
        let flipP =
            !hasClusterTests
            ? Double.nan
            : ranks.rows.isEmpty
                ? 1 : try SignFlipTest(d, clusters: clusters, options: options.signFlip).p.twoSided
        let margin = options.margins[table.metrics[metric].name]

        self.first = table.systems[first].name
        self.second = table.systems[second].name
        self.metric = table.metrics[metric].name
        higherIsBetter = table.metrics[metric].higherIsBetter
        status =
            d.isEmpty ? .noData : d.count == 1 ? .notEstimable : ranks.rows.isEmpty ? .allZero : tTest.status
        nPairs = d.count
        nNonfinite = paired.nonfinite.count
        nOnlyFirst = paired.onlyFirst.count
        nOnlySecond = paired.onlySecond.count
        nSpeakers = clusters.count
        meanDifference = robust.mean
        medianDifference = summary.median
        sdDifference = tTest.sd
        (hodgesLehmann, hodgesLehmannInterval) = try Self.rankEstimate(HodgesLehmann(sorted: d.sorted()))
        wins = sizes.wins
        ties = sizes.ties
        losses = sizes.losses
        winRate = sizes.winRate
        rankBiserial = sizes.rankBiserial
        cohenDz = sizes.cohenDz
        hedgesGz = sizes.hedgesGz
        wilcoxon = Wilcoxon(ranks)
        clusteredSignedRank = ClusteredRank(
            t: rankTest.t, z: hasClusterTests ? rankTest.z : .nan,
            pApproximate: hasClusterTests ? rankTest.approximate.twoSided : .nan,
            pExact: hasClusterTests ? rankTest.exact.twoSided : .nan, nClustersUsed: rankTest.clustersUsed,
            smallestP: rankTest.smallestP, isMonteCarlo: rankTest.isMonteCarlo)
        signFlipP = flipP
        cr2 = try Robust(robust, familyLevel: 1 - options.alpha / Double(context.familySize))
        icc = robust.icc
        designEffect = robust.designEffect
        effectiveN = robust.effectiveN
        clusterBootstrap = try ClusterBootstrapSummary(
            d, clusters: clusters, seed: seed, margin: margin, options: options)
        equivalence = nil
        if let margin {
            let test = try EquivalenceTest(
                estimate: robust.mean, standardError: robust.cr2, df: robust.df, low: -margin, high: margin,
                alpha: options.alpha)
            equivalence = Equivalence(
                margin: margin, p: test.p, pHolm: .nan, equivalent: test.isEquivalent)
        }
        bySNR = try Self.breakdown(context.grouping.snr, paired, context.grouping, tolerance)
        byNoise = try Self.breakdown(context.grouping.noise, paired, context.grouping, tolerance)
        let power = try DetectableDifference(
            standardError: robust.cr2, df: robust.df, alpha: options.alpha, power: options.power,
            tests: context.familySize)
        detectable = Detectable(normal: power.normal, t: power.student)
        // Filled in over the whole family.
        adjusted = AdjustedColumns(
            wilcoxon: .undefined, clusteredSignedRank: .undefined, signFlip: .undefined, cr2: .undefined)
        verdict = .noConclusion
        isSignificant = false
        guide = Guide(pBonferroni: .nan, isSignificant: false)
        disagreement = nil
        notes = []
    }

    private static func rankEstimate(
        _ estimate: HodgesLehmann
    ) throws(StatisticsError) -> (Double, RankInterval) {
        let interval = try estimate.interval(level: SystemSummary.level)
        return (
            estimate.estimate,
            RankInterval(
                k: interval.k, low: interval.low, high: interval.high, achievedLevel: interval.achievedLevel)
        )
    }

    private static func breakdown(
        _ conditions: ItemGrouping.Conditions, _ paired: MatchedDifferences, _ grouping: ItemGrouping,
        _ tieTolerance: Double
    ) throws(StatisticsError) -> [String: Condition] {
        var result: [String: Condition] = [:]
        for group in conditions.split(paired.items, alsoPresent: paired.nonfinite) {
            let robust = try ClusterRobustMean(
                group.positions.map { paired.differences[$0] },
                clusters: grouping.clusters.selecting(group.positions.map { paired.items[$0] }),
                tieTolerance: tieTolerance)
            result[group.label] = Condition(
                n: robust.n, meanDifference: robust.mean, sd: robust.sd, cr2SE: robust.cr2, cr2DF: robust.df,
                cr2Interval: try robust.interval(level: SystemSummary.level))
        }
        return result
    }
}

extension PairComparison.Wilcoxon {
    /// Both zero methods; NaN without data.
    init(_ ranks: SignedRanks) {
        let plain = SignedRankTest(ranks, zeroMethod: .wilcox)
        let hasData = ranks.nFinite > 0
        self.init(
            rPlus: plain.rPlus, rMinus: plain.rMinus, statistic: plain.statistic,
            z: hasData ? plain.approximate().z : .nan, p: hasData ? plain.automatic().p.twoSided : .nan,
            pPratt: hasData ? SignedRankTest(ranks, zeroMethod: .pratt).automatic().p.twoSided : .nan)
    }
}

extension PairComparison.Robust {
    /// From the cluster-robust mean.
    init(_ mean: ClusterRobustMean, familyLevel: Double) throws(StatisticsError) {
        self.init(
            status: mean.status, se: mean.cr2, df: mean.df, t: mean.t, p: mean.p.twoSided,
            interval95: try mean.interval(level: 0.95), interval90: try mean.interval(level: 0.9),
            simultaneous: try mean.interval(level: familyLevel))
    }
}

extension PairComparison.ClusterBootstrapSummary {
    /// Resamples the clusters; runs on one thread, since comparisons run side by side.
    ///
    /// The differences are rounded to the tie tolerance first: shares below, inside and above a bound and the bias
    /// correction count exact ties, which round-off in x − y would decide at random.
    init(
        _ d: [Double], clusters: ClusterLabels, seed: UInt64, margin: Double?, options: ComparisonOptions
    ) throws(StatisticsError) {
        let distribution = try ClusterBootstrap.distribution(
            of: d.map { roundedToMultiple($0, of: options.tieTolerance) }, clusters: clusters,
            draws: .seeded(seed, replicates: options.bootstrapReplicates),
            tieTolerance: options.tieTolerance, threads: 1)
        let percentile = try distribution.percentile(level: SystemSummary.level)
        let bca = try distribution.bca(level: SystemSummary.level)
        var rope: BootstrapDistribution.Shares?
        if let margin { rope = try distribution.shares(halfWidth: margin) }
        self.init(
            seed: String(seed), percentile: PairComparison.Limits(low: percentile.low, high: percentile.high),
            bca: PairComparison.Limits(low: bca.low, high: bca.high),
            standardError: distribution.standardError,
            probabilityPositive: distribution.probabilityPositive, rope: rope)
    }
}

extension PairComparison.Adjusted {
    /// Not adjusted yet.
    static let undefined = PairComparison.Adjusted(
        bonferroni: .nan, holm: .nan, hochberg: .nan, hommel: .nan, bh: .nan, by: .nan)

    /// Adjusts a column of p-values over the planned family.
    static func column(_ p: [Double], family: Int) throws(StatisticsError) -> [PairComparison.Adjusted] {
        let bonferroni = try MultipleTesting.bonferroni.adjust(p, family: family)
        let holm = try MultipleTesting.holm.adjust(p, family: family)
        let hochberg = try MultipleTesting.hochberg.adjust(p, family: family)
        let hommel = try MultipleTesting.hommel.adjust(p, family: family)
        let bh = try MultipleTesting.bh.adjust(p, family: family)
        let by = try MultipleTesting.by.adjust(p, family: family)
        return p.indices.map {
            PairComparison.Adjusted(
                bonferroni: bonferroni[$0], holm: holm[$0], hochberg: hochberg[$0], hommel: hommel[$0],
                bh: bh[$0], by: by[$0])
        }
    }
}
