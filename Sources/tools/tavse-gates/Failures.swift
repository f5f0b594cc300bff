import TAVSEData
import TAVSEEvaluation
import TAVSEReport
import ToolSupport

extension GateError: ToolFailure {
    /// The code of this kind of error.
    public var exitStatus: ExitStatus {
        switch self {
        case .noGates, .malformed: .badData
        case .severalSystems, .options: .usage
        }
    }
}

extension ReportError: ToolFailure {
    /// The code of this kind of error.
    public var exitStatus: ExitStatus {
        switch self {
        case .noScores: .badData
        case .unknownSystem, .unknownMetric, .invalidRules: .usage
        case .cannotWrite: .cannotWrite
        case .missingFile: .missingInput
        }
    }
}

extension ComparisonError: ToolFailure {
    /// The code of this kind of error.
    public var exitStatus: ExitStatus { .badData }
}

extension EvaluationError: ToolFailure {
    /// The code of this kind of error.
    public var exitStatus: ExitStatus {
        switch self {
        case .missingFolder, .missingManifest, .checkpoint(.missing): .missingInput
        case .option, .otherNetwork: .usage
        case .data(let error): error.exitStatus
        case .cannotWrite: .cannotWrite
        case .store(let error): error.exitStatus
        default: .badData
        }
    }
}

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
