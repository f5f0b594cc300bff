import ArgumentParser
import TAVSEAnalysis
import TAVSEReport
import TAVSEStats

/// Settings of a comparison; the defaults are the recommended protocol.
struct StatisticsOptions: ParsableArguments {
    @Option(
        help:
            "Systems, comma-separated, the plainest first: differences are later minus earlier. All otherwise."
    ) var systems: NameList?
    @Option(help: "Metrics in report order, comma-separated; all otherwise.") var metrics: NameList?
    @Option(help: "Data split, e.g. test.") var split: String?
    @Option(help: "Significance level of the whole family.") var alpha = 0.05
    @Flag(help: "Leave out items that one system lacks; otherwise that is an error.") var lenient = false
    @Option(help: "Equivalence margins in metric units, e.g. si_snr=0.5,stoi=0.01. None are assumed.")
    var margins: Margins?
    @Option(help: "Planned number of tests; pairs × metrics otherwise.") var family: Int?
    @Option(help: "Seed base of the cluster bootstrap.") var seed: UInt64 = 20_260_101
    @Option(help: "Resamples of the cluster bootstrap.") var resamples = 2000
    @Option(help: "Differences within this are ties.") var tieTolerance = 1e-9

    func validate() throws {
        guard alpha > 0, alpha < 1 else {
            throw ValidationError("--alpha must lie between 0 and 1, got \(alpha)")
        }
        guard (1...1_000_000).contains(resamples) else {
            throw ValidationError("--resamples must be 1 to 1000000, got \(resamples)")
        }
        guard tieTolerance >= 0, tieTolerance.isFinite else {
            throw ValidationError("--tie-tolerance must be 0 or more, got \(tieTolerance)")
        }
        if let family, family < 1 { throw ValidationError("--family must be 1 or more, got \(family)") }
    }

    var selection: ReportSource.Selection {
        ReportSource.Selection(systems: systems?.names, metrics: metrics?.names, split: split)
    }

    var options: ComparisonOptions {
        var options = ComparisonOptions()
        options.alpha = alpha
        options.tieTolerance = tieTolerance
        options.bootstrapReplicates = resamples
        options.bootstrapSeedBase = seed
        options.margins = margins?.values ?? [:]
        options.matching = lenient ? .lenient : .strict
        options.familySize = family
        options.keepsSystemOrder = systems != nil
        return options
    }
}
