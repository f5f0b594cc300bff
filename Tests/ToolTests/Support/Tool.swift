import Foundation

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
