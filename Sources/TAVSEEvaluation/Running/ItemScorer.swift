import TAVSESignal
import TAVSEStore

/// Reads, checks and scores one item; everything that can be wrong with its files becomes an outcome.
struct ItemScorer: Sendable {
    let scorer: SignalScorer
    let store: ResultsStore
    let run: RunID
    /// How recordings are read.
    let reading: RecordingRun
    /// Whether scores that this run has are skipped.
    let isFresh: Bool

    func score(_ pair: RecordingPair, keepAudio: Bool) throws(StoreError) -> ScoredItem {
        var clean = read(pair.clean)
        var enhanced = read(pair.enhanced)
        var noisy = pair.noisy.map(read)
        let enhancedHash = enhanced.signal?.contentHash
        let item = ItemDescription(
            utterance: pair.utterance, speaker: pair.speaker, split: reading.split, snrDB: pair.snrDB,
            noiseType: pair.noiseType, cleanHash: clean.signal?.contentHash,
            noisyHash: noisy?.signal?.contentHash, sampleRate: clean.signal?.sampleRate,
            durationSeconds: clean.signal?.durationSeconds)
        if let rate = reading.resampleRate {
            let resampling = ResampledReading(rate: rate)
            clean = clean.map(resampling.signal)
            enhanced = enhanced.map(resampling.signal)
            noisy = noisy.map { $0.map(resampling.signal) }
        }
        let trimmed = reading.trim ? Self.trim(&clean, &enhanced, &noisy) : 0
        let estimate = EstimateRecord(
            path: pair.enhanced, contentHash: enhancedHash, trimmedSamples: trimmed)

        let stored = isFresh ? StoredScores.none : try store.stored(for: item, run: run)
        // Scores of an output that has changed since are of no use.
        let same = stored.estimate?.contentHash == enhancedHash && stored.estimate?.trimmedSamples == trimmed
        let mine = stored.scores.filter { $0.outcome.value != nil }
        let output = scorer.score(
            .enhanced, of: enhanced, clean: clean, noisy: noisy, known: same ? mine : [])
        var input: SignalScorer.Scored?
        if let noisy {
            // A changed output does not change the noisy input, unless it is what the input was cut to.
            let whole = trimmed == 0 && stored.estimate?.trimmedSamples == 0
            // Trimming changes what is compared; other runs' scores are of the whole recordings.
            input = scorer.score(
                .noisy, of: noisy, clean: clean, noisy: noisy, known: same || whole ? mine : [],
                borrowed: trimmed == 0 ? stored.references.map(\.score) : [])
        }
        var audio: [(kind: SampleRecord.Kind, signal: Signal)] = []
        if keepAudio, let reference = clean.signal, let output = enhanced.signal {
            audio = [(.clean, reference), (.enhanced, output)]
            if let input = noisy?.signal { audio.insert((.noisy, input), at: 1) }
        }
        return ScoredItem(
            result: ItemResult(
                item: item, estimate: estimate, scores: output.records + (input?.records ?? [])),
            enhanced: output.outcomes, noisy: input?.outcomes, oracle: nil,
            reused: output.reused + (input?.reused ?? 0), audio: audio)
    }

    private func read(_ path: String) -> SignalReading {
        Result { () throws(AudioError) in try AudioFile.read(path, channel: reading.channel) }
            .mapError(SignalFailure.init)
    }

    /// Cuts all signals to the shortest; returns how many samples the longest lost.
    private static func trim(
        _ clean: inout SignalReading, _ enhanced: inout SignalReading, _ noisy: inout SignalReading?
    ) -> Int {
        let signals = [clean.signal, enhanced.signal, noisy?.signal].compactMap { $0 }
        guard Set(signals.map(\.sampleRate)).count == 1, let shortest = signals.map(\.count).min(),
            let longest = signals.map(\.count).max(), longest > shortest
        else { return 0 }
        func cut(_ reading: SignalReading) -> SignalReading {
            reading.map { Signal(samples: Array($0.samples.prefix(shortest)), sampleRate: $0.sampleRate) }
        }
        clean = cut(clean)
        enhanced = cut(enhanced)
        noisy = noisy.map(cut)
        return longest - shortest
    }
}
