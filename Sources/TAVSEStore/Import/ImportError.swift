import TAVSEBase

/// Why a table of scores could not be imported; every case says where.
public enum ImportError: Error, Equatable, Sendable {
    /// There is no such file.
    case missingFile(path: String)
    /// The file could not be read.
    case cannotRead(path: String, reason: String)
    /// No heading line.
    case empty(path: String)
    /// A heading without rows.
    case noRows(path: String)
    /// A needed column is not in the heading.
    case missingColumn(path: String, column: String, found: [String])
    /// A heading names a column twice, or two names of one thing.
    case repeatedColumn(path: String, column: String)
    /// A wide table has no column that could be a metric.
    case noMetricColumns(path: String)
    /// A row has another number of fields than the heading.
    case fieldCount(path: String, line: Int, expected: Int, found: Int)
    /// A quoted field is not closed, or is longer than any table's.
    case unterminatedQuote(path: String, line: Int)
    /// Text after a closing quote.
    case malformedQuote(path: String, line: Int)
    /// Bytes that are not UTF-8.
    case invalidText(path: String, line: Int, column: String)
    /// A cell that must not be empty.
    case emptyField(path: String, line: Int, column: String)
    /// A cell that is not a number.
    case invalidNumber(path: String, line: Int, column: String, text: String)
    /// One item with two speakers.
    case speakerDiffers(path: String, line: Int, item: String, first: String, second: String)
    /// The same key more than once; the first few, and how many there are.
    case duplicates(path: String, keys: [String], count: Int)
    /// A metric named in an option that the file does not have.
    case unknownMetric(path: String, name: String, found: [String])
    /// One metric declared to point both ways.
    case contradictoryDirection(name: String)
}

extension ImportError: CustomStringConvertible {
    /// One line: file, line, column, expected and found.
    public var description: String {
        switch self {
        case .missingFile(let path): "no file at \(path)"
        case .cannotRead(let path, let reason): "cannot read \(path): \(reason)"
        case .empty(let path): "\(path) is empty; expected a heading line"
        case .noRows(let path): "\(path) has a heading and no rows"
        case .missingColumn(let path, let column, let found):
            "\(path):1: no column \"\(column)\"; the heading has \(found.joined(separator: ", "))"
        case .repeatedColumn(let path, let column): "\(path):1: column \"\(column)\" is given twice"
        case .noMetricColumns(let path):
            "\(path):1: no metric columns; a wide table has one column per metric beside system, utterance, "
                + "speaker, snr_db, noise_type and split"
        case .fieldCount(let path, let line, let expected, let found):
            "\(path):\(line): \(found) fields, the heading has \(expected)"
        case .unterminatedQuote(let path, let line):
            "\(path):\(line): a quoted field that starts here is not closed"
        case .malformedQuote(let path, let line): "\(path):\(line): text after a closing quote"
        case .invalidText(let path, let line, let column): "\(path):\(line): column \(column) is not UTF-8"
        case .emptyField(let path, let line, let column): "\(path):\(line): column \(column) is empty"
        case .invalidNumber(let path, let line, let column, let text):
            "\(path):\(line): column \(column): \"\(text)\" is not a number "
                + "(empty, NaN and inf are kept as failed; leave out a column of words with --ignore \(column))"
        case .speakerDiffers(let path, let line, let item, let first, let second):
            "\(path):\(line): \(item) has speaker \"\(second)\" here and \"\(first)\" before"
        case .duplicates(let path, let keys, let count):
            "\(path): \(count) repeated key\(count == 1 ? "" : "s"): \(keys.joined(separator: "; "))"
                + (count > keys.count ? "; …" : "")
        case .unknownMetric(let path, let name, let found):
            "\(path): no metric \"\(name)\"; the file has \(found.joined(separator: ", "))"
        case .contradictoryDirection(let name):
            "metric \"\(name)\" is declared both higher-is-better and lower-is-better"
        }
    }
}

extension ImportError: ClassifiedError {
    /// The kind of failure, which decides a tool's exit code.
    public var failureKind: FailureKind {
        switch self {
        case .missingFile: .missingInput
        case .unknownMetric, .contradictoryDirection: .usage
        default: .badData
        }
    }
}
