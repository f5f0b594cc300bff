import Foundation
import TAVSEMetrics
import TAVSEModel
import TAVSEStore

/// Runs a network on the fixed mixes of a split and stores every score of noisy, enhanced and oracle signal.
///
/// Each thread takes an item through reading, network and metrics on its own, the network on that thread alone: all
/// processors are busy without waiting for each other, and an item's bits depend neither on the number of threads nor
/// on its neighbours.
public struct ModelEvaluation: Sendable {
    /// How to evaluate.
    public struct Options: Sendable {
        /// Metrics, in the order of tables.
        public var metrics = MetricCatalog.seed
        /// Threads.
        public var jobs = ProcessInfo.processInfo.activeProcessorCount
        /// What to do about scores that are there already.
        public var start = EvaluationStart.continue
        /// The share to evaluate, of so many; numbers count from 1.
        public var shard = (index: 1, count: 1)
        /// How many items' recordings are kept for listening.
        public var sampleCount = 0
        /// Folder for those recordings.
        public var sampleFolder = "samples"

        /// The seed metrics on all processors.
        public init() {}
    }

    private let evaluated: EvaluatedNetwork
    private let items: ModelItems
    private let modelRun: ModelRun
    private let options: Options

    /// Describes an evaluation.
    ///
    /// - Parameters:
    ///   - evaluated: the network.
    ///   - items: what it is run on, read with the cameras of the run's modalities.
    ///   - run: under which identity it is stored.
    ///   - options: how.
    public init(_ evaluated: EvaluatedNetwork, items: ModelItems, run: ModelRun, options: Options = Options())
    {
        self.evaluated = evaluated
        self.items = items
        modelRun = run
        self.options = options
    }

    /// Evaluates everything. Sets the number of threads of the network's kernels to 1 and back.
    ///
    /// - Parameters:
    ///   - store: where the scores go.
    ///   - cancellation: stops the work after the items at hand; what is done is stored.
    ///   - progress: called on the calling thread after items are done, and at least once a second.
    /// - Throws: `EvaluationError`. Items that cannot be read or enhanced are outcomes, not errors.
    public func run(
        store: ResultsStore, cancellation: Cancellation = Cancellation(),
        progress: (EvaluationProgress) -> Void = { _ in }
    ) throws(EvaluationError) -> EvaluationOutcome {
        try EvaluationError.naming(store: store.path) {
            let bench = try ModelBench(
                evaluated, items: items, run: modelRun, metrics: options.metrics, start: options.start,
                store: store)
            let chosen = (0..<items.count).filter { $0 % options.shard.count == options.shard.index - 1 }
            guard !chosen.isEmpty else {
                throw EvaluationError.noPairs(
                    where:
                        "share \(options.shard.index)/\(options.shard.count) of \(items.count) items is empty"
                )
            }
            let scorer = ModelItemScorer(
                bench: bench, oracle: OracleMask(evaluated.network.stft),
                sameFrontEnd: try sameFrontEnd(store, bench.run))
            let samples = SampleChoice.spread(options.sampleCount, over: chosen.map(items.description))
            let loop = EvaluationLoop(
                walk: ItemWalk(count: chosen.count, jobs: options.jobs, cancellation: cancellation),
                store: store, run: bench.run, system: modelRun.system, metrics: options.metrics,
                sampleFolder: options.sampleFolder)
            return try ModelBench.withSerialKernels {
                try loop.run(progress: progress) { index throws(StoreError) in
                    try scorer.score(chosen[index], keepAudio: samples.contains(index))
                }
            }
        }
    }

    /// The other runs of networks whose oracle is this one's: those with the same Fourier transform and window.
    private func sameFrontEnd(_ store: ResultsStore, _ own: RunID) throws -> Set<RunID> {
        func frontEnd(_ config: String?) -> [Int]? {
            let network = config.flatMap {
                try? JSONDecoder().decode(ModelRun.Decisive.self, from: Data($0.utf8)).network
            }
            return network.map { [$0.nFFT, $0.winLength, $0.hopLength] }
        }
        let mine = frontEnd(modelRun.description.config)
        return Set(
            try store.runs().filter {
                $0.id != own && $0.run.source == .checkpoint && mine != nil && frontEnd($0.run.config) == mine
            }.map(\.id))
    }
}
