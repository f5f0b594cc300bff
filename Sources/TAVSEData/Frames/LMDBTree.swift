/// The pages of an LMDB file's main database, every offset checked before it is followed.
///
/// liblmdb trusts its pages: a damaged one makes it read outside the file, which ends the process. This reader takes
/// as many steps to a value and finds out instead.
///
/// > Source: LMDB's data format 1 (`mdb.c`: `MDB_page`, `MDB_node`).
struct LMDBTree {
    /// A page that makes no sense.
    struct Damage: Error {
        let page: UInt64
        let reason: String
    }

    private enum Format {
        static let headerLength = 16
        static let branch: UInt16 = 0x01
        static let leaf: UInt16 = 0x02
        static let overflow: UInt16 = 0x04
        /// The only mark of an entry that plain values have: their bytes are in pages of their own.
        static let bigData: UInt16 = 0x01
        static let nodeHeaderLength = 8
    }

    /// B+ trees of 2⁶⁴ entries are no deeper; a deeper one is a circle.
    static let deepest = 32

    /// A branch or a leaf.
    struct Page {
        let number: UInt64
        let base: Int
        /// First byte of the entries, from `base`.
        let upper: Int
        let isBranch: Bool
        let count: Int
    }

    /// One entry of a page: where its key and what follows stand in the file.
    struct Node {
        let key: Range<Int>
        /// Length of the value, or the low bits of the child's number.
        let size: Int
        let flags: UInt16
    }

    /// At least the file's pages.
    let bytes: UnsafeRawBufferPointer
    let file: LMDBFile

    /// Where the value of a key stands in the file; nil when there is no such key.
    func find(_ key: UnsafeRawBufferPointer) throws(Damage) -> Range<Int>? {
        guard file.root != .max else { return nil }
        var number = file.root
        for _ in 0..<Self.deepest {
            let page = try page(number)
            // Of a branch's entries the first stands for every smaller key, whatever its own says.
            var low = page.isBranch ? 1 : 0
            var high = page.count
            while low < high {
                let middle = (low + high) / 2
                let node = try node(middle, of: page)
                let order = Self.compare(UnsafeRawBufferPointer(rebasing: bytes[node.key]), key)
                if order == 0, !page.isBranch { return try value(of: node, in: page) }
                if order <= 0 { low = middle + 1 } else { high = middle }
            }
            guard page.isBranch else { return nil }
            number = child(of: try node(low - 1, of: page))
        }
        throw Damage(page: number, reason: "reached twice")
    }

    /// Visits every key and value in key order.
    ///
    /// - Parameter body: told where key and value stand; its own failure ends the walk and is given back.
    func walk<Failure: Error>(_ body: (_ key: Range<Int>, _ value: Range<Int>) -> Failure?) throws(Damage)
        -> Failure?
    {
        guard file.root != .max else { return nil }
        var visited: UInt64 = 0
        return try walk(file.root, depth: 0, visited: &visited, body)
    }

    private func walk<Failure: Error>(
        _ number: UInt64, depth: Int, visited: inout UInt64, _ body: (Range<Int>, Range<Int>) -> Failure?
    ) throws(Damage) -> Failure? {
        visited += 1
        guard depth < Self.deepest, visited <= file.lastPage + 1 else {
            throw Damage(page: number, reason: "reached twice")
        }
        let page = try page(number)
        for index in 0..<page.count {
            let node = try node(index, of: page)
            let failure =
                page.isBranch
                ? try walk(child(of: node), depth: depth + 1, visited: &visited, body)
                : body(node.key, try value(of: node, in: page))
            if let failure { return failure }
        }
        return nil
    }

    private func u16(_ offset: Int) -> UInt16 {
        UInt16(littleEndian: bytes.loadUnaligned(fromByteOffset: offset, as: UInt16.self))
    }
    private func u32(_ offset: Int) -> UInt32 {
        UInt32(littleEndian: bytes.loadUnaligned(fromByteOffset: offset, as: UInt32.self))
    }
    func u64(_ offset: Int) -> UInt64 {
        UInt64(littleEndian: bytes.loadUnaligned(fromByteOffset: offset, as: UInt64.self))
    }

