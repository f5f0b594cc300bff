import ArgumentParser
import TAVSEBase

/// Process exit codes, the same in every tool.
public enum ExitStatus: Int32, Sendable, CaseIterable {
    /// Everything asked for was done.
    case done = 0
    /// The work failed for a reason that no other code names.
    case failed = 1
    /// The batch finished, and more items failed than allowed.
    case tooManyFailures = 3
    /// A declared regression rule was broken (`tavse-report check`).
    case regression = 4
    /// Wrong command line or configuration.
    case usage = 64
    /// The input exists and is not what it should be.
    case badData = 65
    /// An input file or folder does not exist.
    case missingInput = 66
    /// Output could not be written.
    case cannotWrite = 73
    /// Stopped by a signal with state saved; run again with `--resume`.
    case stopped = 75
    /// Interrupted from the keyboard.
    case interrupted = 130

    /// The same status as ArgumentParser's exit code, to throw from a command.
    public var exitCode: ExitCode { ExitCode(rawValue) }

    /// The code of a kind of failure: the one table of both.
    public init(_ kind: FailureKind) {
        self =
            switch kind {
            case .failed: .failed
            case .usage: .usage
            case .badData: .badData
            case .missingInput: .missingInput
            case .cannotWrite: .cannotWrite
            case .stopped: .stopped
            }
    }
}
