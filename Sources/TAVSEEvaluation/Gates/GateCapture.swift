import Foundation
import TAVSEMetrics
import TAVSEModel
import TAVSENN
import TAVSEStore

/// Runs a network on the fixed mixes of a split and stores the activations of its fusion gates, under the run that an
/// evaluation of the same network has.
///
/// Items without SI-SNR of noisy and enhanced signal in that run get them on the way, since gates are compared with the
/// improvement. Items that have both are passed over: an interrupted capture goes on where it was.
public struct GateCapture: Sendable {
    /// How to capture.
    public struct Options: Sendable {
        /// Threads; each takes an item through reading and network on its own.
        public var jobs = ProcessInfo.processInfo.activeProcessorCount
        /// The first so many items only; nil for all.
        public var limit: Int?

        /// All items on all processors.
        public init() {}
    }

    /// How far a capture has come.
    public struct Progress: Sendable, Equatable {
        /// Items done and stored.
        public var done: Int
        /// Items in all.
        public var total: Int
        /// Items without gates.
        public var failed: Int
        /// Items that had gates and scores before.
        public var reused: Int
    }

    /// An item without gates.
    public struct Failure: Sendable, Equatable {
        /// The item in words.
        public var item: String
        /// A short code, e.g. "no_video".
        public var status: String
        /// A sentence.
        public var reason: String
    }

    /// What a capture did.
    public struct Outcome: Sendable, Equatable {
        /// The run that holds the gates.
        public var run: RunID
        /// Its system.
        public var system: String
        /// How far it came.
        public var progress: Progress
        /// Items without gates, in order.
        public var failures: [Failure]
        /// Whether the work was stopped before its end.
        public var stopped: Bool
    }

    /// Metric that is stored where it is missing.
    static let metric = MetricName.siSNR
    /// Results per thread that may wait for an earlier item.
    private static let windowPerJob = 16

    private let evaluated: EvaluatedNetwork
    private let items: ModelItems
    private let modelRun: ModelRun
    private let options: Options

    /// Describes a capture.
    ///
    /// - Parameters:
    ///   - evaluated: the network.
    ///   - items: what it is run on, read with the cameras of the run's modalities.
    ///   - run: under which identity it is stored.
    ///   - options: how.
    /// - Throws: `.option` for a run without a camera, which has no gates, and for a limit below 1.
    public init(
        _ evaluated: EvaluatedNetwork, items: ModelItems, run: ModelRun, options: Options = Options()
    ) throws(EvaluationError) {
        guard run.modalities.contains(where: { $0 != .audio }) else {
            let hasCameras = !evaluated.network.specification.visualModalities.isEmpty
            throw .option(
                name: hasCameras ? "modalities" : "config", value: hasCameras ? "audio" : run.system,
                expected: "a network that is given at least one camera; audio alone has no fusion gates")
        }
        if let limit = options.limit, limit < 1 {
            throw .option(name: "limit", value: String(limit), expected: "1 or more")
        }
        self.evaluated = evaluated
        self.items = items
        modelRun = run
        self.options = options
    }

    /// Captures everything. Sets the number of threads of the network's kernels to 1 and back.
    ///
    /// - Parameters:
    ///   - store: where the gates go.
    ///   - cancellation: stops the work after the items at hand; what is done is stored.
    ///   - progress: called on the calling thread after items are done, and at least once a second.
    /// - Throws: `EvaluationError`. Items that cannot be read or enhanced are outcomes, not errors.
    public func run(
        store: ResultsStore, cancellation: Cancellation = Cancellation(),
        progress: (Progress) -> Void = { _ in }
    ) throws(EvaluationError) -> Outcome {
        try EvaluationError.naming(store: store.path) {
            let identity = try EvaluationStart.continue.generation(of: modelRun.description, in: store)
            let wasFinished = try store.runs().contains {
                $0.run.key == identity.key && $0.status == .finished
            }
            let run = try modelRun.open(in: store)
            let numbers = try store.register([
                MetricDescription(MetricCatalog.descriptor(for: Self.metric))
            ])
            let count = min(items.count, options.limit ?? items.count)
            let worker = GateItemCapture(
                enhancer: try evaluated.enhancer(), items: items,
                scorer: SignalScorer(metrics: [Self.metric], numbers: numbers), store: store, run: run,
                captured: try store.itemsWithGates(run: run))
            let threads = Parallel.threads
            Parallel.use(threads: 1)
            defer { Parallel.use(threads: threads) }
            let pipeline = OrderedPipeline<Result<CapturedItem, StoreError>>(
                count: count, window: max(1, options.jobs) * Self.windowPerJob, cancellation: cancellation
            ) { index in
                Result { () throws(StoreError) in try worker.capture(index) }
            }
            var state = Progress(done: 0, total: count, failed: 0, reused: 0)
            var failures: [Failure] = []
            progress(state)
            try pipeline.run(jobs: options.jobs) { outputs in
                for output in outputs {
                    let captured = try output.get()
                    if let failure = captured.failure {
                        state.failed += 1
                        failures.append(
                            Failure(
                                item: captured.item.label, status: failure.status, reason: failure.reason))
                    } else if captured.gates == nil {
                        state.reused += 1
                    }
                    // Scores first: they put a changed recording in the place of the old one, gates and all.
                    if let result = captured.result { try store.commit([result], run: run) }
                    if let gates = captured.gates {
                        try store.replaceGates(gates, of: captured.item, run: run)
                    }
                    state.done += 1
                }
                progress(state)
            }
            let stopped = state.done < state.total
            let isWhole = !stopped && count == items.count
            try store.setStatus(isWhole || wasFinished ? .finished : .stopped, of: run)
            return Outcome(
                run: run, system: modelRun.system, progress: state, failures: failures, stopped: stopped)
        }
    }
}
