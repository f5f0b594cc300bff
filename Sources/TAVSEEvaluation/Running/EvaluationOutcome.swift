import TAVSEMetrics
import TAVSEStore

/// What an evaluation found.
public struct EvaluationOutcome: Sendable {
    /// Scores of the noisy input (where there is one) and of the system, in the order of the list.
    public var table: ScoreTable
    /// The run that holds the scores.
    public var run: RunID
    /// Items with a recording at fault.
    public var failedItems: Int
    /// Items asked for.
    public var totalItems: Int
    /// Items of which every score was stored before.
    public var reusedItems: Int
    /// Items whose recordings were cut to one length, and the most samples cut from one.
    public var trimmedItems: Int
    /// The most samples cut from one recording.
    public var mostTrimmedSamples: Int
    /// Time the network took for the items whose time is known, and how much sound they hold; both 0 without a network.
    public var processingSeconds: Double
    /// Length of the sound that was processed, seconds.
    public var processedSeconds: Double
    /// Whether the work was stopped before its end.
    public var stopped: Bool

    /// Seconds of one thread per second of sound; nil where nothing was processed.
    public var realTimeFactor: Double? {
        processedSeconds > 0 ? processingSeconds / processedSeconds : nil
    }
}

/// Gathers outcomes in columns while items come in.
struct OutcomeCollector {
    private let system: String
    private let metrics: [MetricDescriptor]
    private let run: RunID
    private var items: [ScoreTable.Item] = []
    private var noisy: [ScoreTable.Column]
    private var enhanced: [ScoreTable.Column]
    private var oracle: [ScoreTable.Column]
    private var hasNoisy = false
    private var hasOracle = false
    private var statusNames = ["ok", "absent"]
    private var failed = 0
    private var reused = 0
    private var trimmed = 0
    private var mostTrimmed = 0
    private var processingSeconds = 0.0
    private var processedSeconds = 0.0

    init(system: String, metrics: [MetricDescriptor], run: RunID) {
        self.system = system
        self.metrics = metrics
        self.run = run
        let empty = ScoreTable.Column(values: [], status: [])
        noisy = Array(repeating: empty, count: metrics.count)
        enhanced = noisy
        oracle = noisy
    }

    mutating func add(_ item: ScoredItem) {
        let description = item.result.item
        items.append(
            ScoreTable.Item(
                utterance: description.utterance, speaker: description.speaker, snrDB: description.snrDB,
                noiseType: description.noiseType, split: description.split, key: description.key))
        for metric in metrics.indices {
            append(item.enhanced[metric], to: \.enhanced, metric)
            append(item.noisy?[metric], to: \.noisy, metric)
            append(item.oracle?[metric], to: \.oracle, metric)
        }
        if item.noisy != nil { hasNoisy = true }
        if item.oracle != nil { hasOracle = true }
        if item.isFailed { failed += 1 }
        if item.result.scores.isEmpty { reused += 1 }
        if item.result.estimate.trimmedSamples > 0 { trimmed += 1 }
        mostTrimmed = max(mostTrimmed, item.result.estimate.trimmedSamples)
        if let seconds = item.result.estimate.processingSeconds, let duration = description.durationSeconds {
            processingSeconds += seconds
            processedSeconds += duration
        }
    }

    private mutating func append(
        _ outcome: ScoreOutcome?, to columns: WritableKeyPath<Self, [ScoreTable.Column]>, _ metric: Int
    ) {
        let status = outcome.map { code($0.status) } ?? ScoreTable.absentStatus
        self[keyPath: columns][metric].values.append(outcome?.value ?? .nan)
        self[keyPath: columns][metric].status.append(status)
    }

    private mutating func code(_ status: String) -> UInt16 {
        if let known = statusNames.firstIndex(of: status) { return UInt16(known) }
        statusNames.append(status)
        return UInt16(statusNames.count - 1)
    }

    func outcome(stopped: Bool, total: Int) -> EvaluationOutcome {
        var systems = [ScoreTable.System(name: system)]
        var columns = [enhanced]
        if hasNoisy {
            systems.insert(ScoreTable.System(name: "noisy", kind: .noisy), at: 0)
            columns.insert(noisy, at: 0)
        }
        if hasOracle {
            systems.append(ScoreTable.System(name: "oracle", kind: .oracle))
            columns.append(oracle)
        }
        let table = ScoreTable(
            items: items, systems: systems,
            metrics: metrics.map { metric in
                ScoreTable.Metric(
                    name: metric.name.rawValue, signature: metric.signature, unit: metric.unit,
                    higherIsBetter: metric.direction == .higherIsBetter)
            },
            columns: columns, statusNames: statusNames)
        return EvaluationOutcome(
            table: table, run: run, failedItems: failed, totalItems: total, reusedItems: reused,
            trimmedItems: trimmed, mostTrimmedSamples: mostTrimmed,
            processingSeconds: processingSeconds, processedSeconds: processedSeconds, stopped: stopped)
    }
}
