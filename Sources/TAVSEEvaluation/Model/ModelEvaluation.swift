import Foundation
import TAVSEBase
import TAVSEMetrics
import TAVSEModel
import TAVSEStore

/// Runs a network on the fixed mixes of a split and stores every score of noisy, enhanced and oracle signal.
///
/// Each thread takes an item through reading, network and metrics on its own, the network on that thread alone: all
/// processors are busy without waiting for each other, and an item's bits depend neither on the number of threads nor
/// on its neighbours.
public struct ModelEvaluation: Sendable {
    private let evaluated: EvaluatedNetwork
    private let items: ModelItems
    private let modelRun: ModelRun
    private let shard: Shard?
    private let options: EvaluationOptions

    /// Describes an evaluation.
    ///
    /// - Parameters:
    ///   - evaluated: the network.
    ///   - items: what it is run on, read with the cameras of the run's modalities.
    ///   - run: under which identity it is stored.
    ///   - shard: the share of the items to evaluate; nil for all.
    ///   - options: how.
    public init(
        _ evaluated: EvaluatedNetwork, items: ModelItems, run: ModelRun, shard: Shard? = nil,
        options: EvaluationOptions = EvaluationOptions()
    ) {
        self.evaluated = evaluated
        self.items = items
        modelRun = run
        self.shard = shard
        self.options = options
    }

    /// Evaluates everything. Sets the number of threads of the network's kernels to 1 and back.
    ///
    /// - Parameters:
    ///   - store: where the scores go.
    ///   - stop: stops the work after the items at hand; what is done is stored.
    ///   - progress: called on the calling thread after items are done, and at least once a second.
    /// - Throws: `EvaluationError`. Items that cannot be read or enhanced are outcomes, not errors.
    public func run(
        store: ResultsStore, stop: StopFlag = StopFlag(),
        progress: (EvaluationProgress) -> Void = { _ in }
    ) throws(EvaluationError) -> EvaluationOutcome {
        try EvaluationError.naming(store: store.path) {
            let all = 0..<items.count
            let chosen = shard?.indices(of: all) ?? Array(all)
            guard !chosen.isEmpty else {
                throw EvaluationError.noPairs(
                    where: "share \(shard?.description ?? "1/1") of \(items.count) items is empty")
            }
            let plan = EvaluationPlan(
                all.map(items.description), shard: shard?.index ?? 1, of: shard?.count ?? 1)
            let opened = try options.start.open(modelRun.description, plan: plan, in: store)
            let bench = try ModelBench(
                evaluated, items: items, run: opened.run, metrics: options.metrics, start: options.start,
                store: store)
            let scorer = ModelItemScorer(
                bench: bench, oracle: OracleMask(evaluated.network.stft),
                sameFrontEnd: try sameFrontEnd(store, bench.run))
            let samples = SampleChoice.spread(options.sampleCount, over: chosen.map(items.description))
            let loop = EvaluationLoop(
                store: store, opened: opened, plan: plan, system: modelRun.system, options: options,
                metrics: bench.scorer.numbers, stop: stop)
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
