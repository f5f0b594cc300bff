/// The length of an AIFF file as its header gives it, which libsndfile does not compare with the file.
///
/// > Source: Apple, *Audio Interchange File Format, version 1.3*, 1989: the FORM chunk.
struct AIFFForm: Equatable {
    /// Bytes that the header announces, itself included.
    let announcedBytes: Int
    /// Bytes of the file.
    let presentBytes: Int

    /// A last chunk of odd length may go without its filling byte.
    var isTruncated: Bool { announcedBytes > presentBytes + 1 }

    /// Nil when the file is not AIFF, or leaves its size open as recorders that stream do.
    init?(of file: borrowing RegularFile) {
        let head = file.bytes(at: 0, count: 12)
        guard head.count == 12, head[..<4].elementsEqual("FORM".utf8),
            head[8...].elementsEqual("AIFF".utf8) || head[8...].elementsEqual("AIFC".utf8)
        else { return nil }
        let size = head[4..<8].reduce(0) { $0 << 8 | Int($1) }
        guard !OpenSize.isAIFFPlaceholder(size) else { return nil }
        announcedBytes = 8 + size
        presentBytes = file.byteCount
    }
}
