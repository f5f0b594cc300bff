/// How far a training log had come: saved with a training state, so that resuming continues the log exactly there.
///
/// It counts what stands in the log for its last step and names no file and no time: an interrupted and an
/// uninterrupted run have the same positions.
public struct LogPosition: Sendable, Equatable, Codable {
    /// Step last written about.
    public var step = 0
    /// Events of that step in TensorBoard's files.
    public var events = 0
    /// Rows of that step in `metrics.csv`.
    public var metricRows = 0
    /// Rows of that step in `timing.csv`.
    public var timingRows = 0
    /// Whether the unchanging media, noisy and clean speech, have been written.
    public var holdsSources = false

    /// The start of a log.
    public init() {}

    enum CodingKeys: String, CodingKey {
        case step, events
        case metricRows = "metric_rows"
        case timingRows = "timing_rows"
        case holdsSources = "holds_sources"
    }
}
