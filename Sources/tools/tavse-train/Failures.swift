import TAVSEData
import TAVSEModel
import TAVSETraining
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

extension ModelError: ToolFailure {
    /// The code of this kind of error.
    public var exitStatus: ExitStatus {
        switch self {
        case .specification: .usage
        default: .badData
        }
    }
}

extension TrainingError: ToolFailure {
    /// The code of this kind of error.
    public var exitStatus: ExitStatus {
        switch self {
        case .nothingToResume: .missingInput
        case .experimentExists, .locked, .cannotWrite: .cannotWrite
        case .damagedState, .dataChanged: .badData
        case .configurationChanged, .setting: .usage
        case .diverged, .notLearned: .failed
        }
    }
}

extension CheckpointError: ToolFailure {
    /// The code of this kind of error.
    public var exitStatus: ExitStatus {
        switch self {
        case .missing: .missingInput
        case .cannotWrite: .cannotWrite
        default: .badData
        }
    }
}

extension TrainingLogError: ToolFailure {
    /// The code of this kind of error.
    public var exitStatus: ExitStatus {
        switch self {
        case .cannotAccess, .alreadyExists: .cannotWrite
        case .foreignTable, .media: .badData
        }
    }
}

extension Diagnostics {
    /// This tool's messages.
    static let train = Diagnostics(tool: "tavse-train")
}
