import TAVSEBase
import TAVSEStats

/// Why gates could not be analysed.
public enum GateError: Error, Equatable, Sendable {
    /// The store has no gates, or none of this system or split.
    case noGates(path: String, system: String?, split: String?, known: [String])
    /// Several systems have gates and none was named.
    case severalSystems(path: String, known: [String])
    /// An item whose rows or slots are numbered beyond the gates that it has.
    case malformed(item: String, what: String, found: Int, limit: Int)
    /// An option outside its range.
    case options(StatisticsError)
}

extension GateError: CustomStringConvertible {
    /// One line: what, where, found, and what to do.
    public var description: String {
        switch self {
        case .noGates(let path, let system, let split, let known):
            "\(path) holds no gates" + (system.map { " of \"\($0)\"" } ?? "")
                + (split.map { " in split \"\($0)\"" } ?? "") + "; "
                + (known.isEmpty
                    ? "capture them with tavse-gates --config … --checkpoint …"
                    : "there are gates of \(known.joined(separator: ", "))")
        case .severalSystems(let path, let known):
            "\(path) holds gates of several systems; name one with --system: \(known.joined(separator: ", "))"
        case .malformed(let item, let what, let found, let limit):
            "gates of \(item): \(what) \(found) of a grid of at most \(limit); capture them again"
        case .options(let error): error.description
        }
    }
}

extension GateError: ClassifiedError {
    /// The kind of failure, which decides a tool's exit code.
    public var failureKind: FailureKind {
        switch self {
        case .noGates, .malformed: .badData
        case .severalSystems, .options: .usage
        }
    }
}
