import TAVSEAnalysis
import TAVSEBase
import TAVSESignal
import TAVSEStore

/// The whole comparison as tidy CSV: one fact per row, the same nine columns throughout (docs/report.md lists them).
public struct FactTable: Sendable {
    /// Column names.
    public static let columns = [
        "table", "metric", "unit", "system", "versus", "condition", "condition_value", "quantity", "value",
    ]

    private let comparison: Comparison
    private var text = CSV.line(FactTable.columns)
    private var context = Context()

    /// What the facts being written are about.
    private struct Context {
        var table = "", metric = "", unit = "", system = "", versus = "", condition = "", conditionValue = ""
    }

    /// The CSV text of a comparison.
    public static func render(_ comparison: Comparison) -> String {
        var table = FactTable(comparison)
        table.writeSettings()
        for metric in comparison.metrics { table.writeMetric(metric) }
        for warning in comparison.warnings {
            table.context = Context(table: "warning", metric: warning.metric ?? "")
            table.add(warning.kind.rawValue, warning.text)
        }
        return table.text
    }

    private init(_ comparison: Comparison) { self.comparison = comparison }

    private mutating func add(_ quantity: String, _ value: String) {
        text += CSV.line(
            [
                context.table, context.metric, context.unit, context.system, context.versus,
                context.condition, context.conditionValue, quantity, value,
            ].map(CSV.inert))
    }

    /// A number in full precision; empty when there is none.
    private mutating func add(_ quantity: String, _ value: Double) {
        add(quantity, value.isNaN ? "" : NumberText.exact(value))
    }

    /// A probability; one too small for a double is a bound, never 0.
    private mutating func add(_ quantity: String, p value: Double) {
        if value == 0 { add(quantity, "< 1e-300") } else { add(quantity, value) }
    }

    private mutating func add(_ quantity: String, _ value: Int) { add(quantity, String(value)) }

    private mutating func writeSettings() {
        let settings = comparison.settings
        context = Context(table: "settings")
        add("alpha", settings.alpha)
        add("family_size", settings.familySize)
        add("distinct_tests", settings.distinctTests)
        add("threshold", settings.threshold)
        add("tie_tolerance", settings.tieTolerance)
        add("zero_method", settings.zeroMethod.rawValue)
        add("matching", settings.matching.rawValue)
        add("bootstrap_replicates", settings.bootstrapReplicates)
        add("bootstrap_seed_base", settings.bootstrapSeedBase)
        add("n_items", settings.nItems)
        add("n_clusters", settings.nClusters)
        add("cluster_unit", settings.clusterUnit)
        for (metric, margin) in settings.equivalenceMargins.sorted(by: { ItemOrder.text($0.key, $1.key) }) {
            context.metric = metric
            add("equivalence_margin", margin)
        }
    }

    private mutating func writeMetric(_ metric: Comparison.MetricInfo) {
        context = Context(table: "metric", metric: metric.name, unit: metric.unit)
        add("signature", metric.signature)
        add("direction", metric.higherIsBetter ? "higher" : "lower")
        if let other = metric.sameTestAs { add("same_test_as", other) }
        for system in comparison.systems {
            guard let summary = comparison.models[system.name]?[metric.name] else { continue }
            context = Context(table: "summary", metric: metric.name, unit: metric.unit, system: system.name)
            writeSummary(summary)
        }
        for pair in comparison.improvements ?? [] where pair.metric == metric.name {
            context = Context(
                table: "improvement", metric: metric.name, unit: metric.unit, system: pair.first,
                versus: pair.second)
            writePair(pair)
        }
        for pair in comparison.pairs where pair.metric == metric.name {
            context = Context(
                table: "pair", metric: metric.name, unit: metric.unit, system: pair.first, versus: pair.second
            )
            writePair(pair)
        }
        if let omnibus = comparison.omnibus[metric.name] {
            context = Context(table: "omnibus", metric: metric.name, unit: metric.unit)
            writeOmnibus(omnibus)
        }
    }

    private mutating func writeSummary(_ summary: SystemSummary) {
        add("n", summary.n)
        add("n_failed", summary.nNonfinite)
        add("n_absent", summary.nAbsent)
        for (status, count) in summary.failures.sorted(by: { ItemOrder.text($0.key, $1.key) }) {
            add("n_failed:\(status)", count)
        }
        add("n_clusters", summary.nSpeakers)
        add("mean", summary.mean)
        add("sd", summary.sd)
        add("median", summary.median)
        add("q1", summary.lowerQuartile)
        add("q3", summary.upperQuartile)
        add("min", summary.minimum)
        add("max", summary.maximum)
        add("cr2_se", summary.cr2SE)
        add("cr2_df", summary.cr2DF)
        add("cr2_ci95_low", summary.cr2Interval.low)
        add("cr2_ci95_high", summary.cr2Interval.high)
        add("t_ci95_low", summary.tInterval.low)
        add("t_ci95_high", summary.tInterval.high)
        for (name, keys, conditions) in [
            ("snr_db", comparison.snrLabels, summary.bySNR),
            ("noise_type", comparison.noiseTypes, summary.byNoise),
        ] {
            context.condition = name
            for key in keys {
                guard let part = conditions[key] else { continue }
                context.conditionValue = key
                add("n", part.n)
                add("mean", part.mean)
                add("sd", part.sd)
                add("median", part.median)
                add("cr2_se", part.cr2SE)
                add("cr2_ci95_low", part.cr2Interval.low)
                add("cr2_ci95_high", part.cr2Interval.high)
            }
        }
    }

