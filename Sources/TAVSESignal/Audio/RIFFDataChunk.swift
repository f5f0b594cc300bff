/// The data chunk of a RIFF, RIFX, RF64 or Wave64 file as its header describes it.
///
/// libsndfile reads a WAV whose data chunk ends early without a word; comparing the header with the file's
/// size is what tells a truncated copy from a short recording.
///
/// > Source: EBU Tech 3306, *RF64: an extended file format for audio data*, for the ds64 chunk.
struct RIFFDataChunk: Equatable {
    /// Bytes that the header announces; those that are there when it leaves the length open.
    let announcedBytes: Int
    /// Bytes that the file has from the chunk's start on.
    let presentBytes: Int
    /// The size that libsndfile needs to see, where the header leaves the length open in a way that it does not know.
    let correction: FileWindow.Patch?

    var isTruncated: Bool { announcedBytes > presentBytes }

    /// Walks the chunks; nil when the file is none of these or has no data chunk.
    init?(of file: borrowing RegularFile) {
        let head = file.bytes(at: 0, count: 40)
        guard head.count >= 12 else { return nil }
        if head.starts(with: Wave64.riff) {
            guard let chunk = Wave64.dataChunk(of: file) else { return nil }
            self = chunk
            return
        }
        guard head[8..<12].elementsEqual("WAVE".utf8) else { return nil }
        let isRF64 = head.starts(with: "RF64".utf8)
        let isBigEndian = head.starts(with: "RIFX".utf8)
        guard isRF64 || isBigEndian || head.starts(with: "RIFF".utf8) else { return nil }

        var offset = 12
        var size64: (value: Int, offset: Int)?
        for _ in 0..<Self.maximumChunks {
            let chunk = file.bytes(at: offset, count: 8)
            guard chunk.count == 8 else { return nil }
            let size = Self.integer(chunk[4..<8], isBigEndian: isBigEndian)
            let start = offset + 8
            if chunk[..<4].elementsEqual("ds64".utf8) {
                let sizes = file.bytes(at: start, count: 16)
                if sizes.count == 16 {
                    let value = sizes[15] < 0x80 ? Self.integer(sizes[8..<16], isBigEndian: false) : 0
                    size64 = (value, start + 8)
                }
            }
            if chunk[..<4].elementsEqual("data".utf8) {
                let present = max(0, file.byteCount - start)
                // The 64-bit size counts where the 32-bit one is full, as it does for libsndfile.
                let wide = isRF64 ? size64 : nil
                let announced = wide?.value ?? size
                let isOpen =
                    OpenSize.isPlaceholder(announced) && announced != present
                    && !(announced == 0 && Self.areChunks(in: file, from: start, isBigEndian: isBigEndian))
                announcedBytes = isOpen ? present : announced
                presentBytes = present
                if isOpen, let wide {
                    correction = .init(offset: wide.offset, bytes: Self.bytes(present, 8))
                } else if isOpen, announced == 0 {
                    let bytes = Self.bytes(min(present, 0xFFFF_FFFE), 4)
                    correction = .init(offset: offset + 4, bytes: isBigEndian ? bytes.reversed() : bytes)
                } else {
                    correction = nil
                }
                return
            }
            offset = start + size + size % 2
        }
        return nil
    }

    fileprivate init(announced: Int, present: Int) {
        announcedBytes = OpenSize.isPlaceholder(announced) ? present : announced
        presentBytes = present
        correction = nil
    }

    /// A bound against files made of nothing but empty chunks.
    fileprivate static let maximumChunks = 4096

    /// Whether the rest of a file is whole chunks: then a data chunk of size 0 is empty, and not open.
    private static func areChunks(in file: borrowing RegularFile, from start: Int, isBigEndian: Bool) -> Bool
    {
        var offset = start
        for _ in 0..<maximumChunks {
            if offset >= file.byteCount { return offset <= file.byteCount + 1 }
            let chunk = file.bytes(at: offset, count: 8)
            guard chunk.count == 8, chunk[..<4].allSatisfy({ (0x20...0x7E).contains($0) }) else {
                return false
            }
            let size = integer(chunk[4..<8], isBigEndian: isBigEndian)
            offset += 8 + size + size % 2
        }
        return false
    }

    fileprivate static func integer(_ bytes: ArraySlice<UInt8>, isBigEndian: Bool) -> Int {
        isBigEndian
            ? bytes.reduce(0) { $0 << 8 | Int($1) } : bytes.reversed().reduce(0) { $0 << 8 | Int($1) }
    }

    /// Least significant byte first.
    private static func bytes(_ value: Int, _ count: Int) -> [UInt8] {
        (0..<count).map { UInt8(truncatingIfNeeded: value >> (8 * $0)) }
    }
}

/// Sony's Wave64: chunks with 16-byte names and 64-bit sizes that count their own heading, at multiples of 8 bytes.
private enum Wave64 {
    static let riff: [UInt8] = [
        0x72, 0x69, 0x66, 0x66, 0x2E, 0x91, 0xCF, 0x11, 0xA5, 0xD6, 0x28, 0xDB, 0x04, 0xC1, 0, 0,
    ]
    private static let data: [UInt8] = [
        0x64, 0x61, 0x74, 0x61, 0xF3, 0xAC, 0xD3, 0x11, 0x8C, 0xD1, 0x00, 0xC0, 0x4F, 0x8E, 0xDB, 0x8A,
    ]

    static func dataChunk(of file: borrowing RegularFile) -> RIFFDataChunk? {
        var offset = 40
        for _ in 0..<RIFFDataChunk.maximumChunks {
            let chunk = file.bytes(at: offset, count: 24)
            guard chunk.count == 24, chunk[23] < 0x80 else { return nil }
            let size = RIFFDataChunk.integer(chunk[16..<24], isBigEndian: false)
            if chunk.starts(with: data) {
                return RIFFDataChunk(announced: size - 24, present: max(0, file.byteCount - offset - 24))
            }
            guard size >= 24, size < 1 << 40 else { return nil }
            offset += (size + 7) / 8 * 8
        }
        return nil
    }
}
