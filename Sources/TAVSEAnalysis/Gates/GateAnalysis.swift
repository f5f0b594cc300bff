import TAVSEStats
import TAVSEStore

/// What a network's fusion gates did: summaries, and the findings that the numbers support.
///
/// A pure function of the stored gates and scores. The unit of analysis is the item's mean; speakers are the clusters
/// of every interval and test, because items of one speaker are not independent.
public struct GateAnalysis: Sendable {
    /// How the analysis is made; the defaults are the recommended protocol.
    public struct Options: Sendable, Equatable {
        /// Level of the tests; intervals have 1 − α.
        public var alpha = 0.05
        /// Resamples of the cluster bootstrap of correlations.
        public var replicates = 4999
        /// Seed of the bootstrap.
        public var seed: UInt64 = 20_260_101
        /// Speakers it takes for a conclusion: with fewer than six, no pattern of signs over speakers is rarer than 5 %.
        public var minimumSpeakers = 6
        /// Threads; nil for as many as the machine offers. Does not change any result.
        public var threads: Int?

        /// The recommended protocol.
        public init() {}
    }

    /// How it was made.
    public let options: Options
    /// The run.
    public let overview: RunOverview
    /// Items with gates.
    public let itemCount: Int
    /// Of those, items with a noisy and an enhanced SI-SNR.
    public let scoredCount: Int
    /// Speakers (or utterances where the speaker is unknown).
    public let clusterCount: Int
    /// What a cluster is: "speaker", "utterance", or either.
    public let clusterUnit: String
    /// What rows and slots are in hertz and seconds; nil where the run does not say.
    public let grid: GateGrid?
    /// One per modality and quantity, modalities first.
    public let summaries: [GateSummary]
    /// Every question asked, in order.
    public let findings: [GateFinding]
    /// Systems of the same checkpoint with fewer modalities.
    public let reducedSystems: [String]

    /// Analyses a source.
    ///
    /// - Throws: ``GateError`` for a malformed table or an option out of range, ``ComparisonError`` where an item names
    ///   two speakers.
    public init(_ source: GateSource, options: Options = Options()) throws {
        guard options.alpha > 0, options.alpha < 1 else {
            throw GateError.options(.notAProbability(what: "alpha", found: options.alpha))
        }
        guard options.replicates > 0 else {
            throw GateError.options(
                .notPositive(what: "bootstrap replicates", found: Double(options.replicates)))
        }
        let table = source.table
        let context = try GateContext(table, options: options)
        let grid = GateGrid(configuration: source.overview.run.config)
        var summaries: [GateSummary] = []
        var findings: [GateFinding] = []
        var reduced: [GateReduction.Part] = []
        do {
            for modality in table.modalities.indices {
                for quantity in GateQuantity.allCases {
                    let items = try GateItems(table, modality: modality, quantity: quantity)
                    guard
                        let summary = try GateSummary(
                            table, modality: modality, quantity: quantity, items: items, grid: grid,
                            context: context)
                    else { continue }
                    summaries.append(summary)
                    reduced.append(
                        .init(
                            modality: summary.modality, quantity: quantity,
                            values: items.items.map { ($0.position, $0.mean) }))
                    findings += try GateContrasts(
                        summary: summary, items: items, table: table, context: context
                    )
                    .findings(grid: grid)
                }
            }
            findings += try GateContrasts.betweenModalities(reduced, context: context)
            findings += try GateReduction(source: source, parts: reduced, context: context).findings()
            try GateFinding.conclude(
                &findings, alpha: options.alpha, minimumSpeakers: options.minimumSpeakers)
        } catch let error as StatisticsError {
            throw GateError.options(error)
        }
        self.options = options
        overview = source.overview
        itemCount = table.items.count
        scoredCount = context.improvements.count { $0 != nil }
        clusterCount = context.grouping.clusters.count
        clusterUnit = context.grouping.clusterUnit
        self.grid = grid
        self.summaries = summaries
        self.findings = findings
        reducedSystems = source.reduced.map(\.overview.run.system)
    }

    /// The sentence of a finding.
    public func sentence(_ finding: GateFinding) -> String {
        finding.sentence(
            clusterUnit: clusterUnit, minimumSpeakers: options.minimumSpeakers, alpha: options.alpha)
    }

    /// Modalities with gates, in order.
    public var modalities: [String] {
        summaries.map(\.modality).reduce(into: []) { if !$0.contains($1) { $0.append($1) } }
    }
}

extension GateQuantity {
    /// How a sentence names a modality's quantity, e.g. "the rgb gate".
    package func words(_ modality: String) -> String {
        switch self {
        case .gate: "the \(modality) gate"
        case .contribution: "the effective contribution of \(modality)"
        }
    }
}

extension String {
    /// With a capital at its beginning.
    var capitalizedSentence: String { prefix(1).uppercased() + dropFirst() }
}
