import TAVSEData
import TestSupport
import Testing

@Suite("PNGCodec") struct PNGCodecTests {
    @Test("decodes exactly what it encoded (round trip)", arguments: [(1, 8), (1, 16), (3, 8), (3, 16)])
    func roundTrip(channels: Int, depth: Int) throws {
        let image = Raster.pattern(side: 31, channels: channels, depth: depth)
        let bytes = try PNGCodec.encode(image)
        #expect(try bytes.withUnsafeBytes { bytes throws(DataError) in try PNGCodec.decode(bytes) } == image)
    }

    @Test("rejects any truncation of a file, and anything that is no PNG")
    func truncated() throws {
        let bytes = try PNGCodec.encode(.pattern(side: 24, channels: 1))
        // The last 12 bytes are the end mark; every shorter file must fail.
        for length in stride(from: 0, to: bytes.count, by: 3) {
            #expect(throws: DataError.self) {
                _ = try Array(bytes[..<length]).withUnsafeBytes { part throws(DataError) in
                    try PNGCodec.decode(part)
                }
            }
        }
        #expect(throws: DataError.codec("PNG", reason: "Not a PNG file")) {
            _ = try Array("definitely not a picture".utf8).withUnsafeBytes { part throws(DataError) in
                try PNGCodec.decode(part)
            }
        }
    }

    @Test("notices a flipped bit anywhere in the picture's data (checksum)")
    func flipped() throws {
        let bytes = try PNGCodec.encode(.pattern(side: 24, channels: 1))
        for index in stride(from: 45, to: bytes.count - 16, by: 5) {
            var broken = bytes
            broken[index] ^= 0x10
            #expect(throws: DataError.self, "byte \(index)") {
                _ = try broken.withUnsafeBytes { part throws(DataError) in try PNGCodec.decode(part) }
            }
        }
    }
}

@Suite("JPEGCodec") struct JPEGCodecTests {
    @Test("keeps a smooth picture within 4 grey levels (bound of quality 92)")
    func roundTrip() throws {
        let codec = try JPEGCodec()
        let image = Raster.gradient(side: 96)
        let bytes = try codec.encode(image)
        let decoded = try bytes.withUnsafeBytes { part throws(DataError) in try codec.decode(part) }
        #expect(decoded.width == 96 && decoded.height == 96 && decoded.channels == 3)
        let worst = zip(decoded.bytes, image.bytes).map { abs(Int($0) - Int($1)) }.max() ?? 255
        #expect(worst <= 4)
    }

    @Test("rejects truncated and foreign bytes instead of filling with grey")
    func truncated() throws {
        let codec = try JPEGCodec()
        let bytes = try codec.encode(.gradient(side: 96))
        for length in [0, 2, 100, bytes.count / 2, bytes.count - 40] {
            #expect(throws: DataError.self, "\(length) bytes") {
                _ = try Array(bytes[..<length]).withUnsafeBytes { part throws(DataError) in
                    try codec.decode(part)
                }
            }
        }
        #expect(throws: DataError.self) {
            _ = try [UInt8](repeating: 7, count: 500).withUnsafeBytes { part throws(DataError) in
                try codec.decode(part)
            }
        }
        // The codec still works after an error.
        let decoded = try bytes.withUnsafeBytes { part throws(DataError) in try codec.decode(part) }
        #expect(decoded.width == 96)
    }
}
