import TAVSEAnalysis
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
