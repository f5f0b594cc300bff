import Foundation

/// Walks an LMDB file's pages without liblmdb, which ends the process when a page does not make sense.
///
/// > Source: LMDB's data format 1 (`mdb.c`: `MDB_page`, `MDB_node`).
enum LMDBStructure {
    private enum Format {
        static let headerLength = 16
        static let branch: UInt16 = 0x01
        static let leaf: UInt16 = 0x02
        static let overflow: UInt16 = 0x04
        static let bigData: UInt16 = 0x01
        static let nodeHeaderLength = 8
        /// B+ trees of 2⁶⁴ entries are no deeper; a deeper one is a circle.
        static let deepest = 32
    }

    /// Checks every page the main database can reach.
    ///
    /// - Throws: ``DataError/frameStore(path:reason:)`` naming the first page that makes no sense.
    static func check(_ file: LMDBFile) throws(DataError) {
        guard file.root != .max else { return }
        let data: Data
        do { data = try Data(contentsOf: URL(fileURLWithPath: file.path), options: .alwaysMapped) } catch {
            throw .unreadable(path: file.path, reason: FileProblem.reason(error))
        }
        let problem = data.withUnsafeBytes { bytes -> (page: UInt64, reason: String)? in
            var walk = Walk(bytes: bytes, file: file)
            return walk.visit(file.root, depth: 0)
        }
        if let problem {
            throw .frameStore(path: file.path, reason: "damaged: page \(problem.page): \(problem.reason)")
        }
    }

    private struct Walk {
        let bytes: UnsafeRawBufferPointer
        let file: LMDBFile
        var visited: UInt64 = 0

        private func u16(_ offset: Int) -> UInt16 {
            bytes.loadUnaligned(fromByteOffset: offset, as: UInt16.self)
        }
        private func u32(_ offset: Int) -> UInt32 {
            bytes.loadUnaligned(fromByteOffset: offset, as: UInt32.self)
        }
        private func u64(_ offset: Int) -> UInt64 {
            bytes.loadUnaligned(fromByteOffset: offset, as: UInt64.self)
        }

        mutating func visit(_ page: UInt64, depth: Int) -> (page: UInt64, reason: String)? {
            guard page >= 2, page <= file.lastPage else { return (page, "outside the file") }
            visited += 1
            guard depth < Format.deepest, visited <= file.lastPage + 1 else { return (page, "reached twice") }
            let base = Int(page) * file.pageSize
            guard u64(base) == page else { return (page, "bears the number \(u64(base))") }
            let flags = u16(base + 10)
            let lower = Int(u16(base + 12))
            let upper = Int(u16(base + 14))
            guard lower >= Format.headerLength, lower <= upper, upper <= file.pageSize,
                flags & (Format.branch | Format.leaf) != 0
            else { return (page, "header makes no sense (flags \(flags), free space \(lower)…\(upper))") }
            for k in 0..<(lower - Format.headerLength) / 2 {
                let offset = Int(u16(base + Format.headerLength + 2 * k))
                guard offset >= upper, offset + Format.nodeHeaderLength <= file.pageSize else {
                    return (page, "entry \(k) lies outside the page")
                }
                let node = base + offset
                let size = Int(u16(node)) | Int(u16(node + 2)) << 16
                let keyLength = Int(u16(node + 6))
                let keyEnd = offset + Format.nodeHeaderLength + keyLength
                guard keyEnd <= file.pageSize else { return (page, "the key of entry \(k) leaves the page") }
                if flags & Format.branch != 0 {
                    let child = UInt64(size) | UInt64(u16(node + 4)) << 32
                    if let problem = visit(child, depth: depth + 1) { return problem }
                } else if u16(node + 4) & Format.bigData != 0 {
                    guard keyEnd + 8 <= file.pageSize else { return (page, "entry \(k) leaves the page") }
                    if let problem = overflow(u64(base + keyEnd), holding: size) { return problem }
                } else if keyEnd + size > file.pageSize {
                    return (page, "the value of entry \(k) leaves the page")
                }
            }
            return nil
        }

        /// A value in pages of its own.
        private func overflow(_ page: UInt64, holding size: Int) -> (page: UInt64, reason: String)? {
            guard page >= 2, page <= file.lastPage else { return (page, "outside the file") }
            let base = Int(page) * file.pageSize
            let pages = UInt64(u32(base + 12))
            guard u16(base + 10) & Format.overflow != 0, pages >= 1, pages - 1 <= file.lastPage - page,
                Format.headerLength + size <= Int(pages) * file.pageSize
            else { return (page, "a value of \(size) bytes does not fit its \(pages) pages") }
            return nil
        }
    }
}
