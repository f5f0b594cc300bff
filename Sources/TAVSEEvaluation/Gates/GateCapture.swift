import Foundation
import TAVSEBase
import TAVSEMetrics
import TAVSEModel
import TAVSEStore

/// Runs a network on the fixed mixes of a split and stores the activations of its fusion gates, under the run that an
/// evaluation of the same network has.
///
/// Items without SI-SNR of noisy and enhanced signal in that run get them on the way, since gates are compared with the
/// improvement. Items that have both are skipped: an interrupted capture resumes.
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
        public var progress: EvaluationProgress
        /// Items without gates, in order.
        public var failures: [Failure]
        /// Whether the work was stopped before its end.
        public var stopped: Bool { progress.isPartial }
    }

    /// Metric that is stored where it is missing.
    static let metric = MetricName.siSNR

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
    ///   - stop: stops the work after the items at hand; what is done is stored.
    ///   - progress: called on the calling thread after items are done, and at least once a second.
    /// - Throws: `EvaluationError`. Items that cannot be read or enhanced are outcomes, not errors.
    public func run(
        store: ResultsStore, stop: StopFlag = StopFlag(),
        progress: (EvaluationProgress) -> Void = { _ in }
    ) throws(EvaluationError) -> Outcome {
        try EvaluationError.naming(store: store.path) {
            let identity = try EvaluationStart.continue.generation(of: modelRun.description, in: store)
            let count = min(items.count, options.limit ?? items.count)
            let opened = try store.beginCapture(
                identity, plan: EvaluationPlan((0..<count).map(items.description)))
            let bench = try ModelBench(
                evaluated, items: items, run: opened.run, metrics: [Self.metric], store: store)
            let worker = GateItemCapture(bench: bench, captured: try store.itemsWithGates(run: bench.run))
            let walk = ItemWalk(count: count, jobs: options.jobs, stop: stop)
            var failures: [Failure] = []
            let end = try ModelBench.withSerialKernels {
                try walk.run(worker.capture, progress: progress) { captured, state in
                    if let failure = captured.failure {
                        state.failed += 1
                        failures.append(
                            Failure(
                                item: captured.item.label, status: failure.status, reason: failure.reason))
                    } else if captured.gates == nil {
                        state.reused += 1
                    }
                    // Scores first: they put a changed recording in the place of the old one, gates and all.
                    if let result = captured.result {
                        try store.commit([result], run: bench.run, for: .capture)
                    }
                    if let gates = captured.gates {
                        try store.replaceGates(gates, of: captured.item, run: bench.run)
                    } else if captured.failure == nil {
                        try store.keep(captured.item, inCapture: bench.run)
                    }
                }
            }
            try store.endCapture(bench.run, isWhole: end.done == items.count)
            return Outcome(
                run: bench.run, system: modelRun.system, progress: end, failures: failures)
        }
    }
}
