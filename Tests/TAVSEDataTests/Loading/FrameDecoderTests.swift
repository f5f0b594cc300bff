import TestSupport
import Testing

@testable import TAVSEData

@Suite("FrameDecoder") struct FrameDecoderTests {
    private static let side = DataRoot.frameSide
    private static let draws = [
        FrameAugmentation.Draw(), .init(mirrored: true, dx: 0, dy: 0, gain: 1),
        .init(mirrored: false, dx: 3, dy: -4, gain: 1.2), .init(mirrored: true, dx: -2, dy: 4, gain: 0.8),
        .init(mirrored: true, dx: 24, dy: -24, gain: 1.9),
    ]

    /// Pixel by pixel from the plain decoder's picture, `[H, W, C]`.
    private func direct(_ image: Raster, _ draw: FrameAugmentation.Draw) -> [Float] {
        var values: [Float] = []
        let last = Self.side - 1
        for y in 0..<Self.side {
            for x in 0..<Self.side {
                let column = min(max(x + draw.dx, 0), last)
                let place =
                    min(max(y + draw.dy, 0), last) * Self.side + (draw.mirrored ? last - column : column)
                for c in 0..<image.channels {
                    if image.depth == 16 {
                        let low = UInt16(image.bytes[2 * place])
                        values.append(Float(low | UInt16(image.bytes[2 * place + 1]) << 8) / 65535)
                    } else if image.channels == 1 {
                        values.append(Float(image.bytes[place]) / 255)
                    } else {
                        values.append(min(Float(image.bytes[3 * place + c]) * (draw.gain / 255), 1))
                    }
                }
            }
        }
        return values
    }

    private func check(_ camera: Camera, _ bytes: [UInt8], _ image: Raster) throws {
        let folder = try TemporaryFolder()
        let path = folder.file("store.lmdb")
        try FrameStoreWriter(path: path, durable: false).write([.init(utterance: "u", frame: 0, bytes: bytes)]
        )
        let decoder = try FrameDecoder(FrameStore(path: path), modality: camera, side: Self.side)
        var target = [Float](repeating: -1, count: decoder.count)
        for draw in Self.draws {
            let found = try target.withUnsafeMutableBufferPointer { target throws(DataError) in
                try decoder.decode(utterance: "u", frame: 0, into: target, augmentation: draw)
            }
            #expect(found)
            #expect(target == direct(image, draw), "\(draw)")
        }
    }

    @Test("gives colour as [H, W, C], moved and brightened as drawn (against the plain decoder, exact)")
    func colour() throws {
        let codec = try JPEGCodec()
        let bytes = try codec.encode(.pattern(side: Self.side, channels: 3))
        try check(.rgb, bytes, bytes.withUnsafeBytes { part in Result { try codec.decode(part) } }.get())
    }

    @Test(
        "gives grey of 8 and 16 bits, moved as drawn (against the plain decoder, exact)", arguments: [8, 16])
    func grey(depth: Int) throws {
        let image = Raster.pattern(side: Self.side, channels: 1, depth: depth)
        try check(.thermal, PNGCodec.encode(image), image)
    }
}
