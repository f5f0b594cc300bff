import Dispatch
import Foundation
import Synchronization

/// Turns the first Ctrl-C or termination signal into a request to stop; a second one ends the process at once.
///
/// A cluster signals every process of a job, and a job script forwards the signal to its tool as well: SIGTERM and SIGUSR1
/// within ``SignalWatch/settleSeconds`` of the first signal are the same request.
public final class SignalWatch {
    /// How long after the first signal another SIGTERM or SIGUSR1 counts as its repetition, in seconds.
    public static let settleSeconds = 2.0

    private final class State: Sendable {
        let received = Mutex<(signal: Int32, time: ContinuousClock.Instant)?>(nil)
    }

    private let state = State()
    private let numbers: [Int32]
    private let sources: [any DispatchSourceSignal]

    /// Watches SIGINT and SIGTERM while the value lives.
    ///
    /// - Parameters:
    ///   - others: signals that are treated like SIGTERM, such as SIGUSR1, by which a cluster warns before it ends a job.
    ///   - stop: called once, on a queue of its own, at the first signal.
    public init(others: [Int32] = [], stop: @escaping @Sendable () -> Void) {
        let queue = DispatchQueue(label: "signals")
        let state = state
        numbers = [SIGINT, SIGTERM] + others
        sources = numbers.map { number in
            signal(number, SIG_IGN)
            let source = DispatchSource.makeSignalSource(signal: number, queue: queue)
            source.setEventHandler {
                let now = ContinuousClock.now
                let first = state.received.withLock { value in
                    defer { value = value ?? (number, now) }
                    return value
                }
                guard let first else { return stop() }
                if number != SIGINT, now - first.time < .seconds(Self.settleSeconds) { return }
                exit(Self.status(of: number).rawValue)
            }
            source.resume()
            return source
        }
    }

    deinit {
        for source in sources { source.cancel() }
        for number in numbers { signal(number, SIG_DFL) }
    }

    /// The exit code for the signal that was received; nil when there was none.
    public var exitStatus: ExitStatus? { state.received.withLock { $0?.signal }.map(Self.status) }

    private static func status(of signal: Int32) -> ExitStatus { signal == SIGINT ? .interrupted : .stopped }
}
