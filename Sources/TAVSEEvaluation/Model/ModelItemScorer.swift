import TAVSEModel
import TAVSESignal
import TAVSEStore

/// Reads, enhances and scores one item; what goes wrong with it becomes an outcome.
///
/// The network is run where a score of its output is missing or its sound is to be kept, and nowhere else.
struct ModelItemScorer: Sendable {
    let bench: ModelBench
    let oracle: OracleMask
    /// Runs whose oracle went through the same front end.
    let sameFrontEnd: Set<RunID>

    func score(_ index: Int, keepAudio: Bool) throws(StoreError) -> ScoredItem {
        switch try bench.prepare(index) {
        case .success(let prepared): score(prepared, keepAudio: keepAudio)
        case .failure(let failure): unreadable(bench.items.description(index), failure)
        }
    }

    private func score(_ prepared: PreparedItem, keepAudio: Bool) -> ScoredItem {
        var prepared = prepared
        let (item, stored) = (prepared.item, prepared.stored)
        var estimate = stored.estimate ?? EstimateRecord(path: nil, contentHash: nil)
        var enhanced = SignalReading.failure(SignalFailure(status: "not_enhanced", reason: "not needed"))
        if keepAudio || !bench.scorer.covers(prepared.known, .enhanced) {
            var seconds: Double?
            do throws(SignalFailure) {
                let result = try bench.enhance(item)
                (enhanced, seconds) = (.success(result.signal), result.seconds)
            } catch { enhanced = .failure(error) }
            estimate = EstimateRecord(
                path: nil, contentHash: enhanced.signal?.contentHash, processingSeconds: seconds)
            prepared.keepScores(of: estimate.contentHash)
        }
        let borrowed = stored.references.filter {
            $0.score.signal == .noisy || sameFrontEnd.contains($0.run)
        }.map(\.score)
        let needsOracle = keepAudio || !bench.scorer.covers(prepared.known + borrowed, .oracle)
        let masked: SignalReading =
            needsOracle
            ? Result { () throws(ModelError) in try oracle(clean: item.clean, noisy: item.noisy) }
                .mapError(SignalFailure.init) : enhanced
        let output = bench.score(.enhanced, of: enhanced, prepared, borrowed: [])
        let input = bench.score(.noisy, of: .success(item.noisy), prepared, borrowed: borrowed)
        let ceiling = bench.score(.oracle, of: masked, prepared, borrowed: borrowed)

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
            bench.scorer.score($0, of: reading, clean: reading, noisy: reading, known: [])
        }
        return ScoredItem(
            result: ItemResult(
                item: item, estimate: EstimateRecord(path: nil, contentHash: nil),
                scores: scored.flatMap(\.records)),
            enhanced: scored[0].outcomes, noisy: scored[0].outcomes, oracle: scored[0].outcomes, reused: 0,
            audio: [])
    }
}
