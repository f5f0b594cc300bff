import ArgumentParser
import Foundation
import ToolSupport

extension Diagnostics {
    /// This tool's messages.
    static let data = Diagnostics(tool: "tavse-data")
}

/// Options every subcommand shares.
struct CommonOptions: ParsableArguments {
    @Option(help: "Threads; the result does not depend on them.")
    var workers = ProcessInfo.processInfo.activeProcessorCount
    @Flag(help: "No progress on standard error; warnings stay.") var quiet = false
}
