import TAVSEAnalysis
import TAVSEReport
import ToolSupport

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
    public var exitStatus: ExitStatus {
        switch self {
        case .unknownMargin, .options: .usage
        default: .badData
        }
    }
}
