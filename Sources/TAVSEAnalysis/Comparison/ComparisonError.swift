import TAVSEBase
import TAVSEStats

/// Why no comparison could be made.
public enum ComparisonError: Error, Equatable, Sendable {
    /// Strict matching: items that only one of two systems has a row for.
    case unmatched(
        first: String, second: String, metric: String, onlyFirst: [PairingKey], onlySecond: [PairingKey])
    /// Items with the same utterance and condition name different speakers.
    case speakerConflict(keys: [PairingKey])
    /// A margin for a metric that the table does not hold.
    case unknownMargin(metric: String, known: [String])
    /// Two systems or two metrics of the same name.
    case duplicateName(String)
    /// The table holds no item, no system or no metric.
    case emptyTable(what: String)
    /// A column whose length is not the number of items.
    case malformedTable(system: String, metric: String)
    /// An option outside its range.
    case options(StatisticsError)
}

extension ComparisonError: CustomStringConvertible {
    /// One line: what is wrong, where, and what to do.
    public var description: String {
        switch self {
        case .unmatched(let first, let second, let metric, let onlyFirst, let onlySecond):
            "\(first) and \(second), \(metric): "
                + PairingError.unmatched(onlyFirst: onlyFirst, onlySecond: onlySecond).description
        case .speakerConflict(let keys): PairingError.speakerConflict(keys: keys).description
        case .unknownMargin(let metric, let known):
            "a margin is given for \"\(metric)\", but the metrics are \(known.joined(separator: ", "))"
        case .duplicateName(let name): "the name \"\(name)\" occurs twice"
        case .emptyTable(let what): "there is nothing to compare: no \(what)"
        case .malformedTable(let system, let metric):
            "the column of \(system), \(metric) does not have one entry per item"
        case .options(let error): error.description
        }
    }
}

extension ComparisonError: ClassifiedError {
    /// The kind of failure, which decides a tool's exit code.
    public var failureKind: FailureKind {
        switch self {
        case .unknownMargin, .options: .usage
        default: .badData
        }
    }
}
