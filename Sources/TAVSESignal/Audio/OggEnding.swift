/// How an Ogg file ends.
///
/// An Ogg header announces no length, and libsndfile takes whatever whole pages there are for the recording. But the last
/// page of a stream is marked as such, and every page says how long it is: a file that was cut short ends within a page,
/// or with one that has no mark.
///
/// > Source: RFC 3533, *The Ogg Encapsulation Format*, section 6.
enum OggEnding: Equatable {
    /// The last page is there as a whole and marked as the end of its stream.
    case complete
    /// The last page is cut short, or does not end the stream.
    case cut

    private enum Format {
        static let mark = Array("OggS".utf8)
        static let headerLength = 27
        static let versionOffset = 4
        static let flagsOffset = 5
        static let segmentCountOffset = 26
        static let endOfStream: UInt8 = 0x04
        /// Header, 255 lengths, and as many segments of 255 bytes.
        static let longestPage = 27 + 255 + 255 * 255
    }

    /// Looks at the last page; nil when the file is no Ogg file. Bytes behind a whole last page are skipped.
    init?(of file: borrowing RegularFile) {
        guard file.bytes(at: 0, count: Format.mark.count) == Format.mark else { return nil }
        let start = max(0, file.byteCount - Format.longestPage)
        let tail = file.bytes(at: start, count: file.byteCount - start)
        var place = tail.count - Format.mark.count
        while place >= 0 {
            if tail[place..<place + Format.mark.count].elementsEqual(Format.mark),
                let isComplete = Self.isComplete(tail[place...])
            {
                self = isComplete ? .complete : .cut
                return
            }
            place -= 1
        }
        // No page begins where the last one must: what is there is no Ogg any more.
        self = .cut
    }

    /// Whether a page is whole and the last of its stream; nil when it is no page but has the mark by chance.
    private static func isComplete(_ page: ArraySlice<UInt8>) -> Bool? {
        let base = page.startIndex
        guard page.count >= Format.headerLength else { return false }
        guard page[base + Format.versionOffset] == 0, page[base + Format.flagsOffset] < 8 else { return nil }
        let lengths = page.dropFirst(Format.headerLength).prefix(Int(page[base + Format.segmentCountOffset]))
        guard lengths.count == Int(page[base + Format.segmentCountOffset]) else { return false }
        let length = Format.headerLength + lengths.count + lengths.reduce(0) { $0 + Int($1) }
        return length <= page.count && page[base + Format.flagsOffset] & Format.endOfStream != 0
    }
}
