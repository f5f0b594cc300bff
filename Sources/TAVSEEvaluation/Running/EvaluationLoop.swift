import TAVSEBase
import TAVSEMetrics
import TAVSEStore

/// Scores the items of a walk and stores the scores.
///
/// Each batch is one transaction: the content of the store does not depend on the number of threads, and what was
/// committed survives any end.
struct EvaluationLoop {
    let store: ResultsStore
    let opened: OpenedEvaluation
    let plan: EvaluationPlan
    let system: String
    let options: EvaluationOptions
    /// Numbers of the metrics in the store.
    let metrics: [MetricID]
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
        let run = opened.run
        var counter = OutcomeCounter()
        var samples = SampleWriter(folder: options.sampleFolder, storePath: store.path)
        var batch: [ItemResult] = []
        let clock = ContinuousClock()
        var committed = clock.now
        func commit() throws {
            try store.commit(batch, run: run, for: .evaluation(shard: plan.shard))
            batch.removeAll(keepingCapacity: true)
            committed = clock.now
        }
        let walk = ItemWalk(count: plan.shardItems, jobs: options.jobs, stop: stop)
        let end = try walk.run(work, progress: progress) {
            if !batch.isEmpty && clock.now - committed > .seconds(Self.batchSeconds) { try commit() }
        } write: { scored, state in
            var item = scored
            item.result.samples = try samples.write(item.audio)
            counter.add(item)
            if item.isFailed { state.failed += 1 }
            if item.result.scores.isEmpty { state.reused += 1 }
            batch.append(item.result)
            if batch.count >= Self.batchSize { try commit() }
        }
        try commit()
        let state = try store.endEvaluation(run, plan: plan, finished: !end.isPartial, metrics: metrics)
        return EvaluationOutcome(
            run: run, table: try table(run), end: state,
            superseded: max(0, state.superseded - opened.superseded), failedItems: counter.failed,
            doneItems: end.done, totalItems: end.total, reusedItems: counter.reused,
            trimmedItems: counter.trimmed, mostTrimmedSamples: counter.mostTrimmed,
            processingSeconds: counter.processingSeconds, processedSeconds: counter.processedSeconds)
    }

    /// What the run shows, the metrics in the order of tables.
    private func table(_ run: RunID) throws -> ScoreTable {
        let held = try store.metricCounts(of: run).map(\.name)
        let names = options.metrics.map(\.rawValue) + held
        let ordered = MetricNaming.ordered(names.compactMap(MetricName.init(rawValue:))).map(\.rawValue)
        return try store.scoreTable(
            systems: ["noisy", system, "oracle"], metrics: ordered.filter(Set(names).contains), runs: [run])
    }
}
