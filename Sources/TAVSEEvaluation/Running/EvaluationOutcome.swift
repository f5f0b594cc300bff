import TAVSEStore

/// What an evaluation found.
public struct EvaluationOutcome: Sendable {
    /// The run that holds the scores.
    public var run: RunID
    /// Scores that the run shows of the noisy input, the system and the oracle, as far as it has them: what every report
    /// of this run reads, those of metrics that earlier commands computed among them.
    public var table: ScoreTable
    /// What stands in the store at the end.
    public var end: EvaluationEnd
    /// Items that this command superseded.
    public var superseded: Int
    /// Items with a recording at fault.
    public var failedItems: Int
    /// Items done.
    public var doneItems: Int
    /// Items asked for: those of the shard, where there is one.
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
    public var stopped: Bool { doneItems < totalItems }

    /// Seconds of one thread per second of sound; nil where nothing was processed.
    public var realTimeFactor: Double? {
        processedSeconds > 0 ? processingSeconds / processedSeconds : nil
    }
}

/// Counts outcomes while items come in.
struct OutcomeCounter {
    private(set) var failed = 0
    private(set) var reused = 0
    private(set) var trimmed = 0
    private(set) var mostTrimmed = 0
    private(set) var processingSeconds = 0.0
    private(set) var processedSeconds = 0.0

    mutating func add(_ item: ScoredItem) {
        if item.isFailed { failed += 1 }
        if item.result.scores.isEmpty { reused += 1 }
        if item.result.estimate.trimmedSamples > 0 { trimmed += 1 }
        mostTrimmed = max(mostTrimmed, item.result.estimate.trimmedSamples)
        if let seconds = item.result.estimate.processingSeconds,
            let duration = item.result.item.durationSeconds
        {
            processingSeconds += seconds
            processedSeconds += duration
        }
    }
}
