/// How a FLAC file ends.
///
/// A FLAC that was written to a pipe does not say how many samples it has, and libsndfile takes whatever whole frames
/// there are for the recording. But every frame ends with a checksum over all of it: the last frame of a whole file
/// has a right one at the file's end.
///
/// > Source: RFC 9639, *Free Lossless Audio Codec (FLAC)*, section 9: frame header (CRC-8) and footer (CRC-16).
enum FLACEnding: Equatable {
    /// The last frame is there as a whole.
    case complete
    /// The file ends within a frame.
    case cut

    private enum Format {
        /// How far from the end the last frame is looked for; frames are far shorter.
        static let reach = 1 << 20
        /// Places that look like a frame's start by chance are rare; so many are tried.
        static let candidates = 8
        /// An ID3v1 tag behind the last frame.
        static let tagLength = 128
    }

    /// Looks for the last frame of a file that is known to be FLAC.
    init(of file: borrowing RegularFile) {
        let start = max(0, file.byteCount - Format.reach)
        var bytes = file.bytes(at: start, count: file.byteCount - start)
        if bytes.count > Format.tagLength, bytes[(bytes.count - Format.tagLength)...].starts(with: "TAG".utf8)
        {
            bytes.removeLast(Format.tagLength)
        }
        var tried = 0
        var place = bytes.count - 2
        while place >= 0, tried < Format.candidates {
            if bytes[place] == 0xFF, bytes[place + 1] & 0xFE == 0xF8, Self.isHeader(bytes[place...]) {
                // A checksum that includes itself leaves nothing.
                if Self.crc16(bytes[place...]) == 0 {
                    self = .complete
                    return
                }
                tried += 1
            }
            place -= 1
        }
        self = .cut
    }

    /// Whether a frame header with a right checksum begins here.
    private static func isHeader(_ bytes: ArraySlice<UInt8>) -> Bool {
        let base = bytes.startIndex
        guard bytes.count >= 6, bytes[base + 3] & 1 == 0 else { return false }
        let blockCode = bytes[base + 2] >> 4
        let rateCode = bytes[base + 2] & 0x0F
        guard blockCode != 0, rateCode != 15 else { return false }
        // The frame or sample number, coded as UTF-8 codes characters.
        let ones = (~bytes[base + 4]).leadingZeroBitCount
        guard ones != 1, ones < 8 else { return false }
        var length = 4 + max(ones, 1)
        length += blockCode == 6 ? 1 : blockCode == 7 ? 2 : 0
        length += rateCode == 12 ? 1 : rateCode == 13 || rateCode == 14 ? 2 : 0
        guard bytes.count > length else { return false }
        return crc8(bytes[base..<base + length + 1]) == 0
    }

    /// x⁸ + x² + x + 1, most significant bit first, from 0.
    private static func crc8(_ bytes: ArraySlice<UInt8>) -> UInt8 {
        bytes.reduce(0) { crc, byte in
            (0..<8).reduce(crc ^ byte) { crc, _ in crc & 0x80 != 0 ? crc << 1 ^ 0x07 : crc << 1 }
        }
    }

    /// x¹⁶ + x¹⁵ + x² + 1, most significant bit first, from 0.
    private static func crc16(_ bytes: ArraySlice<UInt8>) -> UInt16 {
        bytes.reduce(0) { crc, byte in
            (0..<8).reduce(crc ^ UInt16(byte) << 8) { crc, _ in
                crc & 0x8000 != 0 ? crc << 1 ^ 0x8005 : crc << 1
            }
        }
    }
}
