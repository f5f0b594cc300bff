import TAVSEBase

/// One thing that is wrong with a configuration: where, what was found, what would be accepted.
public struct ConfigurationError: Sendable, Equatable, CustomStringConvertible {
    /// Kinds of things that can be wrong.
    public enum Problem: Sendable, Equatable {
        /// The file does not exist.
        case missingFile
        /// The file cannot be read.
        case unreadable(reason: String)
        /// The file is far larger than any configuration.
        case tooLarge(limit: Int)
        /// The bytes are not UTF-8 text.
        case notUTF8
        /// There is nothing in it but comments.
        case empty
        /// The text is not YAML (or not `KEY=VALUE`, in `.env`).
        case syntax(String)
        /// A key stands twice in one group.
        case duplicateKey(firstLine: Int?)
        /// No such key.
        case unknownKey(nearest: String?, accepted: [String])
        /// A key without default was not given.
        case missingKey(remedy: String)
        /// The value is of another kind than the key takes.
        case wrongType(found: String, expected: String)
        /// The value is of the right kind but not accepted.
        case outOfRange(found: String, expected: String)
        /// The value is accepted alone, but not beside the others.
        case inconsistent(found: String, expected: String)
        /// `${NAME}` where NAME has no value.
        case undefinedVariable(String)
        /// `${` that does not begin a variable.
        case malformedVariable(String)
        /// Files extend each other in a circle, or too deeply.
        case extendsItself(chain: [String])
    }

    /// The file, or the option (`--override`, `--set`).
    public let source: String
    /// Line, from 1; nil where the whole source is meant.
    public let line: Int?
    /// Column, from 1.
    public let column: Int?
    /// Dotted name of the key; nil where none is concerned.
    public let key: String?
    /// What is wrong.
    public let problem: Problem

    init(_ problem: Problem, at origin: Origin, key: String? = nil) {
        source = origin.source
        line = origin.line
        column = origin.column
        self.key = key
        self.problem = problem
    }

    /// One line: where, what, found, expected.
    public var description: String {
        var place = source
        if let line { place += ":\(line)" }
        if let line, line > 0, let column { place += ":\(column)" }
        return place + ": " + (key.map { $0 + ": " } ?? "") + text
    }

    private var text: String {
        switch problem {
        case .missingFile: "no such file"
        case .unreadable(let reason): "cannot be read: \(reason)"
        case .tooLarge(let limit): "larger than \(limit) bytes: not a configuration"
        case .notUTF8: "not UTF-8 text"
        case .empty: "holds no settings; expected at least one"
        case .syntax(let reason): reason
        case .duplicateKey(let first):
            "given twice" + (first.map { ", first in line \($0)" } ?? "") + "; keep one of them"
        case .unknownKey(let nearest, let accepted):
            "unknown key"
                + (nearest.map { "; did you mean \($0)?" }
                    ?? "; known here: \(accepted.joined(separator: ", "))")
        case .missingKey(let remedy): "missing; \(remedy)"
        case .wrongType(let found, let expected), .outOfRange(let found, let expected),
            .inconsistent(let found, let expected):
            "expected \(expected), found \(found)"
        case .undefinedVariable(let name):
            "${\(name)} has no value; set it in the environment or in .env, or write ${\(name):-default}"
        case .malformedVariable(let reason): reason + "; a literal ${ is written $${"
        case .extendsItself(let chain): "extends in a circle or too deeply: \(chain.joined(separator: " → "))"
        }
    }
}

/// Everything that is wrong with a configuration, found in one go.
public struct ConfigurationErrors: Error, Sendable, Equatable, CustomStringConvertible {
    /// At least one.
    public let errors: [ConfigurationError]

    /// Whether the configuration file itself, or one it extends, does not exist.
    public var isMissingFile: Bool { errors.contains { $0.problem == .missingFile } }

    /// One line per error.
    public var description: String {
        let lines = errors.map(\.description)
        return lines.count == 1
            ? lines[0] : "\(lines.count) errors in the configuration\n  " + lines.joined(separator: "\n  ")
    }
}

extension ConfigurationErrors: ClassifiedError {
    /// The kind of failure, which decides a tool's exit code.
    public var failureKind: FailureKind { isMissingFile ? .missingInput : .usage }
}
