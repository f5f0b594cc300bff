import CLMDB
import Foundation

/// A finished store of mouth frames, opened for reading (LMDB).
///
/// Finished stores never change, so they are opened without locks: any number of processes may read, no file is
/// written beside the data, and read-only or network file systems are fine.
public final class FrameStore: @unchecked Sendable {
    /// The folder or file given.
    public let path: String
    /// Number of frames.
    public let count: Int

    private let environment: OpaquePointer
    fileprivate let database: MDB_dbi

    /// - Parameter path: a folder with `data.mdb`, or the data file itself.
    /// - Throws: ``DataError`` when it is missing, no LMDB file, truncated, or of another data format.
    public init(path: String) throws(DataError) {
        let data = try LMDBFile.dataPath(of: path)
        _ = try LMDBFile(path: data.path)
        var environment: OpaquePointer?
        var status = mdb_env_create(&environment)
        guard status == 0, let environment else { throw LMDB.error(status, path: path) }
        var flags = UInt32(MDB_RDONLY | MDB_NOLOCK | MDB_NORDAHEAD | MDB_NOTLS)
        if !data.isFolder { flags |= UInt32(MDB_NOSUBDIR) }
        status = mdb_env_open(environment, path, flags, 0o644)
        guard status == 0 else {
            mdb_env_close(environment)
            throw LMDB.error(status, path: path)
        }
        var transaction: OpaquePointer?
        var database: MDB_dbi = 0
        var statistics = MDB_stat()
        status = mdb_txn_begin(environment, nil, UInt32(MDB_RDONLY), &transaction)
        if status == 0 { status = mdb_dbi_open(transaction, nil, 0, &database) }
        if status == 0 { status = mdb_stat(transaction, database, &statistics) }
        // Committing keeps the handle for later transactions.
        if let transaction {
            _ =
                status == 0
                ? mdb_txn_commit(transaction)
                : {
                    mdb_txn_abort(transaction); return 0
                }()
        }
        guard status == 0 else {
            mdb_env_close(environment)
            throw LMDB.error(status, path: path)
        }
        self.path = path
        self.environment = environment
        self.database = database
        count = statistics.ms_entries
    }

    deinit { mdb_env_close(environment) }

    /// A view for one thread.
    public func reader() throws(DataError) -> Reader { try Reader(self) }

    /// Reads frames on one thread; what it hands out is only valid inside the closure.
    public final class Reader {
        private let store: FrameStore
        private let transaction: OpaquePointer

        fileprivate init(_ store: FrameStore) throws(DataError) {
            var transaction: OpaquePointer?
            let status = mdb_txn_begin(store.environment, nil, UInt32(MDB_RDONLY), &transaction)
            guard status == 0, let transaction else { throw LMDB.error(status, path: store.path) }
            self.store = store
            self.transaction = transaction
        }

        deinit { mdb_txn_abort(transaction) }

        /// Calls `body` with the encoded frame, or nil when the store has none under this key.
        public func withFrame<Result>(
            utterance: String, frame: Int, _ body: (UnsafeRawBufferPointer?) throws(DataError) -> Result
        ) throws(DataError) -> Result {
            var key = FrameKey.bytes(utterance: utterance, frame: frame)
            return try withValue(&key, body)
        }

        /// As ``withFrame(utterance:frame:_:)``, for a key the caller keeps.
        func withValue<Result>(
            _ key: inout [UInt8], _ body: (UnsafeRawBufferPointer?) throws(DataError) -> Result
        ) throws(DataError) -> Result {
            var value = MDB_val()
            let status = key.withUnsafeMutableBytes { bytes in
                var name = MDB_val(mv_size: bytes.count, mv_data: bytes.baseAddress)
                return mdb_get(transaction, store.database, &name, &value)
            }
            if status == MDB_NOTFOUND { return try body(nil) }
            guard status == 0 else { throw LMDB.error(status, path: store.path) }
            return try body(UnsafeRawBufferPointer(start: value.mv_data, count: value.mv_size))
        }

        /// Calls `body` for every key and value in key order.
        public func forEach(
            _ body: (_ key: UnsafeRawBufferPointer, _ value: UnsafeRawBufferPointer) throws(DataError) -> Void
        ) throws(DataError) {
            var cursor: OpaquePointer?
            var status = mdb_cursor_open(transaction, store.database, &cursor)
            guard status == 0 else { throw LMDB.error(status, path: store.path) }
            defer { mdb_cursor_close(cursor) }
            var key = MDB_val()
            var value = MDB_val()
            status = mdb_cursor_get(cursor, &key, &value, MDB_FIRST)
            while status == 0 {
                try body(
                    UnsafeRawBufferPointer(start: key.mv_data, count: key.mv_size),
                    UnsafeRawBufferPointer(start: value.mv_data, count: value.mv_size))
                status = mdb_cursor_get(cursor, &key, &value, MDB_NEXT)
            }
            guard status == MDB_NOTFOUND else { throw LMDB.error(status, path: store.path) }
        }
    }
}

/// liblmdb's status codes as this module's errors.
enum LMDB {
    static func error(_ status: Int32, path: String) -> DataError {
        let text = mdb_strerror(status).map { String(cString: $0) } ?? "status \(status)"
        switch status {
        case MDB_MAP_FULL:
            return .cannotWrite(path: path, reason: "the store's map is full and could not grow (\(text))")
        case ENOSPC, EDQUOT: return .cannotWrite(path: path, reason: "no space left: \(text)")
        // liblmdb calls a write that was cut short, as on a full disk, an input/output error.
        case EIO: return .cannotWrite(path: path, reason: "no space left, or a disk fault: \(text)")
        case EROFS: return .cannotWrite(path: path, reason: text)
        case EACCES, EPERM: return .unreadable(path: path, reason: text)
        case MDB_VERSION_MISMATCH: return .frameStore(path: path, reason: "another LMDB data format: \(text)")
        case MDB_CORRUPTED, MDB_PAGE_NOTFOUND, MDB_INVALID, MDB_PANIC:
            return .frameStore(path: path, reason: "damaged: \(text)")
        default: return .frameStore(path: path, reason: text)
        }
    }
}
