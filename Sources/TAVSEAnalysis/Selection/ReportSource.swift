import TAVSEMetrics
import TAVSEStore

/// What a report is made of: scores and where they come from, read from a store.
public struct ReportSource: Sendable {
    /// What to read.
    public struct Selection: Sendable, Equatable {
        /// Systems in report order; nil for all in the default order. The noisy input and the oracle come along.
        public var systems: [String]?
        /// Metrics in report order; nil for all. "pesq" also finds the default mode "pesq_wb".
        public var metrics: [String]?
        /// Data split; nil for all.
        public var split: String?

        /// Describes a selection; see the properties.
        public init(systems: [String]? = nil, metrics: [String]? = nil, split: String? = nil) {
            self.systems = systems
            self.metrics = metrics
            self.split = split
        }
    }

    /// Scores.
    public var table: ScoreTable
    /// Runs behind them.
    public var runs: [RunOverview]
    /// Audio kept, by system.
    public var samples: [Sample]
    /// Folder that relative sample paths start from.
    public var folder: String
    /// Which evaluations are shown and which are left out, in sentences.
    public var notes: [String] = []

    /// One stored recording.
    public struct Sample: Sendable, Equatable {
        /// System whose run kept it.
        public var system: String
        /// What was scored.
        public var item: ScoreTable.Item
        /// The file.
        public var record: SampleRecord
    }

    /// Reads a store.
    /// - Throws: `StoreError`, and ``ReportError/noScores(path:split:)`` when nothing is left to report.
    public init(store: ResultsStore, selection: Selection = Selection()) throws {
        let metrics = try selection.metrics.map { names in
            let known = try store.metrics().map(\.name)
            return names.map { MetricCatalog.resolve($0, among: known) ?? $0 }
        }
        let systems = selection.systems.map { names in
            (names.contains("noisy") ? [] : ["noisy"]) + names + (names.contains("oracle") ? [] : ["oracle"])
        }
        let table = try store.scoreTable(systems: systems, metrics: metrics, split: selection.split)
        guard !table.items.isEmpty, !table.systems.isEmpty, !table.metrics.isEmpty else {
            throw ReportError.noScores(path: store.path, split: selection.split)
        }
        let runs = try store.selectedRuns(systems: systems, split: selection.split)
        let samples = try runs.flatMap { run in
            try store.samples(of: run.id).map { item, record in
                Sample(
                    system: run.run.system,
                    item: ScoreTable.Item(
                        utterance: item.utterance, speaker: item.speaker, snrDB: item.snrDB,
                        noiseType: item.noiseType,
                        split: item.split), record: record)
            }
        }
        self.init(table: table, runs: runs, samples: samples, folder: Self.folder(of: store.path))
        notes = try SelectionNotes.make(store: store, systems: selection.systems, split: selection.split)
        // An order asked for stays.
        if selection.systems != nil { self.table = table.withDistinctMetricNames() }
    }

    /// Describes a source that is not a store; systems come in the default order.
    public init(table: ScoreTable, runs: [RunOverview], samples: [Sample], folder: String) {
        self.table = table.inDefaultOrder().withDistinctMetricNames()
        self.runs = runs
        self.samples = samples
        self.folder = folder
    }

    private static func folder(of path: String) -> String {
        guard let slash = path.lastIndex(of: "/") else { return "." }
        return slash == path.startIndex ? "/" : String(path[..<slash])
    }
}
