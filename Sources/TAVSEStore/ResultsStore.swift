import Foundation
import GRDB

/// The results of every evaluation in one SQLite file.
///
/// Safe for several processes at once: writers take turns (rollback journal, no WAL, so that network file systems
/// work), each batch is one transaction, and a process killed at any moment leaves the last committed state.
public final class ResultsStore: Sendable {
    /// What the store is opened for.
    public enum Access: Sendable {
        /// Reading and writing; a missing file is created, an older schema is brought up to date.
        case readWrite
        /// Reading only; works on a read-only file in a read-only folder.
        case readOnly
    }

    /// Where the file is.
    public let path: String
    let queue: DatabaseQueue
    let busySeconds: Double

    /// Opens a results store.
    ///
    /// - Parameters:
    ///   - path: the SQLite file.
    ///   - access: reading and writing, or reading only.
    ///   - busySeconds: how long to wait for another process before giving up.
    /// - Throws: what is wrong with the file: missing, empty, not a database, of another program, of a schema
    ///   version that this build cannot use, not writable, damaged.
    public init(path: String, access: Access, busySeconds: Double = 60) throws(StoreError) {
        try StorePath.check(path)
        self.path = path
        self.busySeconds = busySeconds
        queue = try Self.mapErrors(path: path, busySeconds: busySeconds) {
            try Self.open(path: path, access: access, busySeconds: busySeconds)
        }
    }

    private static func open(path: String, access: Access, busySeconds: Double) throws -> DatabaseQueue {
        let version = Database.sqliteLibVersionNumber
        guard version >= Schema.minimumSQLite.number else {
            let found = "\(version / 1_000_000).\(version / 1000 % 1000).\(version % 1000)"
            throw StoreError.sqliteTooOld(found: found, needed: Schema.minimumSQLite.name)
        }
        try checkFile(path: path, access: access)
        var configuration = Configuration()
        configuration.foreignKeysEnabled = true
        configuration.busyMode = .timeout(busySeconds)
        configuration.readonly = access == .readOnly
        configuration.label = "results store"
        // The default of 2 MB makes bulk work read its own pages again and again.
        configuration.prepareDatabase { try $0.execute(sql: "PRAGMA cache_size = -65536") }
        switch access {
        case .readWrite:
            let queue = try DatabaseQueue(path: path, configuration: configuration)
            try queue.inDatabase { try Schema.migrate($0, path: path) }
            return queue
        case .readOnly:
            let queue = try readableQueue(path: path, configuration: configuration)
            let version = try queue.inDatabase { try Schema.check($0, path: path) }
            guard version > 0 else { throw StoreError.emptyFile(path: path) }
            guard version == Schema.currentVersion else {
                throw StoreError.needsMigration(path: path, found: version, supported: Schema.currentVersion)
            }
            return queue
        }
    }

    /// Opens for reading; rolls a crashed writer's journal back first where the file can be written.
    private static func readableQueue(path: String, configuration: Configuration) throws -> DatabaseQueue {
        do {
            let queue = try DatabaseQueue(path: path, configuration: configuration)
            _ = try queue.inDatabase { try Schema.state(of: $0) }
            return queue
        } catch let error as DatabaseError
            where error.extendedResultCode == .SQLITE_READONLY_ROLLBACK
            || error.extendedResultCode == .SQLITE_READONLY_CANTLOCK
        {
            var writable = configuration
            writable.readonly = false
            do {
                let recovery = try DatabaseQueue(path: path, configuration: writable)
                _ = try recovery.inDatabase { try Schema.state(of: $0) }
                try recovery.close()
            } catch { throw StoreError.needsRecovery(path: path) }
            return try DatabaseQueue(path: path, configuration: configuration)
        }
    }

