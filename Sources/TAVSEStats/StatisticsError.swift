import TAVSEBase

/// What a caller can get wrong: which argument, what was found, what is accepted.
public enum StatisticsError: Error, Equatable, Sendable {
    /// Two inputs that run in parallel have different lengths.
    case lengthMismatch(what: String, expected: Int, found: Int)
    /// A confidence level, α or power outside the open interval (0, 1).
    case notAProbability(what: String, found: Double)
    /// A value that must be positive is not.
    case notPositive(what: String, found: Double)
    /// A value at `index` is NaN or infinite where only finite values have a meaning.
    case notFinite(what: String, index: Int, found: Double)
    /// An index lies outside `0..<limit`.
    case indexOutOfRange(what: String, index: Int, limit: Int)
    /// An exact computation that would need too much memory or precision; use the approximation.
    case tooLargeForExact(what: String, count: Int, limit: Int)
    /// The planned family is smaller than the number of tests in it.
    case familyTooSmall(planned: Int, tests: Int)
    /// Lower bound not below the upper bound.
    case emptyInterval(low: Double, high: Double)
    /// A list in which every entry may occur once has one twice.
    case notDistinct(what: String)
}

extension StatisticsError: CustomStringConvertible {
    /// One line: what, found, accepted.
    public var description: String {
        switch self {
        case .lengthMismatch(let what, let expected, let found):
            "\(what): expected \(expected) values, found \(found)"
        case .notAProbability(let what, let found):
            "\(what) is \(found); it must lie strictly between 0 and 1"
        case .notPositive(let what, let found):
            "\(what) is \(found); it must be positive"
        case .notFinite(let what, let index, let found):
            "\(what)[\(index)] is \(found); leave non-finite rows out first"
        case .indexOutOfRange(let what, let index, let limit):
            "\(what): index \(index) is outside 0..<\(limit)"
        case .tooLargeForExact(let what, let count, let limit):
            "\(what): \(count) is more than the exact computation takes (\(limit)); use the approximation"
        case .familyTooSmall(let planned, let tests):
            "the planned family has \(planned) tests, but \(tests) p-values were given"
        case .emptyInterval(let low, let high):
            "equivalence bounds [\(low), \(high)] are empty; the lower must be below the upper"
        case .notDistinct(let what): "\(what): one occurs twice; each may occur once"
        }
    }
}

/// Throws unless `value` lies strictly between 0 and 1.
func requireProbability(_ value: Double, _ what: String) throws(StatisticsError) {
    guard value > 0, value < 1 else { throw .notAProbability(what: what, found: value) }
}

/// Throws unless every value is finite.
func requireFinite(_ values: [Double], _ what: String) throws(StatisticsError) {
    if let index = values.firstIndex(where: { !$0.isFinite }) {
        throw .notFinite(what: what, index: index, found: values[index])
    }
}

extension StatisticsError: ClassifiedError {
    /// The kind of failure, which decides a tool's exit code.
    public var failureKind: FailureKind { .usage }
}
