import Foundation
import Synchronization

/// A process whose output is collected while it runs, so that full pipes never block it.
///
/// Started by `posix_spawn` itself, with the signals a shell's background job would ignore set back to their defaults.
final class RunningTool: Sendable {
    /// Why a process could not be started.
    struct Failure: Error {
        var call: String
        var code: Int32
    }

    private final class Collected: Sendable {
        let data = Mutex(Data())
        let ended = DispatchSemaphore(value: 0)
    }

    private let process: pid_t
    private let status = Mutex<Int32?>(nil)
    private let output = Collected()
    private let errors = Collected()
    private let exited = DispatchSemaphore(value: 0)

    init(path: String, arguments: [String], folder: String?, environment: [String: String]) throws {
        let everything = ProcessInfo.processInfo.environment.merging(environment) { $1 }
        let inFolder = folder.map { ["/bin/sh", "-c", #"cd "$1" && shift && exec "$@""#, "sh", $0] } ?? []
        let (process, reading) = try Self.starting.withLock { _ in
            let outputPipe = try Self.pipe()
            let errorPipe = try Self.pipe()
            defer {
                close(outputPipe.writing)
                close(errorPipe.writing)
            }
            let process = try Self.spawn(
                inFolder + [path] + arguments, environment: everything.map { "\($0)=\($1)" },
                output: outputPipe.writing, errors: errorPipe.writing)
            return (process, (output: outputPipe.reading, errors: errorPipe.reading))
        }
        self.process = process
        Self.collect(reading.output, into: output)
        Self.collect(reading.errors, into: errors)
        Thread.detachNewThread { [self] in
            var code: Int32 = 0
            while waitpid(process, &code, 0) < 0, errno == EINTR {}
            status.withLock { $0 = code }
            exited.signal()
        }
    }

    /// Held while pipes are made and children started: a child that inherits an end would keep the pipe open.
    private static let starting = Mutex(())

    private static func pipe() throws -> (reading: Int32, writing: Int32) {
        var ends: [Int32] = [-1, -1]
        guard Foundation.pipe(&ends) == 0 else { throw Failure(call: "pipe", code: errno) }
        for end in ends { _ = fcntl(end, F_SETFD, FD_CLOEXEC) }
        return (ends[0], ends[1])
    }

    private static func spawn(
        _ arguments: [String], environment: [String], output: Int32, errors: Int32
    ) throws -> pid_t {
        var actions = posix_spawn_file_actions_t()
        var attributes = posix_spawnattr_t()
        posix_spawn_file_actions_init(&actions)
        posix_spawnattr_init(&attributes)
        defer {
            posix_spawn_file_actions_destroy(&actions)
            posix_spawnattr_destroy(&attributes)
        }
        posix_spawn_file_actions_addopen(&actions, 0, "/dev/null", O_RDONLY, 0)
        posix_spawn_file_actions_adddup2(&actions, output, 1)
        posix_spawn_file_actions_adddup2(&actions, errors, 2)
        // A shell's background job ignores Ctrl-C, and so would its children.
        var signals = sigset_t()
        sigemptyset(&signals)
        posix_spawnattr_setsigmask(&attributes, &signals)
        for signal in [SIGINT, SIGTERM, SIGQUIT, SIGPIPE] { sigaddset(&signals, signal) }
        posix_spawnattr_setsigdefault(&attributes, &signals)
        posix_spawnattr_setflags(&attributes, Int16(POSIX_SPAWN_SETSIGDEF | POSIX_SPAWN_SETSIGMASK))

        var words: [UnsafeMutablePointer<CChar>?] = arguments.map { strdup($0) } + [nil]
        var variables: [UnsafeMutablePointer<CChar>?] = environment.map { strdup($0) } + [nil]
        defer { for pointer in words + variables { free(pointer) } }
        var process: pid_t = 0
        let code = posix_spawn(&process, arguments[0], &actions, &attributes, &words, &variables)
        guard code == 0 else { throw Failure(call: "posix_spawn \(arguments[0])", code: code) }
        return process
    }

    private static func collect(_ descriptor: Int32, into collected: Collected) {
        Thread.detachNewThread {
            var block = [UInt8](repeating: 0, count: 1 << 16)
            while true {
                let count = read(descriptor, &block, block.count)
                if count > 0 {
                    collected.data.withLock { $0.append(contentsOf: block[..<count]) }
                } else if count == 0 || errno != EINTR {
                    break
                }
            }
            close(descriptor)
            collected.ended.signal()
        }
    }

    /// What it has said on standard error so far.
    var errorsSoFar: String { errors.data.withLock { String(decoding: $0, as: UTF8.self) } }

    var isRunning: Bool { status.withLock { $0 == nil } }

    /// Sends a signal, e.g. `SIGINT`, unless the process has ended.
    func send(_ signal: Int32) {
        status.withLock { if $0 == nil { kill(process, signal) } }
    }

    /// Waits for the end; ends the process itself after `timeout` seconds.
    func wait(timeout: TimeInterval = 120) -> Tool.Outcome {
        let timedOut = exited.wait(timeout: .now() + timeout) == .timedOut
        if timedOut {
            send(SIGKILL)
            exited.wait()
        }
        _ = output.ended.wait(timeout: .now() + 10)
        _ = errors.ended.wait(timeout: .now() + 10)
        let code = status.withLock { $0 } ?? 0
        let signal = code & 0x7f
        return Tool.Outcome(
            exitCode: signal != 0 ? 128 + signal : code >> 8 & 0xff,
            output: output.data.withLock { String(decoding: $0, as: UTF8.self) },
            errors: errors.data.withLock { String(decoding: $0, as: UTF8.self) }, timedOut: timedOut)
    }
}
