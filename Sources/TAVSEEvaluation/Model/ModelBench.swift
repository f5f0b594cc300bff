import TAVSEData
import TAVSEMetrics
import TAVSEModel
import TAVSENN
import TAVSESignal
import TAVSEStore

/// A network on the bench, with its items at hand and its run open in a store: what scoring and capturing gates share.
struct ModelBench: Sendable {
    let enhancer: Enhancer
    let video = RecentVideo()
    let items: ModelItems
    let scorer: SignalScorer
    let store: ResultsStore
    let run: RunID
    /// Whether scores that this run has are skipped.
    let isFresh: Bool

    /// Registers the metrics.
    ///
    /// - Parameter run: the run, open in the store.
    init(
        _ evaluated: EvaluatedNetwork, items: ModelItems, run: RunID, metrics: [MetricName],
        start: EvaluationStart = .continue, store: ResultsStore
    ) throws(EvaluationError) {
        self.run = run
        scorer = try SignalScorer(metrics, in: store)
        enhancer = try evaluated.enhancer()
        self.items = items
        self.store = store
        isFresh = start == .fresh
    }

    /// Keeps the kernels on the thread that calls them while `body` runs: the threads of a walk have an item each, and
    /// all processors are busy without waiting for each other.
    static func withSerialKernels<Value>(_ body: () throws -> Value) rethrows -> Value {
        let threads = Parallel.threads
        Parallel.use(threads: 1)
        defer { Parallel.use(threads: threads) }
        return try body()
    }

    /// Reads an item and what the store has of it; the failure says why it cannot be read.
    func prepare(_ index: Int) throws(StoreError) -> Result<PreparedItem, SignalFailure> {
        let item: ModelItem
        do throws(DataError) { item = try items.read(index) } catch { return .failure(SignalFailure(error)) }
        return .success(
            PreparedItem(
                item: item, stored: isFresh ? .none : try store.stored(for: item.description, run: run)))
    }

    /// Scores a signal of an item against its clean speech, as far as the scores are not known.
    ///
    /// - Parameter borrowed: scores of other runs that are valid here too.
    func score(
        _ kind: SignalKind, of signal: SignalReading, _ prepared: PreparedItem, borrowed: [ScoreRecord]
    ) -> SignalScorer.Scored {
        scorer.score(
            kind, of: signal, clean: .success(prepared.item.clean), noisy: .success(prepared.item.noisy),
            known: prepared.known, borrowed: borrowed)
    }
}

/// An item that was read, and what the store has of it.
struct PreparedItem {
    let item: ModelItem
    let stored: StoredScores
    /// Scores that this run has; those that could not be computed are tried again.
    private(set) var known: [ScoreRecord]

    init(item: ModelItem, stored: StoredScores) {
        self.item = item
        self.stored = stored
        known = stored.scores.filter { $0.outcome.value != nil }
    }

    /// Forgets the scores of another output. Another machine may round differently, and scores of one output are never
    /// mixed with those of another.
    ///
    /// - Parameter output: hash of the output at hand; nil where there is none.
    /// - Returns: whether it is the one that was scored.
    @discardableResult mutating func keepScores(of output: String?) -> Bool {
        let isSame = stored.estimate?.contentHash == output
        if !isSame { known.removeAll { $0.signal == .enhanced } }
        return isSame
    }
}
