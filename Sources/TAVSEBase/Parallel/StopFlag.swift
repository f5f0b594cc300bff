import Synchronization

/// Asks running work to stop at the next safe point; may be raised from any thread, or by a signal's handler.
public final class StopFlag: Sendable {
    private let flag = Atomic(false)

    /// Not raised.
    public init() {}

    /// Asks to stop.
    public func raise() { flag.store(true, ordering: .releasing) }

    /// Whether to stop.
    public var isRaised: Bool { flag.load(ordering: .acquiring) }
}
