import DataSupport
import TAVSEEvaluation
import ToolSupport

extension EvaluationError: ToolFailure {
    /// The code of this kind of error.
    public var exitStatus: ExitStatus {
        switch self {
        case .missingFolder, .missingManifest, .nothingToResume: .missingInput
        case .notAFolder, .unreadableFolder, .duplicateNames, .unmatched, .noPairs, .manifest: .badData
        case .option, .otherNetwork: .usage
        case .checkpoint(.missing): .missingInput
        case .checkpoint: .badData
        case .data(let error): error.exitStatus
        case .model: .badData
        case .cannotWrite: .cannotWrite
        case .store(let error): error.exitStatus
        }
    }
}