    /// Where a page begins; its header lies inside the file.
    private func base(of number: UInt64) throws(Damage) -> Int {
        guard number >= 2, number <= file.lastPage else {
            throw Damage(page: number, reason: "outside the file")
        }
        let base = Int(number) * file.pageSize
        guard u64(base) == number else { throw Damage(page: number, reason: "bears the number \(u64(base))") }
        return base
    }

    func page(_ number: UInt64) throws(Damage) -> Page {
        let base = try base(of: number)
        let flags = u16(base + 10)
        let lower = Int(u16(base + 12))
        let upper = Int(u16(base + 14))
        guard flags == Format.branch || flags == Format.leaf, lower > Format.headerLength,
            lower <= upper, upper <= file.pageSize
        else {
            throw Damage(
                page: number, reason: "header makes no sense (flags \(flags), free space \(lower)…\(upper))")
        }
        return Page(
            number: number, base: base, upper: upper, isBranch: flags == Format.branch,
            count: (lower - Format.headerLength) / 2)
    }

    func node(_ index: Int, of page: Page) throws(Damage) -> Node {
        let offset = Int(u16(page.base + Format.headerLength + 2 * index))
        guard offset >= page.upper, offset + Format.nodeHeaderLength <= file.pageSize else {
            throw Damage(page: page.number, reason: "entry \(index) lies outside the page")
        }
        let start = page.base + offset
        let keyStart = start + Format.nodeHeaderLength
        let keyLength = Int(u16(start + 6))
        guard offset + Format.nodeHeaderLength + keyLength <= file.pageSize else {
            throw Damage(page: page.number, reason: "the key of entry \(index) leaves the page")
        }
        return Node(
            key: keyStart..<keyStart + keyLength, size: Int(u16(start)) | Int(u16(start + 2)) << 16,
            flags: u16(start + 4))
    }

    func child(of node: Node) -> UInt64 { UInt64(node.size) | UInt64(node.flags) << 32 }

    func value(of node: Node, in page: Page) throws(Damage) -> Range<Int> {
        let start = node.key.upperBound
        let end = page.base + file.pageSize
        if node.flags == 0 {
            guard start + node.size <= end else {
                throw Damage(page: page.number, reason: "a value leaves the page")
            }
            return start..<start + node.size
        }
        guard node.flags == Format.bigData, start + 8 <= end else {
            throw Damage(page: page.number, reason: "an entry makes no sense (flags \(node.flags))")
        }
        let number = u64(start)
        let base = try base(of: number)
        let pages = UInt64(u32(base + 12))
        guard u16(base + 10) == Format.overflow, pages >= 1, pages - 1 <= file.lastPage - number,
            Format.headerLength + node.size <= Int(pages) * file.pageSize
        else {
            throw Damage(
                page: number, reason: "a value of \(node.size) bytes does not fit its \(pages) pages")
        }
        return base + Format.headerLength..<base + Format.headerLength + node.size
    }

    /// The pages of a value that are its own; nil for a value beside its key. `value(of:in:)` has checked them.
    func overflow(of node: Node) -> Range<UInt64>? {
        guard node.flags == Format.bigData else { return nil }
        let number = u64(node.key.upperBound)
        return number..<number + UInt64(u32(Int(number) * file.pageSize + 12))
    }

    /// Whether the first key comes before the second.
    func isAscending(_ a: Range<Int>, _ b: Range<Int>) -> Bool {
        Self.compare(UnsafeRawBufferPointer(rebasing: bytes[a]), UnsafeRawBufferPointer(rebasing: bytes[b]))
            < 0
    }

    /// Negative, zero or positive as the first key comes before, is, or comes after the second: bytes, then length.
    private static func compare(_ a: UnsafeRawBufferPointer, _ b: UnsafeRawBufferPointer) -> Int {
        for (x, y) in zip(a, b) where x != y { return Int(x) - Int(y) }
        return a.count - b.count
    }
}
