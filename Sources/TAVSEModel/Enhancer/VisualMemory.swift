import Foundation
import TAVSENN

/// What the visual towers made of one recording's video, kept for further noisy versions of the same length.
///
/// The second version of a recording gets bit-identical features in a fraction of the time. Any number of threads may use one;
/// while one of them runs the towers, those that need the result wait for it.
///
/// `@unchecked`: `made` is touched only while `lock` is held.
public final class VisualMemory: @unchecked Sendable {
    private struct Pass: Hashable {
        let start: Int
        let samples: Int
    }

    private let lock = NSLock()
    private var made: [Pass: (features: [Modality: Tensor], time: Duration)] = [:]

    /// Knows nothing yet.
    public init() {}

    /// Features of the frames of one pass.
    ///
    /// - Returns: them, and the time to be added to that of the caller for what it would take alone: that of the towers
    ///   when they were run before, less what was waited.
    func features(
        start: Int, samples: Int, make: () throws(ModelError) -> [Modality: Tensor]
    ) throws(ModelError) -> (features: [Modality: Tensor], shared: Duration) {
        let clock = ContinuousClock()
        let asked = clock.now
        lock.lock()
        defer { lock.unlock() }
        let begun = clock.now
        let pass = Pass(start: start, samples: samples)
        if let known = made[pass] { return (known.features, known.time - (begun - asked)) }
        let features = try make()
        // What is shared between threads has to be stored, not pending.
        for tensor in features.values { tensor.withUnsafeBuffer { _ in } }
        made[pass] = (features, clock.now - begun)
        return (features, .zero - (begun - asked))
    }
}
