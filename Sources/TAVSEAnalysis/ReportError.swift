import TAVSEBase

/// Why a report could not be made or written.
public enum ReportError: Error, Equatable, Sendable {
    /// The store has no scores, or none in this split.
    case noScores(path: String, split: String?)
    /// A system that a comparison needs is not there.
    case unknownSystem(name: String, known: [String])
    /// A metric that an option names is not there.
    case unknownMetric(name: String, known: [String])
    /// An output file could not be written.
    case cannotWrite(path: String, reason: String)
    /// A rules file that cannot be used; `place` says where in it.
    case invalidRules(path: String, place: String, problem: String)
    /// A file that does not exist.
    case missingFile(path: String)
}

extension ReportError: CustomStringConvertible {
    /// One line: what, where, expected, found.
    public var description: String {
        switch self {
        case .noScores(let path, let split):
            "\(path) holds no scores" + (split.map { " of split \"\($0)\"" } ?? "")
                + "; score recordings with tavse-eval or import a table with tavse-report import"
        case .unknownSystem(let name, let known):
            "no system named \"\(name)\"; the store has \(known.isEmpty ? "none" : known.joined(separator: ", "))"
        case .unknownMetric(let name, let known):
            "no metric named \"\(name)\"; the scores have \(known.isEmpty ? "none" : known.joined(separator: ", "))"
        case .cannotWrite(let path, let reason): "cannot write \(path): \(reason)"
        case .invalidRules(let path, let place, let problem):
            "\(path)\(place.isEmpty ? "" : ": \(place)"): \(problem)"
        case .missingFile(let path): "no file at \(path)"
        }
    }
}

extension ReportError: ClassifiedError {
    /// The kind of failure, which decides a tool's exit code.
    public var failureKind: FailureKind {
        switch self {
        case .noScores: .badData
        case .unknownSystem, .unknownMetric, .invalidRules: .usage
        case .cannotWrite: .cannotWrite
        case .missingFile: .missingInput
        }
    }
}
