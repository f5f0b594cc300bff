import ArgumentParser
import Foundation
import TAVSEData
import ToolSupport

extension DataError: ToolFailure {
    /// The code of this kind of error.
    public var exitStatus: ExitStatus {
        switch self {
        case .missingInput: .missingInput
        case .cannotWrite: .cannotWrite
        case .setting: .usage
        case .cancelled: .stopped
        case .unreadable, .table, .leak, .codec, .frameStore, .frame, .archive, .audio: .badData
        }
    }
}

extension Diagnostics {
    /// This tool's messages.
    static let data = Diagnostics(tool: "tavse-data")
}

/// Options every subcommand shares.
struct CommonOptions: ParsableArguments {
    @Option(help: "Threads; the result does not depend on them.")
    var workers = ProcessInfo.processInfo.activeProcessorCount
    @Flag(help: "No progress on standard error.") var quiet = false
}
