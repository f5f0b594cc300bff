import ArgumentParser
import Foundation
import TAVSEStore

/// An error that knows its exit code.
public protocol ToolFailure: Error {
    /// The code of this kind of error.
    var exitStatus: ExitStatus { get }
}

extension StoreError: ToolFailure {
    /// The code of this kind of error.
    public var exitStatus: ExitStatus {
        switch self {
        case .missingFile: .missingInput
        case .missingFolder, .readOnly, .diskFull, .needsRecovery: .cannotWrite
        case .unknownSystem, .unknownMetric, .unknownRun, .invalid: .usage
        case .busy, .sqliteTooOld, .cannotOpen: .failed
        // SQLITE_IOERR: what the disk says when it is full or gone.
        case .sql(_, let code, _, _): code & 0xff == 10 ? .cannotWrite : .failed
        case .notADatabase, .emptyFile, .foreignDatabase, .newerSchema, .needsMigration, .unmigratableSchema,
            .corrupt, .duplicateScore, .conflict, .mergeConflict, .ambiguousItem:
            .badData
        }
    }
}

/// What every tool says on standard error, with its own name in front.
public struct Diagnostics: Sendable {
    /// Name of the tool.
    public let tool: String

    /// - Parameter tool: name of the tool.
    public init(tool: String) { self.tool = tool }

    /// Writes a line on standard error.
    public func say(_ text: String) {
        FileHandle.standardError.write(Data("\(tool): \(text)\n".utf8))
    }

    /// Runs a command's work; an error becomes a message on standard error and the exit code of its kind.
    public func reportingErrors(_ body: () throws -> Void) throws {
        do {
            try body()
        } catch let error as ExitCode {
            throw error
        } catch let error as ValidationError {
            throw error
        } catch let error as any ToolFailure {
            say("error: \(error)")
            throw error.exitStatus.exitCode
        } catch {
            say("error: \(error)")
            throw ExitStatus.failed.exitCode
        }
    }
}
