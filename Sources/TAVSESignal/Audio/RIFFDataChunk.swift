/// The data chunk of a RIFF/WAVE file as its header describes it.
///
/// libsndfile reads a WAV whose data chunk ends early without a word; comparing the header with the file's
/// size is what tells a truncated copy from a short recording.
struct RIFFDataChunk: Equatable {
    /// Bytes that the header announces.
    let announcedBytes: Int
    /// Bytes that the file has from the chunk's start on.
    let presentBytes: Int

    var isTruncated: Bool { announcedBytes > presentBytes }

    /// Walks the chunks; nil when the file is not RIFF/WAVE, has no data chunk or leaves its size open
    /// (recorders that stream write 0 or all ones).
    init?(of file: borrowing RegularFile) {
        let head = file.bytes(at: 0, count: 12)
        guard head.count == 12, head[8...].elementsEqual("WAVE".utf8) else { return nil }
        let isRF64 = head[..<4].elementsEqual("RF64".utf8)
        guard isRF64 || head[..<4].elementsEqual("RIFF".utf8) else { return nil }

        var offset = 12
        var dataBytes64: Int?
        for _ in 0..<Self.maximumChunks {
            let chunk = file.bytes(at: offset, count: 8)
            guard chunk.count == 8 else { return nil }
            let size = Self.littleEndian(chunk[4..<8])
            let start = offset + 8
            if chunk[..<4].elementsEqual("ds64".utf8) {
                let sizes = file.bytes(at: start, count: 16)
                if sizes.count == 16, sizes[15] < 0x80 { dataBytes64 = Self.littleEndian(sizes[8..<16]) }
            }
            if chunk[..<4].elementsEqual("data".utf8) {
                let announced = isRF64 ? dataBytes64 ?? size : size
                guard announced > 0, isRF64 || announced < Self.openSize else { return nil }
                announcedBytes = announced
                presentBytes = max(0, file.byteCount - start)
                return
            }
            offset = start + size + size % 2
        }
        return nil
    }

    /// Sizes from here on mean "not known when the header was written".
    private static let openSize = 0xFFFF_FF00
    /// A bound against files made of nothing but empty chunks.
    private static let maximumChunks = 4096

    private static func littleEndian(_ bytes: ArraySlice<UInt8>) -> Int {
        bytes.reversed().reduce(0) { $0 << 8 | Int($1) }
    }
}
