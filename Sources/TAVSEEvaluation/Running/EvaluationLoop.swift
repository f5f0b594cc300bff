import TAVSEMetrics
import TAVSEStore

/// How far an evaluation has come.
public struct EvaluationProgress: Sendable, Equatable {
    /// Items done and stored or about to be.
    public var done: Int
    /// Items in all.
    public var total: Int
    /// Items with a recording at fault.
    public var failed: Int
    /// Items of which every score was stored before.
    public var reused: Int
}

/// Scores numbered items on several threads and stores them in their order by one writer.
///
/// Each batch is one transaction: the content of the store does not depend on the number of threads, and what was
/// committed survives any end.
struct EvaluationLoop {
    let store: ResultsStore
    let run: RunID
    let system: String
    let metrics: [MetricDescriptor]
    /// Number of items.
    let count: Int
    /// Threads.
    let jobs: Int
    /// Folder of recordings kept for listening.
    let sampleFolder: String

    /// Items per transaction, and how long finished items may wait for one.
    private static let batchSize = 32
    private static let batchSeconds = 1.0
    /// Results per thread that may wait for an earlier item.
    private static let windowPerJob = 16

    /// Scores everything.
    ///
    /// - Parameters:
    ///   - cancellation: stops the work after the items at hand; what is done is stored.
    ///   - progress: called on the calling thread after items are done, and at least once a second.
    ///   - work: scores one item; called on any thread.
    func run(
        cancellation: Cancellation, progress: (EvaluationProgress) -> Void,
        work: @escaping @Sendable (Int) throws(StoreError) -> ScoredItem
    ) throws -> EvaluationOutcome {
        let pipeline = OrderedPipeline<Result<ScoredItem, StoreError>>(
            count: count, window: max(1, jobs) * Self.windowPerJob, cancellation: cancellation
        ) { index in
            Result { () throws(StoreError) in try work(index) }
        }
        var collector = OutcomeCollector(system: system, metrics: metrics, run: run)
        var state = EvaluationProgress(done: 0, total: count, failed: 0, reused: 0)
        var samples = SampleWriter(folder: sampleFolder, storePath: store.path)
        var batch: [ItemResult] = []
        let clock = ContinuousClock()
        var committed = clock.now
        func commit() throws {
            try store.commit(batch, run: run)
            batch.removeAll(keepingCapacity: true)
            committed = clock.now
        }
        progress(state)
        try pipeline.run(jobs: jobs) { outputs in
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
        return collector.outcome(stopped: stopped, total: count)
    }
}
