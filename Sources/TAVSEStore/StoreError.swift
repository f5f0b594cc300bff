import TAVSEBase

/// Why a results store could not be opened, read or written.
public enum StoreError: Error, Equatable, Sendable {
    /// There is no file at this path.
    case missingFile(path: String)
    /// The folder that should hold the file does not exist.
    case missingFolder(path: String)
    /// The file is not an SQLite database.
    case notADatabase(path: String)
    /// The file is empty, or an SQLite database without tables, and was to be read.
    case emptyFile(path: String)
    /// The file is an SQLite database of some other program.
    case foreignDatabase(path: String, applicationID: Int)
    /// The store was written by a later version of TAVSE.
    case newerSchema(path: String, found: Int, supported: Int)
    /// The store claims a version from which no migration exists.
    case unmigratableSchema(path: String, found: Int, supported: Int)
    /// The SQLite library on this machine lacks what the schema needs.
    case sqliteTooOld(found: String, needed: String)
    /// A crashed writer left a journal behind that a reader without write access cannot roll back.
    case needsRecovery(path: String)
    /// The file cannot be opened.
    case cannotOpen(path: String, reason: String)
    /// Another process held the store for longer than the busy timeout.
    case busy(path: String, seconds: Double)
    /// The disk is full.
    case diskFull(path: String)
    /// The file, its folder or the way it was opened does not allow writing.
    case readOnly(path: String)
    /// The database is damaged.
    case corrupt(path: String, detail: String)
    /// SQLite refused a statement for a reason that no other case names.
    case sql(path: String, code: Int, message: String, statement: String?)
    /// A value that the store does not accept.
    case invalid(field: String, value: String, expected: String)
    /// No system of this name.
    case unknownSystem(name: String, known: [String])
    /// No metric of this name.
    case unknownMetric(name: String, known: [String])
    /// No run with this number.
    case unknownRun(Int64)
    /// The same score was given twice in one import.
    case duplicateScore(system: String, item: String, metric: String)
    /// A score that is already stored, with another value.
    case conflict(system: String, item: String, metric: String, stored: String, new: String)
    /// An imported item that is already stored, with another speaker or split.
    case relabelled(system: String, item: String, field: String, stored: String?, new: String?)
    /// Two stores disagree; the first few differences, and how many there are.
    case mergeConflict(source: String, differences: [String], count: Int)
    /// One run holds two different recordings under the same utterance and condition.
    case ambiguousItem(system: String, item: String)
}

extension StoreError: CustomStringConvertible {
    /// One line: what, where, expected, found, and what to do.
    public var description: String {
        switch self {
        case .missingFile(let path): "no results store at \(path)"
        case .missingFolder(let path): "the folder \(path) does not exist; create it first"
        case .notADatabase(let path): "\(path) is not an SQLite database"
        case .emptyFile(let path): "\(path) is empty: no results have been written to it"
        case .foreignDatabase(let path, let id):
            "\(path) is an SQLite database of another program (application id \(id)), not a results store"
        case .newerSchema(let path, let found, let supported):
            "\(path) has schema version \(found), and this build reads up to \(supported); use a newer TAVSE"
        case .unmigratableSchema(let path, let found, let supported):
            "\(path) has schema version \(found), from which no migration to \(supported) exists; "
                + "score the recordings again into a new file"
        case .sqliteTooOld(let found, let needed):
            "SQLite \(found) is too old, version \(needed) or later is needed; install a newer libsqlite3"
        case .needsRecovery(let path):
            "\(path) was left in the middle of a write; open it once with write access to roll that back"
        case .cannotOpen(let path, let reason): "cannot open \(path): \(reason)"
        case .busy(let path, let seconds):
            "\(path) is in use by another process (waited \(Int(seconds)) s); try again when it is done"
        case .diskFull(let path): "no space left on the disk of \(path); what was committed before is kept"
        case .readOnly(let path): "\(path) cannot be written: the file or its folder is read-only"
        case .corrupt(let path, let detail): "\(path) is damaged (\(detail)); restore it from a copy"
        case .sql(let path, let code, let message, let statement):
            "SQLite error \(code) in \(path): \(message)" + (statement.map { " in: \($0)" } ?? "")
        case .invalid(let field, let value, let expected): "\(field) \"\(value)\": expected \(expected)"
        case .unknownSystem(let name, let known):
            "no system named \"\(name)\"; the store has \(Self.list(known, empty: "no systems"))"
        case .unknownMetric(let name, let known):
            "no scores of metric \"\(name)\"; the store has \(Self.list(known, empty: "no metrics"))"
        case .unknownRun(let id): "no run \(id) in the store"
        case .duplicateScore(let system, let item, let metric):
            "\(metric) of \(system) for \(item) is given twice"
        case .conflict(let system, let item, let metric, let stored, let new):
            "\(metric) of \(system) for \(item) is stored as \(stored) and now given as \(new); "
                + "with --replace the table takes the place of everything imported for the system before"
        case .relabelled(let system, let item, let field, let stored, let new):
            "the \(field) of \(item) of \(system) is stored as \(stored ?? "unknown") and now given as "
                + "\(new ?? "unknown"); with --replace the table takes the place of everything imported for the "
                + "system before"
        case .mergeConflict(let source, let differences, let count):
            "\(source) contradicts the store in \(count) place\(count == 1 ? "" : "s"): "
                + differences.joined(separator: "; ") + (count > differences.count ? "; …" : "")
                + ". Merge into a new store, or remove one of the two runs first (tavse-report remove)"
        case .ambiguousItem(let system, let item):
            "\(system) has scores for two different recordings that are both called \(item); "
                + "score it again with --fresh"
        }
    }

    private static func list(_ names: [String], empty: String) -> String {
        names.isEmpty ? empty : names.joined(separator: ", ")
    }
}

extension StoreError: ClassifiedError {
    /// The kind of failure, which decides a tool's exit code.
    public var failureKind: FailureKind {
        switch self {
        case .missingFile: .missingInput
        case .missingFolder, .readOnly, .diskFull, .needsRecovery: .cannotWrite
        case .unknownSystem, .unknownMetric, .unknownRun, .invalid: .usage
        case .busy, .sqliteTooOld, .cannotOpen: .failed
        // SQLITE_IOERR: what the disk says when it is full or gone.
        case .sql(_, let code, _, _): code & 0xff == 10 ? .cannotWrite : .failed
        case .notADatabase, .emptyFile, .foreignDatabase, .newerSchema, .unmigratableSchema,
            .corrupt, .duplicateScore, .conflict, .relabelled, .mergeConflict, .ambiguousItem:
            .badData
        }
    }
}
