/// Writes 8-bit palette pictures as PNG, with runs packed by a fixed-code deflate: no library, the same bytes everywhere.
///
/// > Source: W3C, *Portable Network Graphics (Third Edition)*; RFC 1950 (zlib), RFC 1951 (deflate).
enum PNGWriter {
    /// A picture of palette indices, row by row from the top.
    /// - Parameters:
    ///   - pixels: `[height × width]` indices into `palette`.
    ///   - palette: up to 256 colours.
    static func encode(pixels: [UInt8], width: Int, height: Int, palette: [(UInt8, UInt8, UInt8)]) -> [UInt8]
    {
        precondition(
            pixels.count == width * height && width > 0 && height > 0, "pixels do not fill the picture")
        precondition((1...256).contains(palette.count), "a palette holds 1 to 256 colours")
        var rows: [UInt8] = []
        rows.reserveCapacity((width + 1) * height)
        for row in 0..<height {
            rows.append(0)  // filter: none
            rows += pixels[row * width..<(row + 1) * width]
        }
        var file: [UInt8] = [0x89, 0x50, 0x4E, 0x47, 0x0D, 0x0A, 0x1A, 0x0A]
        file += chunk("IHDR", bigEndian(UInt32(width)) + bigEndian(UInt32(height)) + [8, 3, 0, 0, 0])
        file += chunk("PLTE", palette.flatMap { [$0.0, $0.1, $0.2] })
        file += chunk("IDAT", zlib(rows))
        file += chunk("IEND", [])
        return file
    }

    private static func bigEndian(_ value: UInt32) -> [UInt8] {
        [UInt8(value >> 24), UInt8(value >> 16 & 255), UInt8(value >> 8 & 255), UInt8(value & 255)]
    }

    private static func chunk(_ name: String, _ data: [UInt8]) -> [UInt8] {
        let body = Array(name.utf8) + data
        return bigEndian(UInt32(data.count)) + body + bigEndian(crc(body))
    }

    private static let crcTable: [UInt32] = (0..<256).map { index in
        (0..<8).reduce(UInt32(index)) { value, _ in value & 1 == 1 ? 0xEDB8_8320 ^ (value >> 1) : value >> 1 }
    }

    static func crc(_ bytes: [UInt8]) -> UInt32 {
        ~bytes.reduce(0xFFFF_FFFF) { crcTable[Int(($0 ^ UInt32($1)) & 255)] ^ ($0 >> 8) }
    }

    private static func adler(_ bytes: [UInt8]) -> UInt32 {
        var (a, b): (UInt32, UInt32) = (1, 0)
        for byte in bytes {
            a = (a + UInt32(byte)) % 65521
            b = (b + a) % 65521
        }
        return b << 16 | a
    }

    /// zlib stream with one fixed-code block: literals, and runs of one byte as matches at distance 1.
    private static func zlib(_ bytes: [UInt8]) -> [UInt8] {
        var bits = BitWriter()
        bits.append(0b011, count: 3)  // last block, fixed codes
        var index = 0
        while index < bytes.count {
            let byte = bytes[index]
            bits.appendLiteral(Int(byte))
            index += 1
            var run = 0
            while run < 258, index + run < bytes.count, bytes[index + run] == byte { run += 1 }
            if run >= 3 {
                bits.appendRun(length: run)
                index += run
            }
        }
        bits.appendLiteral(256)
        return [0x78, 0x01] + bits.finished() + bigEndian(adler(bytes))
    }

    /// Bits from the least significant end, as deflate packs them.
    private struct BitWriter {
        private var bytes: [UInt8] = []
        private var pending: UInt32 = 0
        private var pendingCount = 0

        mutating func append(_ value: Int, count: Int) {
            pending |= UInt32(value) << UInt32(pendingCount)
            pendingCount += count
            while pendingCount >= 8 {
                bytes.append(UInt8(pending & 255))
                pending >>= 8
                pendingCount -= 8
            }
        }

        /// Huffman codes are packed from their most significant bit.
        private mutating func appendCode(_ code: Int, count: Int) {
            var reversed = 0
            for bit in 0..<count where code >> bit & 1 == 1 { reversed |= 1 << (count - 1 - bit) }
            append(reversed, count: count)
        }

        /// Literal, end of block or length symbol in the fixed code (RFC 1951, 3.2.6).
        mutating func appendLiteral(_ symbol: Int) {
            switch symbol {
            case ..<144: appendCode(0x30 + symbol, count: 8)
            case ..<256: appendCode(0x190 + symbol - 144, count: 9)
            case ..<280: appendCode(symbol - 256, count: 7)
            default: appendCode(0xC0 + symbol - 280, count: 8)
            }
        }

        /// A match of 3…258 bytes at distance 1.
        mutating func appendRun(length: Int) {
            let bases = [
                3, 4, 5, 6, 7, 8, 9, 10, 11, 13, 15, 17, 19, 23, 27, 31, 35, 43, 51, 59, 67, 83, 99, 115, 131,
                163, 195,
                227, 258,
            ]
            let symbol = (bases.lastIndex { $0 <= length }) ?? 0
            appendLiteral(257 + symbol)
            let extra = symbol == 28 || symbol < 8 ? 0 : symbol / 4 - 1
            append(length - bases[symbol], count: extra)
            appendCode(0, count: 5)
        }

        mutating func finished() -> [UInt8] {
            if pendingCount > 0 { append(0, count: 8 - pendingCount) }
            return bytes
        }
    }
}
