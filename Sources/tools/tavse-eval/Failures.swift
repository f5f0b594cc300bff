import TAVSEEvaluation
import TAVSEReport
import TAVSESignal
import ToolSupport

extension AudioError: ToolFailure {
    /// The code of this kind of error.
    public var exitStatus: ExitStatus {
        switch self {
        case .missing: .missingInput
        case .noSuchChannel: .usage
        case .cannotWrite, .nonFinite, .unsupportedOutput: .cannotWrite
        case .unreadable, .empty, .notAudio, .unsupportedContainer, .noSamples, .truncated, .multichannel,
            .tooLong:
            .badData
        }
    }
}

extension EvaluationError: ToolFailure {
    /// The code of this kind of error.
    public var exitStatus: ExitStatus {
        switch self {
        case .missingFolder, .missingManifest, .nothingToResume: .missingInput
        case .notAFolder, .unreadableFolder, .duplicateNames, .unmatched, .noPairs, .manifest: .badData
        case .cannotWrite: .cannotWrite
        case .store(let error): error.exitStatus
        }
    }
}
