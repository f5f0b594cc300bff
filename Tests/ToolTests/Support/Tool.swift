import Foundation
import Synchronization

/// Runs a built binary and captures what it says.
///
/// The binaries lie beside the test bundle, where the package manager builds both.
struct Tool: Sendable {
    /// What a finished process left behind.
    struct Outcome: Sendable, CustomStringConvertible {
        var exitCode: Int32
        var output: String
        var errors: String
        /// Whether it was ended because it ran past the limit.
        var timedOut: Bool

        var description: String { "exit \(exitCode)\n--- stdout\n\(output)\n--- stderr\n\(errors)" }
    }

    /// Why a tool could not be run.
    enum Failure: Error { case noBinary(path: String) }

    let name: String

    static let eval = Tool(name: "tavse-eval")
    static let report = Tool(name: "tavse-report")

    /// The folder that holds the binaries of this build.
    static var binaryFolder: String {
        // The test runner's own path: .build/<triple>/<configuration>/tavsePackageTests.xctest
        let runner = CommandLine.arguments[0]
        let bundled = Bundle.allBundles.map(\.bundlePath).first { $0.hasSuffix(".xctest") }
        return ((bundled ?? runner) as NSString).deletingLastPathComponent
    }

    /// Where this tool's binary is.
    func path() throws -> String {
        for folder in [Self.binaryFolder, Bundle.main.bundlePath, Bundle.main.executablePath ?? ""] {
            for candidate in [
                folder + "/" + name, (folder as NSString).deletingLastPathComponent + "/" + name,
            ]
            where FileManager.default.isExecutableFile(atPath: candidate) {
                return candidate
            }
        }
        throw Failure.noBinary(path: Self.binaryFolder + "/" + name)
    }

    /// Starts the tool without waiting.
    func start(
        _ arguments: [String], in folder: String? = nil, environment: [String: String] = [:]
    ) throws -> RunningTool {
        try RunningTool(path: path(), arguments: arguments, folder: folder, environment: environment)
    }

    /// Runs the tool to its end, or ends it after `timeout` seconds.
    func run(
        _ arguments: [String], in folder: String? = nil, environment: [String: String] = [:],
        timeout: TimeInterval = 120
    ) throws -> Outcome {
        try start(arguments, in: folder, environment: environment).wait(timeout: timeout)
    }
}

/// A process whose output is collected while it runs, so that full pipes never block it.
final class RunningTool: Sendable {
    private final class Collected: Sendable {
        let data = Mutex(Data())
        let ended = DispatchSemaphore(value: 0)
    }

    private let process: Process
    private let output = Collected()
    private let errors = Collected()
    private let exited = DispatchSemaphore(value: 0)

    init(path: String, arguments: [String], folder: String?, environment: [String: String]) throws {
        process = Process()
        process.executableURL = URL(fileURLWithPath: path)
        process.arguments = arguments
        if let folder { process.currentDirectoryURL = URL(fileURLWithPath: folder) }
        process.environment = ProcessInfo.processInfo.environment.merging(environment) { $1 }
        process.standardInput = FileHandle.nullDevice
        let outputPipe = Pipe()
        let errorPipe = Pipe()
        process.standardOutput = outputPipe
        process.standardError = errorPipe
        let exited = exited
        process.terminationHandler = { _ in exited.signal() }
        try process.run()
        Self.collect(outputPipe, into: output)
        Self.collect(errorPipe, into: errors)
    }

    private static func collect(_ pipe: Pipe, into collected: Collected) {
        let handle = pipe.fileHandleForReading
        Thread.detachNewThread {
            while let part = try? handle.read(upToCount: 1 << 16), !part.isEmpty {
                collected.data.withLock { $0.append(part) }
            }
            collected.ended.signal()
        }
    }

    /// What it has said on standard error so far.
    var errorsSoFar: String { errors.data.withLock { String(decoding: $0, as: UTF8.self) } }

    var isRunning: Bool { process.isRunning }

    /// Sends a signal, e.g. `SIGINT`.
    func send(_ signal: Int32) { kill(process.processIdentifier, signal) }

    /// Waits for the end; ends the process itself after `timeout` seconds.
    func wait(timeout: TimeInterval = 120) -> Tool.Outcome {
        let timedOut = exited.wait(timeout: .now() + timeout) == .timedOut
        if timedOut {
            send(SIGKILL)
            exited.wait()
        }
        _ = output.ended.wait(timeout: .now() + 10)
        _ = errors.ended.wait(timeout: .now() + 10)
        return Tool.Outcome(
            exitCode: process.terminationReason == .uncaughtSignal
                ? 128 + process.terminationStatus : process.terminationStatus,
            output: output.data.withLock { String(decoding: $0, as: UTF8.self) },
            errors: errors.data.withLock { String(decoding: $0, as: UTF8.self) }, timedOut: timedOut)
    }
}
