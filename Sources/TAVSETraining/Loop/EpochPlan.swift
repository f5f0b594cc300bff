/// How the examples of an epoch fall into batches, and batches into optimiser steps.
struct EpochPlan: Sendable, Equatable {
    /// Examples of an epoch.
    let examples: Int
    /// Examples of a full batch; the last may be smaller.
    let batchSize: Int
    /// Batches of a full optimiser step; the last may have fewer.
    let accumulated: Int

    /// Batches of an epoch.
    var batches: Int { (examples + batchSize - 1) / batchSize }
    /// Optimiser steps of an epoch.
    var steps: Int { (batches + accumulated - 1) / accumulated }

    /// The batches of the step that begins with one.
    func window(from batch: Int) -> Range<Int> { batch..<min(batch + accumulated, batches) }

    /// Examples in some batches.
    func examples(in window: Range<Int>) -> Int {
        min(examples, window.upperBound * batchSize) - window.lowerBound * batchSize
    }
}
