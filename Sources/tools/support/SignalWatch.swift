import Dispatch
import Foundation
import Synchronization

/// Turns the first Ctrl-C or termination signal into a request to stop; a second one ends the process at once.
public final class SignalWatch {
    private final class State: Sendable {
        let received = Mutex<Int32?>(nil)
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
                let isFirst = state.received.withLock { value in
                    defer { value = value ?? number }
                    return value == nil
                }
                if isFirst { stop() } else { exit(Self.status(of: number).rawValue) }
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
    public var exitStatus: ExitStatus? { state.received.withLock { $0 }.map(Self.status) }

    private static func status(of signal: Int32) -> ExitStatus { signal == SIGINT ? .interrupted : .stopped }
}
