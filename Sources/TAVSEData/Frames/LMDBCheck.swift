/// Goes through an LMDB file as a whole: every page of its two trees, every value, every list of free pages.
///
/// liblmdb needs more than a reader does before it may write: it takes new pages from the lists of free ones, and gives
/// back those of values it replaces. A page that is listed free while a tree uses it would be written over.
///
/// > Source: LMDB's data format 1 (`mdb.c`: `MDB_page`, `MDB_node`, and the free list's `MDB_IDL`).
struct LMDBCheck {
    private let tree: LMDBTree
    /// One bit per page.
    private var used: [UInt64]
    private var entries = 0

    private init(_ tree: LMDBTree) {
        self.tree = tree
        used = [UInt64](repeating: 0, count: Int(tree.file.lastPage) / 64 + 1)
    }

    /// Checks everything.
    ///
    /// - Returns: number of frames found.
    static func run(_ tree: LMDBTree) throws(LMDBTree.Damage) -> Int {
        var check = LMDBCheck(tree)
        // The first two pages are the file's head.
        try check.use(0, count: 2)
        var last: Range<Int>?
        try check.visit(tree.file.root, last: &last, holdsFrames: true)
        last = nil
        try check.visit(tree.file.freeRoot, last: &last, holdsFrames: false)
        return check.entries
    }

    /// Marks pages as used.
    private mutating func use(_ first: UInt64, count: UInt64) throws(LMDBTree.Damage) {
        for page in first..<first + count {
            let (word, bit) = (Int(page / 64), UInt64(1) << (page % 64))
            guard used[word] & bit == 0 else {
                throw LMDBTree.Damage(page: page, reason: "used twice, or used and listed as free")
            }
            used[word] |= bit
        }
    }

    /// - Parameter last: where the key before stands.
    private mutating func visit(
        _ root: UInt64, depth: Int = 0, last: inout Range<Int>?, holdsFrames: Bool
    ) throws(LMDBTree.Damage) {
        guard root != .max else { return }
        guard depth < LMDBTree.deepest else { throw LMDBTree.Damage(page: root, reason: "reached twice") }
        let page = try tree.page(root)
        try use(root, count: 1)
        for index in 0..<page.count {
            let node = try tree.node(index, of: page)
            guard !page.isBranch else {
                try visit(tree.child(of: node), depth: depth + 1, last: &last, holdsFrames: holdsFrames)
                continue
            }
            let value = try tree.value(of: node, in: page)
            if let pages = tree.overflow(of: node) { try use(pages.lowerBound, count: UInt64(pages.count)) }
            if holdsFrames {
                if let last, !tree.isAscending(last, node.key) {
                    throw LMDBTree.Damage(page: root, reason: "the key of entry \(index) is out of order")
                }
                last = node.key
                entries += 1
            } else {
                try useFree(value, listedIn: root)
            }
        }
    }

    /// A list of free pages: their number, then the pages, the highest first.
    private mutating func useFree(_ list: Range<Int>, listedIn page: UInt64) throws(LMDBTree.Damage) {
        let room = list.count / 8 - 1
        guard room >= 0, let count = Int(exactly: tree.u64(list.lowerBound)), count <= room else {
            throw LMDBTree.Damage(page: page, reason: "a list of free pages is longer than its value")
        }
        for index in 0..<count {
            let free = tree.u64(list.lowerBound + 8 * (index + 1))
            guard free >= 2, free <= tree.file.lastPage else {
                throw LMDBTree.Damage(
                    page: page, reason: "lists page \(free) as free, which is not in the file")
            }
            try use(free, count: 1)
        }
    }
}
