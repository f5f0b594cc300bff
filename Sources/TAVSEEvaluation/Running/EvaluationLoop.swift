import TAVSEBase
import TAVSEMetrics
import TAVSEStore

/// Scores the items of a walk and stores the scores.
///
/// Each batch is one transaction: the content of the store does not depend on the number of threads, and what was
/// committed survives any end.
struct EvaluationLoop {
    let store: ResultsStore
    let run: RunID
    let system: String
    let options: EvaluationOptions
    /// Number of items.
    let count: Int
    /// Stops the work after the items at hand; what is done is stored.
    let stop: StopFlag

    /// Items per transaction, and how long finished items may wait for one.
    private static let batchSize = 32
    private static let batchSeconds = 1.0

    /// Scores everything.
    ///
    /// - Parameters:
    ///   - progress: called on the calling thread after items are done, and at least once a second.
    ///   - work: scores one item; called on any thread.
    func run(
        progress: (EvaluationProgress) -> Void,
        work: @escaping @Sendable (Int) throws(StoreError) -> ScoredItem
    ) throws -> EvaluationOutcome {
        var collector = OutcomeCollector(
            system: system, metrics: options.metrics.map(MetricCatalog.descriptor(for:)), run: run)
        var samples = SampleWriter(folder: options.sampleFolder, storePath: store.path)
        var batch: [ItemResult] = []
        let clock = ContinuousClock()
        var committed = clock.now
        func commit() throws {
            try store.commit(batch, run: run)
            batch.removeAll(keepingCapacity: true)
            committed = clock.now
        }
        let walk = ItemWalk(count: count, jobs: options.jobs, stop: stop)
        let end = try walk.run(work, progress: progress) {
            if !batch.isEmpty && clock.now - committed > .seconds(Self.batchSeconds) { try commit() }
        } write: { scored, state in
            var item = scored
            item.result.samples = try samples.write(item.audio)
            collector.add(item)
            if item.isFailed { state.failed += 1 }
            if item.result.scores.isEmpty { state.reused += 1 }
            batch.append(item.result)
            if batch.count >= Self.batchSize { try commit() }
        }
        try commit()
        try store.setStatus(end.isPartial ? .stopped : .finished, of: run)
        return collector.outcome(stopped: end.isPartial, total: end.total)
    }
}
