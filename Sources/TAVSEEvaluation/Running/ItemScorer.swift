import TAVSEMetrics
import TAVSESignal
import TAVSEStore

/// What became of one item.
struct ScoredItem: Sendable {
    var result: ItemResult
    /// Outcome per metric, computed now or before.
    var enhanced: [ScoreOutcome]
    /// Outcome per metric; nil without a noisy recording.
    var noisy: [ScoreOutcome]?
    /// Scores that were stored before and not computed again.
    var reused: Int
    /// The recordings, where samples are to be kept and all could be read.
    var audio: [(kind: SampleRecord.Kind, signal: Signal)]

    /// Reasons that lie in what a metric is, not in a recording: a metric that does not exist for this rate, for
    /// one reference, or without noisy input.
    private static let inapplicable: Set<String> = [
        "unsupported_sample_rate", "undefined", "missing_noisy", "infinite",
    ]

    /// Whether a recording is at fault for a missing score.
    var isFailed: Bool {
        enhanced.contains { $0.value == nil && !Self.inapplicable.contains($0.status) }
    }
}

/// Reads, checks and scores one item; everything that can be wrong with its files becomes an outcome.
struct ItemScorer: Sendable {
    let metrics: [MetricName]
    let numbers: [MetricID]
    let store: ResultsStore
    let run: RunID
    let options: RecordingEvaluation.Options

    private typealias Reading = Result<Signal, AudioError>

    func score(_ pair: RecordingPair, keepAudio: Bool) throws(StoreError) -> ScoredItem {
        var clean = read(pair.clean)
        var enhanced = read(pair.enhanced)
        var noisy = pair.noisy.map(read)
        let enhancedHash = Self.signal(enhanced)?.contentHash
        let item = ItemDescription(
            utterance: pair.utterance, speaker: pair.speaker, split: options.split, snrDB: pair.snrDB,
            noiseType: pair.noiseType, cleanHash: Self.signal(clean)?.contentHash,
            noisyHash: noisy.flatMap(Self.signal)?.contentHash, sampleRate: Self.signal(clean)?.sampleRate,
            durationSeconds: Self.signal(clean)?.durationSeconds)
        let trimmed = options.trim ? Self.trim(&clean, &enhanced, &noisy) : 0
        let estimate = EstimateRecord(
            path: pair.enhanced, contentHash: enhancedHash, trimmedSamples: trimmed)

        let stored = options.start == .fresh ? StoredScores.none : try store.stored(for: item, run: run)
        // Scores of an output that has changed since are of no use.
        let same = stored.estimate?.contentHash == enhancedHash && stored.estimate?.trimmedSamples == trimmed
        let mine = stored.scores.filter { $0.outcome.value != nil }
        // Trimming changes what is compared; other runs' scores are of the whole recordings.
        let others = trimmed == 0 ? stored.noisy : []

        var records: [ScoreRecord] = []
        var reused = 0
        let enhancedOutcomes = outcomes(
            .enhanced, of: enhanced, clean: clean, noisy: noisy,
            known: same ? mine.filter { $0.signal == .enhanced } : [], new: &records, reused: &reused)
        var noisyOutcomes: [ScoreOutcome]?
        if let input = noisy {
            // A changed output does not change the noisy input, unless it is what the input was cut to.
            let whole = trimmed == 0 && stored.estimate?.trimmedSamples == 0
            let own = same || whole ? mine.filter { $0.signal == .noisy } : []
            noisyOutcomes = outcomes(
                .noisy, of: input, clean: clean, noisy: input, known: own, borrowed: others, new: &records,
                reused: &reused)
        }
        var audio: [(kind: SampleRecord.Kind, signal: Signal)] = []
        if keepAudio, let reference = Self.signal(clean), let output = Self.signal(enhanced) {
            audio = [(.clean, reference), (.enhanced, output)]
            if let input = noisy.flatMap(Self.signal) { audio.insert((.noisy, input), at: 1) }
        }
        return ScoredItem(
            result: ItemResult(item: item, estimate: estimate, scores: records), enhanced: enhancedOutcomes,
            noisy: noisyOutcomes, reused: reused, audio: audio)
    }

