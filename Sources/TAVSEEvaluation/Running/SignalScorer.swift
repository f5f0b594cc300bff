import TAVSEData
import TAVSEMetrics
import TAVSEModel
import TAVSESignal
import TAVSEStore

/// Why there is no signal to score: a short code and a sentence.
struct SignalFailure: Error, Equatable {
    var status: String
    var reason: String

    var outcome: ScoreOutcome { .failed(status: status, reason: reason) }
}

/// A signal, or why there is none.
typealias SignalReading = Result<Signal, SignalFailure>

extension SignalReading {
    var signal: Signal? { try? get() }
}

/// Scores one signal of an item: takes what is stored, computes what is missing.
struct SignalScorer: Sendable {
    /// Metrics in the order of tables.
    let metrics: [MetricName]
    /// Their numbers in the store.
    let numbers: [MetricID]

    /// Gives metrics their numbers in a store.
    ///
    /// - Parameter resampling: how signals are resampled before, if they are.
    init(
        _ metrics: [MetricName], in store: ResultsStore, resampling: ResampledReading? = nil
    ) throws(EvaluationError) {
        self.metrics = metrics
        let descriptions = metrics.map { name in
            var description = MetricDescription(MetricCatalog.descriptor(for: name))
            if let resampling { description.signature = resampling.signature(description.signature) }
            return description
        }
        do throws(StoreError) { numbers = try store.register(descriptions) } catch { throw .store(error) }
    }

    /// What became of a signal.
    struct Scored {
        /// Outcome per metric.
        var outcomes: [ScoreOutcome]
        /// Scores to store: those that were computed or taken from another run.
        var records: [ScoreRecord]
        /// Scores that were known.
        var reused: Int
    }

    /// Whether every metric is among the scores.
    func covers(_ scores: [ScoreRecord], _ kind: SignalKind) -> Bool {
        let known = Set(scores.filter { $0.signal == kind }.map(\.metric))
        return numbers.allSatisfy(known.contains)
    }

    /// One outcome per metric: from the store where it is known, computed otherwise.
    ///
    /// - Parameters:
    ///   - kind: which signal of the item.
    ///   - estimate: the signal.
    ///   - clean: the reference.
    ///   - noisy: for improvements.
    ///   - known: scores of this run; those of other signals are skipped.
    ///   - borrowed: scores of other runs that are valid here too; they are stored for this run as well.
    func score(
        _ kind: SignalKind, of estimate: SignalReading, clean: SignalReading, noisy: SignalReading?,
        known: [ScoreRecord], borrowed: [ScoreRecord] = []
    ) -> Scored {
        var byMetric: [MetricID: ScoreOutcome] = [:]
        var records: [ScoreRecord] = []
        for score in known where score.signal == kind { byMetric[score.metric] = score.outcome }
        for score in borrowed
        where score.signal == kind && numbers.contains(score.metric) && byMetric[score.metric] == nil {
            byMetric[score.metric] = score.outcome
            records.append(score)
        }
        let needed = metrics.indices.filter { byMetric[numbers[$0]] == nil }
        for score in compute(needed.map { metrics[$0] }, estimate: estimate, clean: clean, noisy: noisy) {
            guard let position = metrics.firstIndex(of: score.metric) else { continue }
            byMetric[numbers[position]] = score.outcome
            records.append(
                ScoreRecord(
                    signal: kind, metric: numbers[position], outcome: score.outcome,
                    milliseconds: score.milliseconds))
        }
        let outcomes = numbers.map { number in
            byMetric[number] ?? .failed(status: "undefined", reason: "the metric gave no outcome")
        }
        return Scored(outcomes: outcomes, records: records, reused: metrics.count - needed.count)
    }

    private struct Computed {
        var metric: MetricName
        var outcome: ScoreOutcome
        var milliseconds: Double?
    }

    private func compute(
        _ metrics: [MetricName], estimate: SignalReading, clean: SignalReading, noisy: SignalReading?
    ) -> [Computed] {
        if metrics.isEmpty { return [] }
        let reference: Signal
        let signal: Signal
        switch (clean, estimate) {
        case (.failure(let failure), _), (_, .failure(let failure)):
            return metrics.map { Computed(metric: $0, outcome: failure.outcome, milliseconds: nil) }
        case (.success(let first), .success(let second)): (reference, signal) = (first, second)
        }
        let scores = MetricSuite(metrics: metrics).score(
            estimate: signal, reference: reference, noisy: noisy?.signal)
        return scores.map { score in
            var outcome = ScoreOutcome(score.result)
            // The noisy recording was named and could not be read: that is the reason.
            if case .failure(.missingNoisy) = score.result, case .failure(let failure)? = noisy {
                outcome = failure.outcome
            }
            return Computed(metric: score.metric, outcome: outcome, milliseconds: score.milliseconds)
        }
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

extension SignalFailure {
    /// An unreadable file.
    init(_ error: AudioError) { self.init(status: error.code, reason: error.description) }

    /// An item that the data does not give.
    init(_ error: DataError) {
        let status =
            switch error {
            case .missingInput: "missing_file"
            case .audio: "bad_audio"
            case .codec, .frame, .frameStore: "bad_frames"
            default: "unreadable_item"
            }
        self.init(status: status, reason: error.description)
    }

    /// A signal that a network or transform does not take.
    init(_ error: ModelError) {
        let status =
            switch error {
            case .tooShort: "too_short"
            case .nonFiniteOutput: "non_finite_output"
            default: "not_enhanced"
            }
        self.init(status: status, reason: error.description)
    }
}
