import TAVSEReport
import TAVSEStats
import TAVSEStore
import ToolSupport

/// Says what goes wrong, under the tool's name.
let diagnostics = Diagnostics(tool: "tavse-report")

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

extension StatisticsError: ToolFailure {
    /// The code of this kind of error.
    public var exitStatus: ExitStatus { .usage }
}
