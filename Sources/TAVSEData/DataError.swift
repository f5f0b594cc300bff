import TAVSEBase

/// Why data could not be read, written or trusted. Every case says where.
public enum DataError: Error, Equatable, Sendable {
    /// A file or folder that is needed does not exist.
    case missingInput(path: String)
    /// It exists and cannot be opened or read.
    case unreadable(path: String, reason: String)
    /// Output could not be written.
    case cannotWrite(path: String, reason: String)
    /// A table is wrong at one place; line and column count from 1.
    case table(file: String, line: Int, column: String, reason: String)
    /// One name stands in two splits.
    case leak(kind: String, name: String, splits: [String])
    /// Names stand in two splits: how many, and the first in words.
    case leaks(root: String, count: Int, first: String)
    /// A picture could not be decoded or encoded.
    case codec(String, reason: String)
    /// A frame store is damaged or not one.
    case frameStore(path: String, reason: String)
    /// A frame is not what the store or configuration promises.
    case frame(store: String, key: String, reason: String)
    /// An archive is damaged or holds something unexpected.
    case archive(path: String, reason: String)
    /// Audio is not what the manifest or configuration promises.
    case audio(path: String, reason: String)
    /// A setting makes no sense.
    case setting(String, reason: String)
    /// The work was cancelled.
    case cancelled
}

extension DataError: CustomStringConvertible {
    /// One line: what, where, expected, found.
    public var description: String {
        switch self {
        case .missingInput(let path): "\(path): no such file or folder"
        case .unreadable(let path, let reason): "\(path): cannot be read: \(reason)"
        case .cannotWrite(let path, let reason): "\(path): cannot be written: \(reason)"
        case .table(let file, let line, let column, let reason):
            "\(file):\(line): column '\(column)': \(reason)"
        case .leak(let kind, let name, let splits):
            "\(kind) '\(name)' stands in \(splits.joined(separator: " and ")); each belongs to one split alone"
        case .leaks(let root, let count, let first):
            "\(first); \(count - 1) more, which tavse-data verify \(root) names"
        case .codec(let format, let reason): "not a readable \(format) picture: \(reason)"
        case .frameStore(let path, let reason): "\(path): \(reason)"
        case .frame(let store, let key, let reason): "\(store): frame \(key): \(reason)"
        case .archive(let path, let reason): "\(path): \(reason)"
        case .audio(let path, let reason): "\(path): \(reason)"
        case .setting(let name, let reason): "\(name): \(reason)"
        case .cancelled: "cancelled"
        }
    }
}

extension DataError: ClassifiedError {
    /// The kind of failure, which decides a tool's exit code.
    public var failureKind: FailureKind {
        switch self {
        case .missingInput: .missingInput
        case .cannotWrite: .cannotWrite
        case .setting: .usage
        case .cancelled: .stopped
        case .unreadable, .table, .leak, .leaks, .codec, .frameStore, .frame, .archive, .audio: .badData
        }
    }
}
