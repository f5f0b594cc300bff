import Synchronization

/// Asks running work to stop at the next safe point; may be set from any thread or signal handler queue.
public final class Cancellation: Sendable {
    private let flag = Atomic<Bool>(false)

    /// Not yet asked to stop.
    public init() {}

    /// Asks to stop.
    public func cancel() { flag.store(true, ordering: .releasing) }

    /// Whether to stop.
    public var isCancelled: Bool { flag.load(ordering: .acquiring) }
}
