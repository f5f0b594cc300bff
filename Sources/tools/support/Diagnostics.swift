import ArgumentParser
import Foundation
import TAVSEBase

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

    /// Writes a line that a user should know and that is no mistake.
    public func note(_ text: String) { say("note: \(text)") }

    /// Runs a command's work; an error becomes a message on standard error and the exit code of its kind.
    public func reportingErrors(_ body: () throws -> Void) throws {
        do {
            try body()
        } catch let error as ExitCode {
            throw error
        } catch let error as ValidationError {
            throw error
        } catch let error as any ClassifiedError {
            say("error: \(error)")
            throw ExitStatus(error.failureKind).exitCode
        } catch {
            say("error: \(error)")
            throw ExitStatus.failed.exitCode
        }
    }
}
