import TAVSEData
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
