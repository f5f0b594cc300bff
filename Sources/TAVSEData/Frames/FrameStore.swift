import CLMDB
import Foundation

/// A finished store of mouth frames, opened for reading (LMDB).
///
/// Finished stores never change, so they are read without locks: any number of processes may read, no file is
/// written beside the data, and read-only or network file systems are fine. Pages are read through ``LMDBTree``
/// rather than liblmdb: a damaged one is an error, not the end of the process.
public final class FrameStore: Sendable {
    /// The folder or file given.
    public let path: String
    /// Number of frames.
    public let count: Int

    private let file: LMDBFile
    private let pages: MappedFile

    /// - Parameter path: a folder with `data.mdb`, or the data file itself.
    /// - Throws: ``DataError`` when it is missing, no LMDB file, truncated, or of another data format.
    public init(path: String) throws(DataError) {
        file = try LMDBFile(path: LMDBFile.dataPath(of: path).path)
        pages = try MappedFile(path: file.path, count: file.usedByteCount)
        self.path = path
        count = try file.count
    }

    /// A view for one thread.
    public func reader() throws(DataError) -> Reader { Reader(self) }

    /// Checks everything in a store that liblmdb trusts, which reads a good part of the file.
    ///
    /// - Throws: ``DataError/frameStore(path:reason:)`` naming the first page that makes no sense.
    package static func check(path: String) throws(DataError) {
        let file = try LMDBFile(path: LMDBFile.dataPath(of: path).path)
        guard file.hasFreeTree else {
            throw .frameStore(path: path, reason: "damaged: its header describes no tree of free pages")
        }
        let pages = try MappedFile(path: file.path, count: file.usedByteCount, isWhole: true)
        let count = try file.count
        let found: Int
        do throws(LMDBTree.Damage) {
            found = try LMDBCheck.run(LMDBTree(bytes: pages.bytes, file: file))
        } catch { throw damaged(path, error) }
        guard found == count else {
            throw .frameStore(path: path, reason: "damaged: \(found) frames, its header says \(count)")
        }
    }

    private static func damaged(_ path: String, _ damage: LMDBTree.Damage) -> DataError {
        .frameStore(path: path, reason: "damaged: page \(damage.page): \(damage.reason)")
    }

    /// Reads frames on one thread; what it hands out is only valid inside the closure.
    public final class Reader {
        private let store: FrameStore
        private var tree: LMDBTree { LMDBTree(bytes: store.pages.bytes, file: store.file) }

        fileprivate init(_ store: FrameStore) { self.store = store }

        /// Calls `body` with the encoded frame, or nil when the store has none under this key.
        ///
        /// - Throws: ``DataError/frameStore(path:reason:)`` when a page on the way to the frame is damaged.
        public func withFrame<Result>(
            utterance: String, frame: Int, _ body: (UnsafeRawBufferPointer?) throws(DataError) -> Result
        ) throws(DataError) -> Result {
            let key = FrameKey.bytes(utterance: utterance, frame: frame)
            let place: Range<Int>?
            do throws(LMDBTree.Damage) {
                place = try key.withUnsafeBytes { key in
                    Swift.Result { () throws(LMDBTree.Damage) in try tree.find(key) }
                }.get()
            } catch { throw damaged(error) }
            return try body(place.map { UnsafeRawBufferPointer(rebasing: store.pages.bytes[$0]) })
        }

        /// Calls `body` for every key and value in key order.
        ///
        /// - Throws: ``DataError/frameStore(path:reason:)`` at the first page that makes no sense.
        public func forEach(
            _ body: (_ key: UnsafeRawBufferPointer, _ value: UnsafeRawBufferPointer) throws(DataError) -> Void
        ) throws(DataError) {
            let bytes = store.pages.bytes
            let failure: DataError?
            do throws(LMDBTree.Damage) {
                failure = try tree.walk { key, value -> DataError? in
                    do throws(DataError) {
                        try body(
                            UnsafeRawBufferPointer(rebasing: bytes[key]),
                            UnsafeRawBufferPointer(rebasing: bytes[value]))
                        return nil
                    } catch { return error }
                }
            } catch { throw damaged(error) }
            if let failure { throw failure }
        }

        private func damaged(_ damage: LMDBTree.Damage) -> DataError {
            FrameStore.damaged(store.path, damage)
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