    /// One outcome per metric: from the store where it is known, computed otherwise.
    private func outcomes(
        _ kind: SignalKind, of estimate: Reading, clean: Reading, noisy: Reading?, known: [ScoreRecord],
        borrowed: [ScoreRecord] = [], new records: inout [ScoreRecord], reused: inout Int
    ) -> [ScoreOutcome] {
        var byMetric: [MetricID: ScoreOutcome] = [:]
        for score in known { byMetric[score.metric] = score.outcome }
        for score in borrowed where numbers.contains(score.metric) && byMetric[score.metric] == nil {
            byMetric[score.metric] = score.outcome
            records.append(score)
        }
        let needed = metrics.indices.filter { byMetric[numbers[$0]] == nil }
        reused += metrics.count - needed.count
        for score in compute(needed.map { metrics[$0] }, estimate: estimate, clean: clean, noisy: noisy) {
            guard let position = metrics.firstIndex(of: score.metric) else { continue }
            byMetric[numbers[position]] = score.outcome
            records.append(
                ScoreRecord(
                    signal: kind, metric: numbers[position], outcome: score.outcome,
                    milliseconds: score.milliseconds))
        }
        return numbers.map { number in
            byMetric[number] ?? .failed(status: "undefined", reason: "the metric gave no outcome")
        }
    }

    private struct Computed {
        var metric: MetricName
        var outcome: ScoreOutcome
        var milliseconds: Double?
    }

    private func compute(
        _ metrics: [MetricName], estimate: Reading, clean: Reading, noisy: Reading?
    ) -> [Computed] {
        if metrics.isEmpty { return [] }
        let reference: Signal
        let signal: Signal
        switch (clean, estimate) {
        case (.failure(let error), _), (_, .failure(let error)):
            return metrics.map { Computed(metric: $0, outcome: ScoreOutcome(error), milliseconds: nil) }
        case (.success(let first), .success(let second)): (reference, signal) = (first, second)
        }
        let scores = MetricSuite(metrics: metrics).score(
            estimate: signal, reference: reference, noisy: noisy.flatMap(Self.signal))
        return scores.map { score in
            var outcome = ScoreOutcome(score.result)
            // The noisy recording was named and could not be read: that is the reason.
            if case .failure(.missingNoisy) = score.result, case .failure(let error)? = noisy {
                outcome = ScoreOutcome(error)
            }
            return Computed(metric: score.metric, outcome: outcome, milliseconds: score.milliseconds)
        }
    }

    private func read(_ path: String) -> Reading {
        Result { () throws(AudioError) in try AudioFile.read(path, channel: options.channel) }
    }

    private static func signal(_ reading: Reading) -> Signal? { try? reading.get() }

    /// Cuts all signals to the shortest; returns how many samples the longest lost.
    private static func trim(_ clean: inout Reading, _ enhanced: inout Reading, _ noisy: inout Reading?)
        -> Int
    {
        let signals = [signal(clean), signal(enhanced), noisy.flatMap(signal)].compactMap { $0 }
        guard Set(signals.map(\.sampleRate)).count == 1, let shortest = signals.map(\.count).min(),
            let longest = signals.map(\.count).max(), longest > shortest
        else { return 0 }
        func cut(_ reading: Reading) -> Reading {
            reading.map { Signal(samples: Array($0.samples.prefix(shortest)), sampleRate: $0.sampleRate) }
        }
        clean = cut(clean)
        enhanced = cut(enhanced)
        noisy = noisy.map(cut)
        return longest - shortest
    }
}

extension ScoreOutcome {
    /// A metric's result as it is stored.
    public init(_ result: Result<Double, MetricError>) {
        switch result {
        case .success(let value): self.init(value)
        case .failure(let error): self = .failed(status: error.code, reason: error.description)
        }
    }

    /// An unreadable file as it is stored.
    init(_ error: AudioError) {
        self = .failed(status: error.code, reason: error.description)
    }
}

extension MetricDescription {
    /// A metric of the catalogue as it is stored.
    public init(_ metric: MetricDescriptor) {
        self.init(
            name: metric.name.rawValue, signature: metric.signature, title: metric.title, unit: metric.unit,
            higherIsBetter: metric.direction == .higherIsBetter, lowerBound: metric.lowerBound,
            upperBound: metric.upperBound)
    }
}
