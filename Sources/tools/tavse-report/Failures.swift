import TAVSEReport
import TAVSEStats
import ToolSupport

/// Says what goes wrong, under the tool's name.
let diagnostics = Diagnostics(tool: "tavse-report")

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

extension ImportError: ToolFailure {
    /// The code of this kind of error.
    public var exitStatus: ExitStatus {
        switch self {
        case .missingFile: .missingInput
        case .unknownMetric, .contradictoryDirection: .usage
        default: .badData
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

extension StatisticsError: ToolFailure {
    /// The code of this kind of error.
    public var exitStatus: ExitStatus { .usage }
}
