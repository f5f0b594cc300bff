import TAVSESignal
import TAVSEStore

/// What became of one item.
struct ScoredItem: Sendable {
    var result: ItemResult
    /// Outcome per metric, computed now or before.
    var enhanced: [ScoreOutcome]
    /// Outcome per metric; nil without a noisy recording.
    var noisy: [ScoreOutcome]?
    /// Outcome per metric; nil where there is no oracle.
    var oracle: [ScoreOutcome]?
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
