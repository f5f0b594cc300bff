import TAVSEData
import TAVSESignal
import ToolSupport

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

extension AudioError: ToolFailure {
    /// The code of this kind of error.
    public var exitStatus: ExitStatus {
        switch self {
        case .missing: .missingInput
        case .noSuchChannel: .usage
        case .cannotWrite, .nonFinite, .unsupportedOutput: .cannotWrite
        case .unreadable, .empty, .notAudio, .unsupportedContainer, .noSamples, .truncated, .unfinished,
            .multichannel, .tooLong:
            .badData
        }
    }
}
