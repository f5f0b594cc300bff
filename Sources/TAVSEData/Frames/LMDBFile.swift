import Foundation

/// What an LMDB data file says about itself, checked before anything maps it.
///
/// Touching a page that a truncated file lacks kills the process with SIGBUS, so the size is compared with the last
/// page in use first.
///
/// > Source: the meta page of LMDB's data format 1 (`mdb.c`, `MDB_page`, `MDB_meta`, `MDB_db`).
struct LMDBFile {
    private enum Format {
        static let magic: UInt32 = 0xBEEF_C0DE
        static let version: UInt32 = 1
        static let metaLength = 152
        static let magicOffset = 16
        static let versionOffset = 20
        static let pageSizeOffset = 40
        static let freeFlagsOffset = 44
        static let freeRootOffset = 80
        static let databaseFlagsOffset = 92
        static let entriesOffset = 120
        static let rootOffset = 128
        static let lastPageOffset = 136
        static let transactionOffset = 144
        static let integerKeys: UInt16 = 0x08
        /// Of the environment rather than of the tree, whose field it shares: the store was made without a folder.
        static let noFolder: UInt16 = 0x4000
    }

    let path: String
    let pageSize: Int
    let lastPage: UInt64
    let root: UInt64
    /// Root of the tree of free pages.
    let freeRoot: UInt64
    /// Whether that tree is sorted as LMDB sorts it; liblmdb ends the process when it writes to another.
    let hasFreeTree: Bool
    let entries: UInt64
    /// Bytes up to the end of the last page in use; the file has at least as many.
    var usedByteCount: Int { (Int(lastPage) + 1) * pageSize }

    /// Number of entries.
    ///
    /// - Throws: ``DataError/frameStore(path:reason:)`` for more than the pages could hold.
    var count: Int {
        get throws(DataError) {
            guard let count = Int(exactly: entries), count <= usedByteCount / 8 else {
                throw .frameStore(path: path, reason: "damaged: its header says it holds \(entries) frames")
            }
            return count
        }
    }

    /// The data file of a store: the path itself, or `data.mdb` inside it when it is a folder.
    static func dataPath(of store: String) throws(DataError) -> (path: String, isFolder: Bool) {
        var isFolder: ObjCBool = false
        guard FileManager.default.fileExists(atPath: store, isDirectory: &isFolder) else {
            throw .missingInput(path: store)
        }
        guard isFolder.boolValue else { return (store, false) }
        let inside = store + "/data.mdb"
        guard FileManager.default.fileExists(atPath: inside) else { throw .missingInput(path: inside) }
        return (inside, true)
    }

    /// Reads and checks both meta pages.
    ///
    /// - Throws: ``DataError/frameStore(path:reason:)`` naming what is wrong: not LMDB, another data format or byte
    ///   order, an impossible page size, a truncated file.
    init(path: String) throws(DataError) {
        guard let file = FileHandle(forReadingAtPath: path) else {
            throw .unreadable(path: path, reason: String(cString: strerror(errno)))
        }
        defer { try? file.close() }
        let head: Data
        let size: UInt64
        do {
            head = try file.read(upToCount: 16384 + Format.metaLength) ?? Data()
            size = try file.seekToEnd()
        } catch { throw .unreadable(path: path, reason: "\(error)") }
        let bytes = [UInt8](head)
        guard bytes.count >= Format.metaLength else {
            throw .frameStore(path: path, reason: "\(size) bytes are too few for an LMDB file")
        }
        func fail(_ reason: String) -> DataError { .frameStore(path: path, reason: reason) }
        guard let first = try Self.meta(bytes, at: 0, path: path) else {
            throw fail("not an LMDB file (no LMDB mark at byte 16)")
        }
        let pages = first.pageSize
        guard (256...65536).contains(pages), pages & (pages - 1) == 0 else {
            throw fail("page size \(pages) in the header is not a power of two from 256 to 65536")
        }
        var newest = first
        if pages + Format.metaLength <= bytes.count, let second = try Self.meta(bytes, at: pages, path: path),
            second.transaction > first.transaction
        {
            newest = second
        } else if pages > 16384 {
            newest = try Self.secondMeta(path: path, at: pages, first: first)
        }
        guard newest.lastPage < UInt64(Int64.max) / UInt64(pages) else {
            throw fail("last page \(newest.lastPage) in the header is impossible")
        }
        guard newest.flags == 0 else {
            throw fail(
                "its keys are sorted in another way (database flags \(newest.flags)); not a store of frames")
        }
        let needed = (newest.lastPage + 1) * UInt64(pages)
        guard size >= needed else {
            throw fail(
                "truncated: the header needs \(needed) bytes, the file has \(size); copy or build it again")
        }
        self.path = path
        pageSize = pages
        lastPage = newest.lastPage
        root = newest.root
        freeRoot = newest.freeRoot
        hasFreeTree = newest.freeFlags & ~Format.noFolder == Format.integerKeys
        entries = newest.entries
    }

    private struct Meta {
        let pageSize: Int
        let flags: UInt16
        let lastPage: UInt64
        let root: UInt64
        let freeRoot: UInt64
        let freeFlags: UInt16
        let entries: UInt64
        let transaction: UInt64
    }

    private static func meta(_ bytes: [UInt8], at offset: Int, path: String) throws(DataError) -> Meta? {
        func integer<T: FixedWidthInteger>(_ type: T.Type, _ place: Int) -> T {
            var value: T = 0
            for k in 0..<MemoryLayout<T>.size {
                value |= T(truncatingIfNeeded: bytes[offset + place + k]) << T(8 * k)
            }
            return value
        }
        let magic = integer(UInt32.self, Format.magicOffset)
        if magic.byteSwapped == Format.magic {
            throw .frameStore(
                path: path, reason: "written by a machine of the other byte order; export and import it")
        }
        guard magic == Format.magic else { return nil }
        let version = integer(UInt32.self, Format.versionOffset)
        guard version == Format.version else {
            throw .frameStore(
                path: path, reason: "LMDB data format \(version), this liblmdb reads \(Format.version)")
        }
        return Meta(
            pageSize: Int(integer(UInt32.self, Format.pageSizeOffset)),
            flags: integer(UInt16.self, Format.databaseFlagsOffset),
            lastPage: integer(UInt64.self, Format.lastPageOffset),
            root: integer(UInt64.self, Format.rootOffset),
            freeRoot: integer(UInt64.self, Format.freeRootOffset),
            freeFlags: integer(UInt16.self, Format.freeFlagsOffset),
            entries: integer(UInt64.self, Format.entriesOffset),
            transaction: integer(UInt64.self, Format.transactionOffset))
    }

    /// The second meta page of a store with pages over 16 KiB.
    private static func secondMeta(path: String, at offset: Int, first: Meta) throws(DataError) -> Meta {
        guard let file = FileHandle(forReadingAtPath: path) else { return first }
        defer { try? file.close() }
        do {
            try file.seek(toOffset: UInt64(offset))
            let bytes = [UInt8](try file.read(upToCount: Format.metaLength) ?? Data())
            guard bytes.count == Format.metaLength, let second = try meta(bytes, at: 0, path: path) else {
                return first
            }
            return second.transaction > first.transaction ? second : first
        } catch let error as DataError {
            throw error
        } catch { throw .unreadable(path: path, reason: "\(error)") }
    }
}
