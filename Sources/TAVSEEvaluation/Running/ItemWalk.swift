import TAVSEBase
import TAVSEStore

/// A walk over numbered items: several threads work on them, one writer takes what became of each in their order.
struct ItemWalk {
    /// Number of items.
    let count: Int
    /// Threads.
    let jobs: Int
    let stop: StopFlag

    /// Results per thread that may wait for an earlier item.
    private static let windowPerJob = 16

    /// Walks over everything.
    ///
    /// - Parameters:
    ///   - work: done to one item; called on any thread.
    ///   - progress: called on the calling thread after items are done, and at least once a second.
    ///   - pause: called before that.
    ///   - write: stores what became of an item and counts it as failed or reused; called on the calling thread.
    /// - Returns: how far it came; the flag stops it after the items at hand.
    func run<Item: Sendable>(
        _ work: @escaping @Sendable (Int) throws(StoreError) -> Item,
        progress: (EvaluationProgress) -> Void, pause: () throws -> Void = {},
        write: (Item, inout EvaluationProgress) throws -> Void
    ) throws -> EvaluationProgress {
        let pipeline = OrderedPipeline<Result<Item, StoreError>>(
            count: count, window: max(1, jobs) * Self.windowPerJob, stop: stop
        ) { index in
            Result { () throws(StoreError) in try work(index) }
        }
        var state = EvaluationProgress(done: 0, total: count, failed: 0, reused: 0)
        progress(state)
        try pipeline.run(jobs: jobs) { results in
            for result in results {
                try write(try result.get(), &state)
                state.done += 1
            }
            try pause()
            progress(state)
        }
        return state
    }
}
