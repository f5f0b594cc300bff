import Foundation
import TAVSEMetrics
import TAVSEStore

/// Scores one system's recordings and stores every score.
///
/// Items are scored on several threads and stored in their order by one writer, in batches of one transaction each:
/// the content of the store does not depend on the number of threads, and what was committed survives any end.
public struct RecordingEvaluation: Sendable {
    /// How to score.
    public struct Options: Sendable {
        /// Metrics, in the order of tables.
        public var metrics: [MetricName]
        /// Threads.
        public var jobs: Int
        /// What to do about scores that are there already.
        public var start: EvaluationStart
        /// Whether recordings of unequal length are cut to the shortest.
        public var trim: Bool
        /// Which channel to take, from 1; nil demands recordings of one channel.
        public var channel: Int?
        /// Data split to note with the items.
        public var split: String?
        /// How many items' recordings are kept for listening.
        public var sampleCount: Int
        /// Folder for those recordings.
        public var sampleFolder: String
        /// Version of the tool.
        public var toolVersion: String
        /// Name of the machine.
        public var host: String?
        /// Slurm job.
        public var slurmJob: String?

        /// The usual choices; see the properties.
        public init(metrics: [MetricName], toolVersion: String) {
            self.metrics = metrics
            self.toolVersion = toolVersion
            jobs = ProcessInfo.processInfo.activeProcessorCount
            start = .continue
            trim = false
            sampleCount = 0
            sampleFolder = "samples"
        }
    }

    private let system: String
    private let pairs: [RecordingPair]
    private let manifestHash: String?
    private let options: Options

    /// Describes an evaluation.
    ///
    /// - Parameters:
    ///   - system: name under which the scores are stored.
    ///   - pairs: what to score.
    ///   - manifestHash: SHA-256 of the manifest, if any.
    ///   - options: how.
    public init(system: String, pairs: [RecordingPair], manifestHash: String? = nil, options: Options) {
        self.system = system
        self.pairs = pairs
        self.manifestHash = manifestHash
        self.options = options
    }

    /// Scores everything.
    ///
    /// - Parameters:
    ///   - store: where the scores go.
    ///   - cancellation: stops the work after the items at hand; what is done is stored.
    ///   - progress: called on the calling thread after items are done, and at least once a second.
    /// - Throws: `EvaluationError`. Wrong recordings are outcomes, not errors.
    public func run(
        store: ResultsStore, cancellation: Cancellation = Cancellation(),
        progress: (EvaluationProgress) -> Void = { _ in }
    ) throws(EvaluationError) -> EvaluationOutcome {
        try EvaluationError.naming(store: store.path) {
            let run = try options.start.open(runDescription, in: store)
            let scorer = ItemScorer(
                scorer: try SignalScorer(options.metrics, in: store), store: store, run: run,
                options: options)
            let loop = EvaluationLoop(
                walk: ItemWalk(count: pairs.count, jobs: options.jobs, cancellation: cancellation),
                store: store, run: run, system: system, metrics: options.metrics,
                sampleFolder: options.sampleFolder)
            let (pairs, sampleCount) = (pairs, options.sampleCount)
            return try loop.run(progress: progress) { index throws(StoreError) in
                try scorer.score(pairs[index], keepAudio: index < sampleCount)
            }
        }
    }

    private var runDescription: RunDescription {
        var choices = ["\"trim\": \(options.trim)"]
        if let channel = options.channel { choices.append("\"channel\": \(channel)") }
        return RunDescription(
            system: system, source: .recordings, config: "{" + choices.joined(separator: ", ") + "}",
            manifestHash: manifestHash, toolVersion: options.toolVersion, host: options.host,
            slurmJob: options.slurmJob)
    }
}
