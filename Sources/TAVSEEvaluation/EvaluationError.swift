import TAVSEBase
import TAVSEData
import TAVSEModel
import TAVSESignal
import TAVSEStore

/// Why an evaluation could not be done.
public enum EvaluationError: Error, Equatable, Sendable {
    /// A folder that does not exist.
    case missingFolder(path: String)
    /// A path that should be a folder and is not.
    case notAFolder(path: String)
    /// A folder that cannot be listed.
    case unreadableFolder(path: String, reason: String)
    /// Two files of one folder differ in nothing but the extension.
    case duplicateNames(folder: String, first: String, second: String)
    /// No file of a folder is named as its pattern says.
    case noMatch(folder: String, pattern: String, example: String)
    /// Recordings whose name does not give a speaker.
    case noSpeaker(pattern: String, examples: [String], count: Int, total: Int)
    /// Recordings that the file of conditions does not name.
    case noCondition(messages: [String], count: Int)
    /// Files without a counterpart, in words: a few of them, and how many there are.
    case unmatched(messages: [String], count: Int)
    /// Nothing to score.
    case noPairs(where: String)
    /// A manifest that does not exist.
    case missingManifest(path: String)
    /// A manifest with a mistake; line and column (field) count from 1.
    case manifest(path: String, line: Int, column: String?, problem: String)
    /// `--resume` without anything to resume.
    case nothingToResume(system: String, store: String)
    /// An option, or a combination of options, that cannot be done.
    case option(name: String, value: String, expected: String)
    /// The checkpoint cannot be used.
    case checkpoint(CheckpointError)
    /// The checkpoint holds another network than the configuration describes; one line per setting.
    case otherNetwork(checkpoint: String, differences: [String])
    /// The data cannot be read.
    case data(DataError)
    /// The network cannot be used.
    case model(ModelError)
    /// A result file could not be written.
    case cannotWrite(path: String, reason: String)
    /// The results store.
    case store(StoreError)
}

extension EvaluationError {
    /// Runs `body`; whatever it throws becomes an error of this kind.
    static func naming<Value>(store path: String, _ body: () throws -> Value) throws(EvaluationError) -> Value
    {
        do {
            return try body()
        } catch let error as EvaluationError {
            throw error
        } catch let error as StoreError {
            throw .store(error)
        } catch {
            throw .cannotWrite(path: path, reason: "\(error)")
        }
    }
}

extension EvaluationError: CustomStringConvertible {
    /// One line: what, where, expected, found, and what to do.
    public var description: String {
        switch self {
        case .missingFolder(let path): "no folder at \(path)"
        case .notAFolder(let path): "\(path) is a file, expected a folder of recordings"
        case .unreadableFolder(let path, let reason): "cannot list \(path): \(reason)"
        case .duplicateNames(let folder, let first, let second):
            "\(folder) holds \(first) and \(second), which mean the same recording; remove one"
        case .noMatch(let folder, let pattern, let example):
            "no file of \(folder) is named like \(pattern); the first one is \(example)"
        case .noSpeaker(let pattern, let examples, let count, let total):
            "--speaker-pattern \(pattern) does not match \(count) of \(total) recordings, such as "
                + examples.joined(separator: ", ")
        case .noCondition(let messages, let count):
            "\(count) recording\(count == 1 ? "" : "s") without a condition (score them without one by "
                + "--allow-unmatched):\n  " + messages.joined(separator: "\n  ")
                + (count > messages.count ? "\n  and \(count - messages.count) more" : "")
        case .unmatched(let messages, let count):
            "\(count) recording\(count == 1 ? "" : "s") without a counterpart (score the rest with "
                + "--allow-unmatched):\n  " + messages.joined(separator: "\n  ")
                + (count > messages.count ? "\n  and \(count - messages.count) more" : "")
        case .noPairs(let place): "nothing to score: \(place)"
        case .missingManifest(let path): "no manifest at \(path)"
        case .manifest(let path, let line, let column, let problem):
            "\(path):\(line): " + (column.map { "column \($0): " } ?? "") + problem
        case .nothingToResume(let system, let store):
            "\(store) has no run of \(system) to resume; leave out --resume to start one"
        case .option(let name, let value, let expected): "--\(name) \(value): expected \(expected)"
        case .checkpoint(let error): error.description
        case .otherNetwork(let checkpoint, let differences):
            "\(checkpoint) holds another network than the configuration describes:\n  "
                + differences.joined(separator: "\n  ")
        case .data(let error): error.description
        case .model(let error): error.description
        case .cannotWrite(let path, let reason): "cannot write \(path): \(reason)"
        case .store(let error): error.description
        }
    }
}

extension EvaluationError: ClassifiedError {
    /// The kind of failure, which decides a tool's exit code.
    public var failureKind: FailureKind {
        switch self {
        case .missingFolder, .missingManifest, .nothingToResume: .missingInput
        case .notAFolder, .unreadableFolder, .duplicateNames, .unmatched, .noPairs, .manifest,
            .noMatch, .noSpeaker, .noCondition:
            .badData
        case .option, .otherNetwork: .usage
        case .checkpoint(.missing): .missingInput
        case .checkpoint: .badData
        case .data(let error): error.failureKind
        case .model: .badData
        case .cannotWrite: .cannotWrite
        case .store(let error): error.failureKind
        }
    }
}
