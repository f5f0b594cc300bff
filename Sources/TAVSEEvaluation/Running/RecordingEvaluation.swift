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
    private let options: EvaluationOptions

    /// Describes an evaluation.
    ///
    /// - Parameters:
    ///   - pairs: what to score; the first ones are kept for listening.
    ///   - run: under which identity it is stored.
    ///   - options: how.
    public init(_ pairs: [RecordingPair], run: RecordingRun, options: EvaluationOptions = EvaluationOptions())
    {
        self.pairs = pairs
        recordingRun = run
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
            let run = try options.start.open(recordingRun.description, in: store)
            let scorer = ItemScorer(
                scorer: try SignalScorer(
                    options.metrics, in: store,
                    resampling: recordingRun.resampleRate.map(ResampledReading.init)), store: store, run: run,
                reading: recordingRun, isFresh: options.start == .fresh)
            let loop = EvaluationLoop(
                store: store, run: run, system: recordingRun.system, options: options, count: pairs.count,
                stop: stop)
            let (pairs, sampleCount) = (pairs, options.sampleCount)
            return try loop.run(progress: progress) { index throws(StoreError) in
                try scorer.score(pairs[index], keepAudio: index < sampleCount)
            }
        }
    }
}
