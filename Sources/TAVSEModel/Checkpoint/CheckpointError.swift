import TAVSEBase
import TAVSENN

/// Why a checkpoint cannot be written or used. Every case names the file.
public enum CheckpointError: Error, Equatable, Sendable, CustomStringConvertible {
    /// There is no such file; the hint says what there is instead.
    case missing(path: String, hint: String)
    /// The file is there and cannot be read.
    case unreadable(path: String, reason: String)
    /// The file is no safetensors file, or was cut short or changed.
    case damaged(path: String, reason: SafetensorsError)
    /// A safetensors file that no tool of this project wrote.
    case foreign(path: String)
    /// A checkpoint of a format this version does not know.
    case version(path: String, found: String, supported: String)
    /// What the file says about itself cannot be understood.
    case metadata(path: String, key: String, reason: String)
    /// The tensors are not those that were written.
    case checksum(path: String, expected: String, found: String)
    /// The settings of the network in the file are impossible, or need more values than the file has.
    case specification(path: String, reason: String)
    /// Tensors are missing, left over or of another shape than the network's.
    case weights(path: String, reason: SafetensorsError)
    /// The file cannot be written; what was there before is untouched.
    case cannotWrite(path: String, reason: String, isDiskFull: Bool)

    /// The file the error is about.
    public var path: String {
        switch self {
        case .missing(let path, _), .unreadable(let path, _), .damaged(let path, _), .foreign(let path),
            .version(let path, _, _), .metadata(let path, _, _), .checksum(let path, _, _),
            .specification(let path, _), .weights(let path, _), .cannotWrite(let path, _, _):
            path
        }
    }

    /// One line: which file, what was expected and found, and what to do.
    public var description: String {
        switch self {
        case .missing(let path, let hint): "\(path): no such checkpoint; \(hint)"
        case .unreadable(let path, let reason): "\(path): cannot be read: \(reason)"
        case .damaged(let path, let reason):
            "\(path): not a whole checkpoint: \(reason); copy it again or take an older one"
        case .foreign(let path):
            "\(path): a safetensors file without this project's description; weights of another program need the "
                + "network's configuration beside them"
        case .version(let path, let found, let supported):
            "\(path): checkpoint format \(found), this version reads \(supported); use the version that wrote it"
        case .metadata(let path, let key, let reason): "\(path): \(key) in its header: \(reason)"
        case .checksum(let path, let expected, let found):
            "\(path): the tensors changed after they were written: SHA-256 \(expected) expected, \(found) found; "
                + "copy it again or take an older one"
        case .specification(let path, let reason): "\(path): the network it describes: \(reason)"
        case .weights(let path, let reason): "\(path): does not fit its network: \(reason)"
        case .cannotWrite(let path, let reason, let isDiskFull):
            "\(path): cannot be written: \(reason)" + (isDiskFull ? "; free some space and run again" : "")
        }
    }
}

extension CheckpointError: ClassifiedError {
    /// The kind of failure, which decides a tool's exit code.
    public var failureKind: FailureKind {
        switch self {
        case .missing: .missingInput
        case .cannotWrite: .cannotWrite
        case .unreadable, .damaged, .foreign, .version, .metadata, .checksum, .specification, .weights:
            .badData
        }
    }
}
