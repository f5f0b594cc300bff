import ArgumentParser
import Foundation
import TAVSEReport
import TAVSEStats
import TAVSEStore
import ToolSupport

/// Runs a command's work; an error becomes one line on standard error and the exit code of its kind.
func reportingErrors(_ body: () throws -> Void) throws {
    do {
        try body()
    } catch let error as ExitCode {
        throw error
    } catch let error as ValidationError {
        throw error
    } catch {
        printError("error: \(error)")
        throw exitStatus(of: error).exitCode
    }
}

/// A line on standard error.
func printError(_ text: String) {
    FileHandle.standardError.write(Data("tavse-report: \(text)\n".utf8))
}

private func exitStatus(of error: any Error) -> ExitStatus {
    switch error {
    case let error as StoreError:
        switch error {
        case .missingFile: .missingInput
        case .missingFolder, .readOnly, .diskFull: .cannotWrite
        case .unknownSystem, .unknownMetric, .unknownRun, .invalid: .usage
        case .busy, .sql, .sqliteTooOld, .cannotOpen: .failed
        default: .badData
        }
    case let error as ReportError:
        switch error {
        case .noScores: .badData
        case .unknownSystem, .unknownMetric, .invalidRules: .usage
        case .cannotWrite: .cannotWrite
        case .missingFile: .missingInput
        }
    case let error as ImportError:
        switch error {
        case .missingFile: .missingInput
        case .unknownMetric, .contradictoryDirection: .usage
        default: .badData
        }
    case let error as ComparisonError:
        switch error {
        case .unknownMargin, .options: .usage
        default: .badData
        }
    case is PairingError: .badData
    case is StatisticsError: .usage
    default: .failed
    }
}
