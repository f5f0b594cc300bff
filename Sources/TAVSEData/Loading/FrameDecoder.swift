/// Decodes mouth frames of one camera straight into planar floats; one per thread.
///
/// Pixels are 0…1 of full scale, `[C, H, W]`.
final class FrameDecoder {
    private let reader: FrameStore.Reader
    private let store: String
    private let modality: Modality
    private let side: Int
    private let jpeg: JPEGCodec
    private var scratch: [UInt8]
    private var key: [UInt8] = []

    init(_ store: FrameStore, modality: Modality, side: Int) throws(DataError) {
        reader = try store.reader()
        jpeg = try JPEGCodec()
        self.store = store.path
        self.modality = modality
        self.side = side
        // 16-bit grey needs two bytes a pixel, colour three.
        scratch = [UInt8](repeating: 0, count: side * side * 6)
    }

    /// Floats of one frame.
    var count: Int { modality.channels * side * side }

    /// Decodes one frame into `target`.
    ///
    /// - Returns: false when the store has no such frame; `target` is untouched then.
    func decode(
        utterance: String, frame: Int, into target: UnsafeMutableBufferPointer<Float>,
        augmentation: FrameAugmentation.Draw
    ) throws(DataError) -> Bool {
        precondition(target.count >= count, "the target holds \(target.count) floats, a frame has \(count)")
        guard (0...FrameKey.largestFrame).contains(frame) else { return false }
        var key = FrameKey.bytes(utterance: utterance, frame: frame)
        do throws(DataError) {
            return try reader.withValue(&key) { bytes throws(DataError) in
                guard let bytes else { return false }
                switch modality {
                case .rgb: try decodeColour(bytes, into: target, augmentation)
                case .thermal: try decodeGrey(bytes, into: target, augmentation)
                }
                return true
            }
        } catch {
            // The codecs do not know which frame they were given.
            guard case .codec(let format, let reason) = error else { throw error }
            throw .frame(
                store: store, key: FrameKey.text(utterance: utterance, frame: frame),
                reason: "not a readable \(format) picture: \(reason)")
        }
    }

    private func decodeColour(
        _ bytes: UnsafeRawBufferPointer, into target: UnsafeMutableBufferPointer<Float>,
        _ draw: FrameAugmentation.Draw
    ) throws(DataError) {
        let size = try jpeg.dimensions(of: bytes)
        try require(width: size.width, height: size.height)
        try scratch.withUnsafeMutableBufferPointer { pixels throws(DataError) in
            try jpeg.decode(bytes, into: pixels, width: side, height: side)
        }
        let scale = draw.gain / 255
        scratch.withUnsafeBufferPointer { pixels in
            for y in 0..<side {
                let row = min(max(y + draw.dy, 0), side - 1) * side * 3
                for c in 0..<3 {
                    let out = (c * side + y) * side
                    if draw.dx == 0, !draw.mirrored {
                        for x in 0..<side { target[out + x] = min(Float(pixels[row + 3 * x + c]) * scale, 1) }
                    } else {
                        for x in 0..<side {
                            let from = column(x, draw)
                            target[out + x] = min(Float(pixels[row + 3 * from + c]) * scale, 1)
                        }
                    }
                }
            }
        }
    }

    private func decodeGrey(
        _ bytes: UnsafeRawBufferPointer, into target: UnsafeMutableBufferPointer<Float>,
        _ draw: FrameAugmentation.Draw
    ) throws(DataError) {
        let header = try PNGCodec.header(bytes)
        try require(width: header.width, height: header.height)
        guard header.channels == 1 else {
            throw .codec("grey PNG", reason: "it has \(header.channels) channels, expected 1")
        }
        try scratch.withUnsafeMutableBufferPointer { pixels throws(DataError) in
            _ = try PNGCodec.decode(bytes, into: pixels)
        }
        scratch.withUnsafeBytes { raw in
            for y in 0..<side {
                let row = min(max(y + draw.dy, 0), side - 1) * side
                for x in 0..<side {
                    let from = draw.dx == 0 && !draw.mirrored ? x : column(x, draw)
                    target[y * side + x] =
                        header.depth == 8
                        ? Float(raw[row + from]) / 255
                        : Float(raw.load(fromByteOffset: 2 * (row + from), as: UInt16.self)) / 65535
                }
            }
        }
    }

    /// Where the pixel of column x comes from.
    private func column(_ x: Int, _ draw: FrameAugmentation.Draw) -> Int {
        let shifted = min(max(x + draw.dx, 0), side - 1)
        return draw.mirrored ? side - 1 - shifted : shifted
    }

    private func require(width: Int, height: Int) throws(DataError) {
        guard width == side, height == side else {
            throw .codec("\(side)x\(side)", reason: "it has \(width)x\(height) pixels")
        }
    }
}
