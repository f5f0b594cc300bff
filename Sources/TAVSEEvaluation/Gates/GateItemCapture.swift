import TAVSEData
import TAVSEModel
import TAVSESignal
import TAVSEStore

/// What became of one item.
struct CapturedItem: Sendable {
    /// The item.
    var item: ItemDescription
    /// New gates; nil where there are none to store.
    var gates: [GateRecord]?
    /// New scores; nil where all were there.
    var result: ItemResult?
    /// Why there are no gates.
    var failure: SignalFailure?
}

/// Reads and enhances one item and takes its gates; what goes wrong with it becomes an outcome.
struct GateItemCapture: Sendable {
    let enhancer: Enhancer
    let items: ModelItems
    let scorer: SignalScorer
    let store: ResultsStore
    let run: RunID
    /// Items that need not be captured again.
    let captured: Set<String>

    func capture(_ index: Int) throws(StoreError) -> CapturedItem {
        let item: ModelItem
        do throws(DataError) { item = try items.read(index) } catch {
            return failed(items.description(index), SignalFailure(error))
        }
        let stored = try store.stored(for: item.description, run: run)
        let known = stored.scores.filter { $0.outcome.value != nil }
        let isScored = scorer.covers(known, .enhanced) && scorer.covers(known, .noisy)
        if isScored && captured.contains(item.description.key) {
            return CapturedItem(item: item.description)
        }
        guard !item.frames.isEmpty else {
            return failed(
                item.description,
                SignalFailure(status: "no_video", reason: "no camera in use saw it: nothing passes the gates")
            )
        }
        let enhanced: (signal: Signal, gates: GateActivations?)
        do throws(SignalFailure) { enhanced = try enhancer.enhance(item, capturesGates: true) } catch {
            return failed(item.description, error)
        }
        guard let activations = enhanced.gates,
            let gates = TokenGates.records(activations, present: Set(item.frames.keys))
        else {
            return failed(
                item.description,
                SignalFailure(status: "non_finite_output", reason: "the gates hold NaN or infinity"))
        }
        return CapturedItem(
            item: item.description, gates: gates,
            result: isScored ? nil : scores(item, enhanced: enhanced.signal, stored: stored, known: known))
    }

    /// Scores that the run lacks. Scores of one output are never mixed with those of another.
    private func scores(
        _ item: ModelItem, enhanced: Signal, stored: StoredScores, known: [ScoreRecord]
    ) -> ItemResult {
        let estimate = EstimateRecord(path: nil, contentHash: enhanced.contentHash)
        let isSame = stored.estimate?.contentHash == estimate.contentHash
        let own = known.filter { $0.signal != .enhanced || isSame }
        let clean = SignalReading.success(item.clean)
        let noisy = SignalReading.success(item.noisy)
        let output = scorer.score(.enhanced, of: .success(enhanced), clean: clean, noisy: noisy, known: own)
        let input = scorer.score(
            .noisy, of: noisy, clean: clean, noisy: noisy, known: own,
            borrowed: stored.references.map(\.score).filter { $0.signal == .noisy })
        return ItemResult(
            item: item.description, estimate: isSame ? stored.estimate ?? estimate : estimate,
            scores: output.records + input.records)
    }

    private func failed(_ item: ItemDescription, _ failure: SignalFailure) -> CapturedItem {
        CapturedItem(item: item, failure: failure)
    }
}
