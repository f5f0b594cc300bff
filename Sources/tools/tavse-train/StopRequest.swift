import Synchronization

/// Set by a signal, read by the loop.
final class StopRequest: Sendable {
    private let value = Atomic(false)

    func request() { value.store(true, ordering: .relaxed) }
    var isRequested: Bool { value.load(ordering: .relaxed) }
}
