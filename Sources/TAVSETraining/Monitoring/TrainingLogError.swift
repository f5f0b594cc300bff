import TAVSEBase

/// Why a training log could not be opened or written. Every case names the file.
public enum TrainingLogError: Error, Equatable, Sendable {
    /// The folder or file could not be made, read or written; the reason is the system's.
    case cannotAccess(path: String, reason: String)
    /// A new log was asked for where one stands.
    case alreadyExists(path: String)
    /// A table is not one that a training log wrote; lines count from 1.
    case foreignTable(path: String, line: Int, reason: String)
    /// A validation item cannot be shown.
    case media(item: String, reason: String)
}

extension TrainingLogError: CustomStringConvertible {
    /// One line: what, where, what to do.
    public var description: String {
        switch self {
        case .cannotAccess(let path, let reason): "\(path): cannot be written or read: \(reason)"
        case .alreadyExists(let path):
            "\(path): holds the log of an earlier run; resume that run, choose another experiment name or "
                + "remove the file"
        case .foreignTable(let path, let line, let reason):
            "\(path):\(line): not a table of this log: \(reason); move it away to start a new one"
        case .media(let item, let reason): "validation item '\(item)' cannot be logged: \(reason)"
        }
    }
}

extension TrainingLogError: ClassifiedError {
    /// The kind of failure, which decides a tool's exit code.
    public var failureKind: FailureKind {
        switch self {
        case .cannotAccess, .alreadyExists: .cannotWrite
        case .foreignTable, .media: .badData
        }
    }
}
