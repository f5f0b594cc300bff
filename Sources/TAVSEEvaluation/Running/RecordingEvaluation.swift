import Foundation
import TAVSEMetrics
import TAVSESignal
import TAVSEStore

/// Scores one system's recordings and stores every score.
///
/// Items are scored on several threads and stored in their order by one writer, in batches of one transaction each:
/// the content of the store does not depend on the number of threads, and what was committed survives any end.
public struct RecordingEvaluation: Sendable {
    /// What to do about scores that are there already.
    public enum Start: Sendable {
        /// Computes only what is missing, failed, or of a file that has changed.
        case `continue`
        /// The same, and demands that there is something to continue.
        case resume
        /// A new run beside the old ones; computes everything.
        case fresh
    }

    /// How to score.
    public struct Options: Sendable {
        /// Metrics, in the order of tables.
        public var metrics: [MetricName]
        /// Threads.
        public var jobs: Int
        /// What to do about scores that are there already.
        public var start: Start
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

    /// How far an evaluation has come.
    public struct Progress: Sendable, Equatable {
        /// Items done and stored or about to be.
        public var done: Int
        /// Items in all.
        public var total: Int
        /// Items with a recording at fault.
        public var failed: Int
        /// Items of which every score was stored before.
        public var reused: Int
    }

    private let system: String
    private let pairs: [RecordingPair]
    private let manifestHash: String?
    private let options: Options

    /// Items per transaction, and how long finished items may wait for one.
    private static let batchSize = 32
    private static let batchSeconds = 1.0
    /// Results per thread that may wait for an earlier item.
    private static let windowPerJob = 16

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
        progress: (Progress) -> Void = { _ in }
    ) throws(EvaluationError) -> EvaluationOutcome {
        do {
            return try runThrowing(store: store, cancellation: cancellation, progress: progress)
        } catch let error as EvaluationError {
            throw error
        } catch let error as StoreError {
            throw .store(error)
        } catch {
            throw .cannotWrite(path: store.path, reason: "\(error)")
        }
    }

    private func runThrowing(
        store: ResultsStore, cancellation: Cancellation, progress: (Progress) -> Void
    ) throws -> EvaluationOutcome {
        let description = try runDescription(store)
        let descriptors = options.metrics.map(MetricCatalog.descriptor(for:))
        let run = try store.openRun(description).run
        let numbers = try store.register(descriptors.map(MetricDescription.init))
        let scorer = ItemScorer(
            metrics: options.metrics, numbers: numbers, store: store, run: run, options: options)
        let pairs = pairs
        let sampleCount = options.sampleCount
        let pipeline = OrderedPipeline<Result<ScoredItem, StoreError>>(
            count: pairs.count, window: max(1, options.jobs) * Self.windowPerJob, cancellation: cancellation
        ) { index in
            Result { () throws(StoreError) in
                try scorer.score(pairs[index], keepAudio: index < sampleCount)
            }
        }

        var collector = OutcomeCollector(system: system, metrics: descriptors, run: run)
        var state = Progress(done: 0, total: pairs.count, failed: 0, reused: 0)
        var samples = SampleWriter(folder: options.sampleFolder, storePath: store.path)
        var batch: [ItemResult] = []
        let clock = ContinuousClock()
        var committed = clock.now
        func commit() throws {
            try store.commit(batch, run: run)
            batch.removeAll(keepingCapacity: true)
            committed = clock.now
        }
        progress(state)
        try pipeline.run(jobs: options.jobs) { outputs in
            for output in outputs {
                var item = try output.get()
                item.result.samples = try samples.write(item.audio)
                collector.add(item)
                state.done += 1
                if item.isFailed { state.failed += 1 }
                if item.result.scores.isEmpty { state.reused += 1 }
                batch.append(item.result)
                if batch.count >= Self.batchSize { try commit() }
            }
            if !batch.isEmpty && clock.now - committed > .seconds(Self.batchSeconds) { try commit() }
            progress(state)
        }
        try commit()
        let stopped = state.done < state.total
        try store.setStatus(stopped ? .stopped : .finished, of: run)
        return collector.outcome(stopped: stopped, total: pairs.count)
    }

    private func runDescription(_ store: ResultsStore) throws -> RunDescription {
        var choices = ["\"trim\": \(options.trim)"]
        if let channel = options.channel { choices.append("\"channel\": \(channel)") }
        var description = RunDescription(
            system: system, source: .recordings, config: "{" + choices.joined(separator: ", ") + "}",
            manifestHash: manifestHash, toolVersion: options.toolVersion, host: options.host,
            slurmJob: options.slurmJob)
        let newest = try store.newestGeneration(of: description)
        if options.start == .resume && newest == 0 {
            throw EvaluationError.nothingToResume(system: system, store: store.path)
        }
        description.generation = options.start == .fresh ? newest + 1 : max(1, newest)
        return description
    }
}
