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
    let bench: ModelBench
    /// Items that need not be captured again.
    let captured: Set<String>

    func capture(_ index: Int) throws(StoreError) -> CapturedItem {
        switch try bench.prepare(index) {
        case .success(let prepared):
            do throws(SignalFailure) { return try capture(prepared) } catch {
                return CapturedItem(item: prepared.item.description, failure: error)
            }
        case .failure(let failure):
            return CapturedItem(item: bench.items.description(index), failure: failure)
        }
    }

    private func capture(_ prepared: PreparedItem) throws(SignalFailure) -> CapturedItem {
        let item = prepared.item
        let isScored = [.enhanced, .noisy].allSatisfy { bench.scorer.covers(prepared.known, $0) }
        if isScored && captured.contains(item.description.key) {
            return CapturedItem(item: item.description)
        }
        guard !item.frames.isEmpty else {
            throw SignalFailure(
                status: "no_video", reason: "no camera in use saw it: nothing passes the gates")
        }
        let enhanced = try bench.enhance(item, capturesGates: true)
        guard let activations = enhanced.gates,
            let gates = TokenGates.records(activations, present: Set(item.frames.keys))
        else {
            throw SignalFailure(
                status: "non_finite_output", reason: "the gates hold NaN or infinity")
        }
        return CapturedItem(
            item: item.description, gates: gates,
            result: isScored ? nil : missingScores(of: enhanced.signal, prepared))
    }

    /// Scores that the run lacks.
    private func missingScores(of enhanced: Signal, _ prepared: PreparedItem) -> ItemResult {
        var prepared = prepared
        let estimate = EstimateRecord(path: nil, contentHash: enhanced.contentHash)
        let isSame = prepared.keepScores(of: estimate.contentHash)
        let output = bench.score(.enhanced, of: .success(enhanced), prepared, borrowed: [])
        let input = bench.score(
            .noisy, of: .success(prepared.item.noisy), prepared,
            borrowed: prepared.stored.references.map(\.score))
        return ItemResult(
            item: prepared.item.description,
            estimate: isSame ? prepared.stored.estimate ?? estimate : estimate,
            scores: output.records + input.records)
    }
}
