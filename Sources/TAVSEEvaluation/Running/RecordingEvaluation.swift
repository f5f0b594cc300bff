import TAVSEBase
import TAVSEMetrics
import TAVSEStore

/// Scores one system's recordings and stores every score.
///
/// Items are scored on several threads and stored in their order by one writer, in batches of one transaction each:
/// the content of the store does not depend on the number of threads, and what was committed survives any end.
public struct RecordingEvaluation: Sendable {
    private let pairs: [RecordingPair]
    private let recordingRun: RecordingRun
    private let shard: Shard?
    private let options: EvaluationOptions

    /// Describes an evaluation.
    ///
    /// - Parameters:
    ///   - pairs: all that there is to score, other shards' recordings among them; the first ones are kept for listening.
    ///   - run: under which identity it is stored.
    ///   - shard: the share of the recordings to score; nil for all.
    ///   - options: how.
    public init(
        _ pairs: [RecordingPair], run: RecordingRun, shard: Shard? = nil,
        options: EvaluationOptions = EvaluationOptions()
    ) {
        self.pairs = pairs
        recordingRun = run
        self.shard = shard
        self.options = options
    }

    /// Scores everything.
    ///
    /// - Parameters:
    ///   - store: where the scores go.
    ///   - stop: stops the work after the items at hand; what is done is stored.
    ///   - progress: called on the calling thread after items are done, and at least once a second.
    /// - Throws: `EvaluationError`. Wrong recordings are outcomes, not errors.
    public func run(
        store: ResultsStore, stop: StopFlag = StopFlag(),
        progress: (EvaluationProgress) -> Void = { _ in }
    ) throws(EvaluationError) -> EvaluationOutcome {
        try EvaluationError.naming(store: store.path) {
            let pairs = shard.map { $0.indices(of: self.pairs.indices).map { self.pairs[$0] } } ?? self.pairs
            guard !pairs.isEmpty else {
                throw EvaluationError.noPairs(where: "shard \(shard?.description ?? "1/1") is empty")
            }
            let plan = EvaluationPlan(
                self.pairs.map { recordingRun.item($0) }, shard: shard?.index ?? 1, of: shard?.count ?? 1)
            let opened = try options.start.open(recordingRun.description, plan: plan, in: store)
            let metrics = try SignalScorer(
                options.metrics, in: store, resampling: recordingRun.resampleRate.map(ResampledReading.init))
            let scorer = ItemScorer(
                scorer: metrics, store: store, run: opened.run, reading: recordingRun,
                isFresh: options.start == .fresh)
            let loop = EvaluationLoop(
                store: store, opened: opened, plan: plan, system: recordingRun.system, options: options,
                metrics: metrics.numbers, stop: stop)
            let sampleCount = options.sampleCount
            return try loop.run(progress: progress) { index throws(StoreError) in
                try scorer.score(pairs[index], keepAudio: index < sampleCount)
            }
        }
    }
}
