import TAVSEConfiguration
import TAVSEModel
import ToolSupport

extension ConfigurationErrors: ToolFailure {
    /// The code of this kind of error.
    public var exitStatus: ExitStatus { isMissingFile ? .missingInput : .usage }
}

extension CheckpointError: ToolFailure {
    /// The code of this kind of error.
    public var exitStatus: ExitStatus {
        switch self {
        case .missing: .missingInput
        case .cannotWrite: .cannotWrite
        case .unreadable, .damaged, .foreign, .version, .metadata, .checksum, .specification, .weights:
            .badData
        }
    }
}
