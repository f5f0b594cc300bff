import Foundation
import TAVSEMetrics

/// How items are evaluated, whatever made the signals.
public struct EvaluationOptions: Sendable {
    /// Metrics, in the order of tables.
    public var metrics = MetricCatalog.seed
    /// Threads; each takes an item through everything on its own.
    public var jobs = ProcessInfo.processInfo.activeProcessorCount
    /// What to do about scores that are there already.
    public var start = EvaluationStart.continue
    /// How many items' recordings are kept for listening.
    public var sampleCount = 0
    /// Folder for those recordings.
    public var sampleFolder = "samples"

    /// The seed metrics on all processors.
    public init() {}
}
