import GRDB
import GRDBSQLite

/// A prepared statement driven directly, for the bulk rows where a value container per column is too slow.
///
/// Valid only inside the database access that made it. This is the one place that touches SQLite's C interface.
final class BulkStatement {
    private let statement: Statement
    private let pointer: OpaquePointer
    private let database: Database

    init(_ database: Database, _ sql: String) throws {
        statement = try database.makeStatement(sql: sql)
        pointer = statement.sqliteStatement
        self.database = database
    }

    // Positions count from 1, as SQLite's do.

    func bind(_ position: Int32, _ value: Int64) throws {
        try check(sqlite3_bind_int64(pointer, position, value))
    }

    func bind(_ position: Int32, _ value: Double?) throws {
        guard let value else { return try bindNull(position) }
        try check(sqlite3_bind_double(pointer, position, value))
    }

    func bind(_ position: Int32, _ value: String?) throws {
        guard var value else { return try bindNull(position) }
        // SQLITE_TRANSIENT, a cast macro that Swift does not import: SQLite copies the text at once.
        let transient = unsafeBitCast(-1, to: sqlite3_destructor_type.self)
        let code = value.withUTF8 { bytes in
            bytes.withMemoryRebound(to: CChar.self) { characters in
                sqlite3_bind_text64(
                    pointer, position, characters.baseAddress, UInt64(characters.count), transient,
                    UInt8(SQLITE_UTF8))
            }
        }
        try check(code)
    }

    func bindNull(_ position: Int32) throws {
        try check(sqlite3_bind_null(pointer, position))
    }

    /// Runs a statement without result rows and makes it ready for the next values.
    func execute() throws {
        defer { sqlite3_reset(pointer) }
        let code = sqlite3_step(pointer)
        guard code == SQLITE_DONE || code == SQLITE_ROW else { throw error(code) }
    }

    /// Moves to the next result row; false after the last.
    func step() throws -> Bool {
        switch sqlite3_step(pointer) {
        case SQLITE_ROW: return true
        case SQLITE_DONE: return false
        case let code: throw error(code)
        }
    }

    func reset() { sqlite3_reset(pointer) }

    // Columns count from 0.

    func isNull(_ column: Int32) -> Bool { sqlite3_column_type(pointer, column) == SQLITE_NULL }
    func integer(_ column: Int32) -> Int64 { sqlite3_column_int64(pointer, column) }
    func double(_ column: Int32) -> Double { sqlite3_column_double(pointer, column) }

    func optionalDouble(_ column: Int32) -> Double? { isNull(column) ? nil : double(column) }

    func text(_ column: Int32) -> String? {
        guard let bytes = sqlite3_column_text(pointer, column) else { return nil }
        let count = Int(sqlite3_column_bytes(pointer, column))
        return String(decoding: UnsafeBufferPointer(start: bytes, count: count), as: UTF8.self)
    }

    private func check(_ code: Int32) throws {
        guard code == SQLITE_OK else { throw error(code) }
    }

    private func error(_ code: Int32) -> DatabaseError {
        DatabaseError(
            resultCode: ResultCode(rawValue: sqlite3_extended_errcode(sqlite3_db_handle(pointer))),
            message: database.lastErrorMessage, sql: statement.sql)
    }
}