    private mutating func writePair(_ pair: PairComparison) {
        add("verdict", pair.verdict.rawValue)
        add("better_system", pair.betterSystem ?? "")
        add("n_pairs", pair.nPairs)
        add("n_failed", pair.nNonfinite)
        add("n_only_first", pair.nOnlyFirst)
        add("n_only_second", pair.nOnlySecond)
        add("n_clusters", pair.nSpeakers)
        add("mean_difference", pair.meanDifference)
        add("median_difference", pair.medianDifference)
        add("sd_difference", pair.sdDifference)
        add("cr2_se", pair.cr2.se)
        add("cr2_df", pair.cr2.df)
        add("cr2_ci95_low", pair.cr2.interval95.low)
        add("cr2_ci95_high", pair.cr2.interval95.high)
        add("cr2_ci_simultaneous_low", pair.cr2.simultaneous.low)
        add("cr2_ci_simultaneous_high", pair.cr2.simultaneous.high)
        add("hodges_lehmann", pair.hodgesLehmann)
        add("hodges_lehmann_ci95_low", pair.hodgesLehmannInterval.low)
        add("hodges_lehmann_ci95_high", pair.hodgesLehmannInterval.high)
        add("rank_biserial", pair.rankBiserial)
        add("wins", pair.wins)
        add("ties", pair.ties)
        add("losses", pair.losses)
        add("win_rate", pair.winRate)
        add("cohen_dz", pair.cohenDz)
        add("hedges_gz", pair.hedgesGz)
        add("p_clustered_signed_rank_exact", p: pair.clusteredSignedRank.pExact)
        add("p_clustered_signed_rank_exact_holm", p: pair.adjusted.clusteredSignedRank.holm)
        add("p_sign_flip_mean_exact", p: pair.signFlipP)
        // With no spread between differences t is infinite, and its p no result.
        add("p_cr2", p: pair.cr2.t.isInfinite ? .nan : pair.cr2.p)
        add("p_wilcoxon_rows", p: pair.wilcoxon.p)
        add("p_wilcoxon_rows_pratt", p: pair.wilcoxon.pPratt)
        add("p_wilcoxon_rows_bonferroni", p: pair.guide.pBonferroni)
        add("disagreement", pair.disagreement ?? "")
        add("icc", pair.icc)
        add("design_effect", pair.designEffect)
        add("n_effective", pair.effectiveN)
        add("bootstrap_percentile_ci95_low", pair.clusterBootstrap.percentile.low)
        add("bootstrap_percentile_ci95_high", pair.clusterBootstrap.percentile.high)
        add("bootstrap_bca_ci95_low", pair.clusterBootstrap.bca.low)
        add("bootstrap_bca_ci95_high", pair.clusterBootstrap.bca.high)
        add("minimum_detectable_difference", pair.detectable.t)
        if let equivalence = pair.equivalence {
            add("equivalence_margin", equivalence.margin)
            add("equivalence_p", p: equivalence.p)
            add("equivalence_p_holm", p: equivalence.pHolm)
        }
        for (name, keys, conditions) in [
            ("snr_db", comparison.snrLabels, pair.bySNR), ("noise_type", comparison.noiseTypes, pair.byNoise),
        ] {
            context.condition = name
            for key in keys {
                guard let part = conditions[key] else { continue }
                context.conditionValue = key
                add("n_pairs", part.n)
                add("mean_difference", part.meanDifference)
                add("cr2_se", part.cr2SE)
                add("cr2_ci95_low", part.cr2Interval.low)
                add("cr2_ci95_high", part.cr2Interval.high)
            }
        }
    }

    private mutating func writeOmnibus(_ omnibus: OmnibusSummary) {
        let friedman = omnibus.friedman
        add("n_blocks", friedman.nBlocks)
        add("n_rows", omnibus.nRows)
        add("chi2", friedman.chiSquared)
        add("df", friedman.df)
        add("p_chi2", p: friedman.pChiSquared)
        let hasF = friedman.imanDavenportF.isFinite
        add("iman_davenport_f", hasF ? friedman.imanDavenportF : .nan)
        add("p_f", p: hasF ? friedman.pF : .nan)
        add("kendall_w", friedman.kendallW)
        add("nemenyi_cd_05", omnibus.nemenyiCD)
        for (index, system) in omnibus.models.enumerated() {
            context.system = system
            context.versus = ""
            let ranks = omnibus.ranksFromBest
            add("mean_rank", ranks.indices.contains(index) ? ranks[index] : .nan)
            guard omnibus.nemenyiP.indices.contains(index) else { continue }
            for (other, p) in omnibus.nemenyiP[index].enumerated().dropFirst(index + 1) {
                context.versus = omnibus.models[other]
                add("p_nemenyi", p: p)
            }
        }
    }
}
