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
    /// Scores that cannot be values of their metric; the first few, and how many there are.
    case outOfRange(path: String, cells: [OutOfRange], count: Int)
    /// Metrics of which nothing says which way is better.
    case unknownDirection(path: String, names: [String])
    /// A condition column that holds too many different values for one.
    case conditionLooksLikeScore(path: String, column: String, distinct: Int)
    /// The store has the metric with the other direction.
    case directionDiffers(name: String, storedHigherIsBetter: Bool)
    /// One metric declared to point both ways.
    case contradictoryDirection(name: String)
}

extension ImportError {
    /// A score that cannot be a value of its metric.
    public struct OutOfRange: Sendable, Equatable {
        var line: Int, column: String, value: Double, metric: String, range: String
    }
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
        case .outOfRange(let path, let cells, let count):
            cells.map { cell in
                "\(path):\(cell.line): column \(cell.column): \(NumberText.exact(cell.value)) is outside "
                    + "the range of \(cell.metric), \(cell.range)"
            }.joined(separator: "\n  ")
                + (count > cells.count ? "\n  … and \(count - cells.count) more" : "")
                + "\n  convert the scores (percent to fraction?), rename the column, or leave it out with --ignore"
        case .unknownDirection(let path, let names):
            "\(path): nothing says which way is better in \(names.map { "\"\($0)\"" }.joined(separator: ", ")): "
                + "give --higher-is-better or --lower-is-better \(names.joined(separator: ",")), or leave the column "
                + "out with --ignore \(names.joined(separator: ","))"
        case .conditionLooksLikeScore(let path, let column, let distinct):
            "\(path): column \"\(column)\" has \(distinct) different values, too many for the SNR of the noisy input: "
                + "rename it to snr_db if it is one; a score needs --higher-is-better \(column)"
        case .directionDiffers(let name, let isHigher):
            "the store has \"\(name)\" as \(isHigher ? "higher" : "lower") is better: import with --replace, or correct "
                + "it with tavse-report metric \(name) --\(isHigher ? "lower" : "higher")-is-better"
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
        case .unknownMetric, .contradictoryDirection, .unknownDirection: .usage
        default: .badData
        }
    }
}
