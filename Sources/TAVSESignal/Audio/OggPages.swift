/// The pages of an Ogg file: where its streams begin, and whether the last one ends.
///
/// An Ogg header announces no length, and libsndfile takes whatever whole pages there are for the recording, and of
/// several streams that follow one another (a *chained* file) only the first. But the last page of a stream is marked
/// as such, and every page says how long it is: a file that was cut short ends within a page, or with one that has no
/// mark.
///
/// > Source: RFC 3533, *The Ogg Encapsulation Format*, sections 4 and 6.
struct OggPages: Equatable {
    /// Where each link of the chain lies in the file; bytes behind the last page belong to none.
    let links: [Range<Int>]
    /// Whether a page is cut short, or a link ends without its last page.
    let isCut: Bool

    private enum Format {
        static let mark = Array("OggS".utf8)
        static let headerLength = 27
        static let versionOffset = 4
        static let flagsOffset = 5
        static let serialOffsets = 14..<18
        static let segmentCountOffset = 26
        static let longestHeader = 27 + 255
        static let beginOfStream: UInt8 = 0x02
        static let endOfStream: UInt8 = 0x04
    }

    /// Walks over the pages; nil when the file is no Ogg file.
    init?(of file: borrowing RegularFile) {
        guard file.bytes(at: 0, count: Format.mark.count) == Format.mark else { return nil }
        var links: [Range<Int>] = []
        var isCut = false
        var open: Set<[UInt8]> = []
        var linkStart = 0
        var hasData = false
        var offset = 0
        while offset < file.byteCount {
            guard let page = Page(file.bytes(at: offset, count: Format.longestHeader)) else {
                guard let next = Self.mark(in: file, from: offset + 1) else { break }
                // Bytes that are no page, between pages: the page before them is cut short or damaged.
                isCut = true
                offset = next
                continue
            }
            if page.isFirst && (hasData || (open.isEmpty && offset > linkStart)) {
                // A new link begins; what came before must have ended.
                isCut = isCut || !open.isEmpty
                links.append(linkStart..<offset)
                (linkStart, hasData) = (offset, false)
                open.removeAll()
            }
            if page.isFirst { open.insert(page.serial) } else { hasData = true }
            guard offset + page.length <= file.byteCount else {
                isCut = true
                break
            }
            if page.isLast { open.remove(page.serial) }
            offset += page.length
        }
        links.append(linkStart..<min(offset, file.byteCount))
        self.links = links
        self.isCut = isCut || !open.isEmpty
    }

    private struct Page {
        let isFirst: Bool
        let isLast: Bool
        let serial: [UInt8]
        let length: Int

        /// Reads a page's header; a header that is cut short counts as a page that is longer than the file.
        init?(_ bytes: [UInt8]) {
            guard bytes.starts(with: Format.mark) else { return nil }
            guard bytes.count >= Format.headerLength else {
                (isFirst, isLast, serial, length) = (false, false, [], .max / 2)
                return
            }
            let flags = bytes[Format.flagsOffset]
            guard bytes[Format.versionOffset] == 0, flags < 8 else { return nil }
            let segments = Int(bytes[Format.segmentCountOffset])
            let lengths = bytes.dropFirst(Format.headerLength).prefix(segments)
            isFirst = flags & Format.beginOfStream != 0
            isLast = flags & Format.endOfStream != 0
            serial = Array(bytes[Format.serialOffsets])
            length =
                lengths.count == segments
                ? Format.headerLength + segments + lengths.reduce(0) { $0 + Int($1) } : .max / 2
        }
    }

    /// The next place that may be a page.
    private static func mark(in file: borrowing RegularFile, from start: Int) -> Int? {
        let blockLength = 1 << 16
        var offset = start
        while offset < file.byteCount {
            let block = file.bytes(at: offset, count: blockLength)
            guard block.count >= Format.mark.count else { return nil }
            for place in 0...block.count - Format.mark.count
            where block[place] == Format.mark[0] && block[place...].starts(with: Format.mark) {
                return offset + place
            }
            offset += block.count - Format.mark.count + 1
        }
        return nil
    }
}
