import TAVSEModel
import TAVSETraining
import ToolSupport

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
