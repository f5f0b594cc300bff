import TAVSEData
import TAVSEModel
import TAVSESignal
import TAVSEStore

/// Reads, enhances and scores one item; what goes wrong with it becomes an outcome.
///
/// The network is run where a score of its output is missing or its sound is to be kept, and nowhere else.
struct ModelItemScorer: Sendable {
    let enhancer: Enhancer
    let items: ModelItems
    let scorer: SignalScorer
    let oracle: OracleMask
    let store: ResultsStore
    let run: RunID
    /// Whether scores that this run has are passed over.
    let isFresh: Bool
    /// Runs whose oracle went through the same front end.
    let sameFrontEnd: Set<RunID>

    func score(_ index: Int, keepAudio: Bool) throws(StoreError) -> ScoredItem {
        let item: ModelItem
        do throws(DataError) { item = try items.read(index) } catch {
            return unreadable(items.description(index), SignalFailure(error))
        }
        let stored = isFresh ? StoredScores.none : try store.stored(for: item.description, run: run)
        let mine = stored.scores.filter { $0.outcome.value != nil }
        let clean = SignalReading.success(item.clean)
        let noisy = SignalReading.success(item.noisy)

        var known = mine
        var estimate = stored.estimate ?? EstimateRecord(path: nil, contentHash: nil)
        var enhanced = SignalReading.failure(SignalFailure(status: "not_enhanced", reason: "not needed"))
        if keepAudio || !scorer.covers(mine, .enhanced) {
            let clock = ContinuousClock()
            let start = clock.now
            enhanced = Result { () throws(SignalFailure) in try enhancer.enhance(item).signal }
            estimate = EstimateRecord(
                path: nil, contentHash: enhanced.signal?.contentHash,
                processingSeconds: enhanced.signal == nil ? nil : (clock.now - start) / .seconds(1))
            // Another machine may round differently: scores of one output are never mixed with those of another.
            if stored.estimate?.contentHash != estimate.contentHash {
                known.removeAll { $0.signal == .enhanced }
            }
        }
        let output = scorer.score(.enhanced, of: enhanced, clean: clean, noisy: noisy, known: known)
        let borrowed = stored.references.filter {
            $0.score.signal == .noisy || sameFrontEnd.contains($0.run)
        }.map(\.score)
        let input = scorer.score(
            .noisy, of: noisy, clean: clean, noisy: noisy, known: known, borrowed: borrowed)
        let needsOracle = keepAudio || !scorer.covers(known + borrowed, .oracle)
        let masked: SignalReading =
            needsOracle
            ? Result { () throws(ModelError) in try oracle(clean: item.clean, noisy: item.noisy) }
                .mapError(SignalFailure.init) : enhanced
        let ceiling = scorer.score(
            .oracle, of: masked, clean: clean, noisy: noisy, known: known, borrowed: borrowed)

        var audio: [(kind: SampleRecord.Kind, signal: Signal)] = []
        if keepAudio, let wave = enhanced.signal, let best = masked.signal {
            audio = [(.clean, item.clean), (.noisy, item.noisy), (.enhanced, wave), (.oracle, best)]
        }
        return ScoredItem(
            result: ItemResult(
                item: item.description, estimate: estimate,
                scores: output.records + input.records + ceiling.records),
            enhanced: output.outcomes, noisy: input.outcomes, oracle: ceiling.outcomes,
            reused: output.reused + input.reused + ceiling.reused, audio: audio)
    }

    private func unreadable(_ item: ItemDescription, _ failure: SignalFailure) -> ScoredItem {
        let reading = SignalReading.failure(failure)
        let scored = SignalKind.allCases.map {
            scorer.score($0, of: reading, clean: reading, noisy: reading, known: [])
        }
        return ScoredItem(
            result: ItemResult(
                item: item, estimate: EstimateRecord(path: nil, contentHash: nil),
                scores: scored.flatMap(\.records)),
            enhanced: scored[0].outcomes, noisy: scored[0].outcomes, oracle: scored[0].outcomes, reused: 0,
            audio: [])
    }
}