    /// Says in words what SQLite would only report as "unable to open".
    private static func checkFile(path: String, access: Access) throws {
        let files = FileManager.default
        var isFolder: ObjCBool = false
        guard files.fileExists(atPath: path, isDirectory: &isFolder) else {
            if access == .readOnly { throw StoreError.missingFile(path: path) }
            let folder = (path as NSString).deletingLastPathComponent
            if !folder.isEmpty && !files.fileExists(atPath: folder) {
                throw StoreError.missingFolder(path: folder)
            }
            return
        }
        if isFolder.boolValue { throw StoreError.cannotOpen(path: path, reason: "it is a folder") }
        guard let handle = FileHandle(forReadingAtPath: path) else {
            throw StoreError.cannotOpen(path: path, reason: "no permission to read it")
        }
        defer { try? handle.close() }
        let head = try handle.read(upToCount: 16) ?? Data()
        if head.isEmpty {
            if access == .readOnly { throw StoreError.emptyFile(path: path) }
        } else if head != Data("SQLite format 3\0".utf8) {
            throw StoreError.notADatabase(path: path)
        }
        if access == .readWrite && !files.isWritableFile(atPath: path) {
            throw StoreError.readOnly(path: path)
        }
    }

    // MARK: - Access with the store's own errors

    /// Reads in one consistent state of the database.
    package func read<Value>(_ body: (Database) throws -> Value) throws(StoreError) -> Value {
        try Self.mapErrors(path: path, busySeconds: busySeconds) { try queue.read(body) }
    }

    /// Writes in one transaction, which takes the write lock at once: two writers queue instead of deadlocking.
    package func write<Value>(_ body: (Database) throws -> Value) throws(StoreError) -> Value {
        try Self.mapErrors(path: path, busySeconds: busySeconds) {
            try queue.inDatabase { database in try Self.transaction(database, body) }
        }
    }

    static func transaction<Value>(
        _ database: Database, kind: Database.TransactionKind = .immediate, _ body: (Database) throws -> Value
    ) throws -> Value {
        var result: Value?
        try database.inTransaction(kind) {
            result = try body(database)
            return .commit
        }
        guard let result else { throw DatabaseError(message: "a transaction ended without a result") }
        return result
    }

    /// A transaction for bulk rows whose keys were made or looked up inside it.
    ///
    /// Looking up three parent rows for each score would take most of the time, so the caller answers for the keys.
    static func bulkTransaction<Value>(
        _ database: Database, kind: Database.TransactionKind = .immediate, _ body: (Database) throws -> Value
    ) throws -> Value {
        try database.execute(sql: "PRAGMA foreign_keys = OFF")
        defer { try? database.execute(sql: "PRAGMA foreign_keys = ON") }
        return try transaction(database, kind: kind, body)
    }

    static func mapErrors<Value>(
        path: String, busySeconds: Double, _ body: () throws -> Value
    ) throws(StoreError) -> Value {
        do {
            return try body()
        } catch let error as StoreError {
            throw error
        } catch let error as DatabaseError {
            throw StoreError(error, path: path, busySeconds: busySeconds)
        } catch {
            throw .cannotOpen(path: path, reason: "\(error)")
        }
    }
}

extension StoreError {
    /// SQLite's result code as a case that says what to do.
    init(_ error: DatabaseError, path: String, busySeconds: Double) {
        let message = error.message ?? "unknown error"
        switch error.resultCode {
        case .SQLITE_BUSY, .SQLITE_LOCKED: self = .busy(path: path, seconds: busySeconds)
        case .SQLITE_FULL: self = .diskFull(path: path)
        case .SQLITE_READONLY:
            self =
                error.extendedResultCode == .SQLITE_READONLY_ROLLBACK
                ? .needsRecovery(path: path) : .readOnly(path: path)
        case .SQLITE_NOTADB: self = .notADatabase(path: path)
        case .SQLITE_CORRUPT: self = .corrupt(path: path, detail: message)
        case .SQLITE_CANTOPEN: self = .cannotOpen(path: path, reason: message)
        default:
            self = .sql(
                path: path, code: Int(error.extendedResultCode.rawValue), message: message,
                statement: error.sql)
        }
    }
}
