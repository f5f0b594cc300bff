/// Decodes mouth frames of one camera straight into floats; one per thread.
///
/// Pixels are 0…1 of full scale, `[H, W, C]`: the order the decoders give them in and the network reads them in.
final class FrameDecoder {
    private let reader: FrameStore.Reader
    private let store: String
    private let modality: Camera
    private let side: Int
    private let jpeg: JPEGCodec
    /// The decoded picture: 8-bit RGB, or grey of up to 16 bits; and room for the last pixel to be read as a word.
    private var pixels: [UInt8]
    /// One row with its columns moved, and the same room.
    private var line: [UInt8]
    /// A frame before it is turned or scaled.
    private var still: [Float]
    /// What ``offsets(of:pixelSize:)`` gave last, and for what: one draw holds for a whole clip.
    private var offsets: [Int32]
    private var offsetsDraw = FrameAugmentation.Draw()
    private var offsetsPixelSize = 0

    /// Bytes of the widest pixel.
    private static let pixelSize = 3

    init(_ store: FrameStore, modality: Camera, side: Int) throws(DataError) {
        reader = try store.reader()
        jpeg = try JPEGCodec()
        self.store = store.path
        self.modality = modality
        self.side = side
        pixels = [UInt8](repeating: 0, count: side * side * Self.pixelSize + 1)
        line = [UInt8](repeating: 0, count: side * Self.pixelSize + 1)
        offsets = [Int32](repeating: 0, count: side)
        still = [Float](repeating: 0, count: modality.channels * side * side)
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
        do throws(DataError) {
            return try reader.withFrame(utterance: utterance, frame: frame) { bytes throws(DataError) in
                guard let bytes else { return false }
                if augmentation.resamples {
                    var inPlace = FrameAugmentation.Draw()
                    inPlace.gain = augmentation.gain
                    try still.withUnsafeMutableBufferPointer { still throws(DataError) in
                        try decode(bytes, into: still, inPlace)
                        augmentation.move(
                            UnsafeBufferPointer(still), to: target, side: side, channels: modality.channels)
                    }
                } else {
                    try decode(bytes, into: target, augmentation)
                }
                augmentation.finish(
                    frame: frame, UnsafeMutableBufferPointer(rebasing: target[..<count]), side: side,
                    channels: modality.channels)
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

    private func decode(
        _ bytes: UnsafeRawBufferPointer, into target: UnsafeMutableBufferPointer<Float>,
        _ draw: FrameAugmentation.Draw
    ) throws(DataError) {
        switch modality {
        case .rgb: try decodeColour(bytes, into: target, draw)
        case .thermal: try decodeGrey(bytes, into: target, draw)
        }
    }

    private func decodeColour(
        _ bytes: UnsafeRawBufferPointer, into target: UnsafeMutableBufferPointer<Float>,
        _ draw: FrameAugmentation.Draw
    ) throws(DataError) {
        let size = try jpeg.dimensions(of: bytes)
        try require(width: size.width, height: size.height)
        try pixels.withUnsafeMutableBufferPointer { pixels throws(DataError) in
            try jpeg.decode(bytes, into: pixels, width: side, height: side)
        }
        let scale = draw.gain / 255
        let width = 3 * side
        eachRow(draw, pixelSize: 3) { y, row in
            guard let out = target.baseAddress else { return }
            for n in 0..<width {
                let value = Float(row[n]) * scale
                out[y * width + n] = value < 1 ? value : 1
            }
        }
    }

    private func decodeGrey(
        _ bytes: UnsafeRawBufferPointer, into target: UnsafeMutableBufferPointer<Float>,
        _ draw: FrameAugmentation.Draw
    ) throws(DataError) {
        let header: PNGCodec.Header
        do throws(DataError) {
            header = try pixels.withUnsafeMutableBufferPointer { target throws(DataError) in
                try PNGCodec.decode(bytes, into: target)
            }
        } catch {
            // Too large for the buffer? Then its size is the better answer.
            let found = try PNGCodec.header(bytes)
            try require(width: found.width, height: found.height)
            throw error
        }
        try require(width: header.width, height: header.height)
        guard header.channels == 1 else {
            throw .codec("grey PNG", reason: "it has \(header.channels) channels, expected 1")
        }
        let side = side
        if header.depth == 8 {
            eachRow(draw, pixelSize: 1) { y, row in
                guard let out = target.baseAddress else { return }
                for x in 0..<side { out[y * side + x] = Float(row[x]) / 255 }
            }
        } else {
            eachRow(draw, pixelSize: 2) { y, row in
                guard let out = target.baseAddress else { return }
                let words = UnsafeRawPointer(row)
                for x in 0..<side {
                    let value = words.loadUnaligned(fromByteOffset: 2 * x, as: UInt16.self)
                    out[y * side + x] = Float(value) / 65535
                }
            }
        }
    }

    /// Hands out the rows of the decoded picture from top to bottom, each of `side` pixels, moved as the draw says.
    ///
    /// Moving pixels and turning them into floats are two passes over a row, because only the second, without the
    /// jumps of the first, becomes vector code; the row stays in the first-level cache.
    @inline(__always) private func eachRow(
        _ draw: FrameAugmentation.Draw, pixelSize: Int,
        _ body: (_ y: Int, _ row: UnsafePointer<UInt8>) -> Void
    ) {
        let offsets = offsets(of: draw, pixelSize: pixelSize)
        let staysInPlace = draw.dx == 0 && !draw.mirrored
        pixels.withUnsafeBufferPointer { pixels in
            line.withUnsafeMutableBufferPointer { line in
                offsets.withUnsafeBufferPointer { offsets in
                    guard let source = pixels.baseAddress, let line = line.baseAddress else { return }
                    for y in 0..<side {
                        let row = source + min(max(y + draw.dy, 0), side - 1) * side * pixelSize
                        guard !staysInPlace else {
                            body(y, row)
                            continue
                        }
                        Self.move(row, by: offsets, pixelSize: pixelSize, to: line)
                        body(y, line)
                    }
                }
            }
        }
    }

    /// Writes the pixels at some byte offsets one after the other.
    @inline(__always) private static func move(
        _ row: UnsafePointer<UInt8>, by offsets: UnsafeBufferPointer<Int32>, pixelSize: Int,
        to line: UnsafeMutablePointer<UInt8>
    ) {
        let (from, to) = (UnsafeRawPointer(row), UnsafeMutableRawPointer(line))
        for (x, offset) in offsets.enumerated() {
            let offset = Int(offset)
            switch pixelSize {
            case 1: line[x] = row[offset]
            case 2:
                let pixel = from.loadUnaligned(fromByteOffset: offset, as: UInt16.self)
                to.storeBytes(of: pixel, toByteOffset: x &* 2, as: UInt16.self)
            default:
                // A whole word moves three bytes; the fourth is the next pixel's and comes with it.
                let pixel = from.loadUnaligned(fromByteOffset: offset, as: UInt32.self)
                to.storeBytes(of: pixel, toByteOffset: x &* 3, as: UInt32.self)
            }
        }
    }

    /// The byte in its row at which the pixel of each column begins.
    private func offsets(of draw: FrameAugmentation.Draw, pixelSize: Int) -> [Int32] {
        if draw != offsetsDraw || pixelSize != offsetsPixelSize {
            for x in 0..<side {
                let shifted = min(max(x + draw.dx, 0), side - 1)
                offsets[x] = Int32((draw.mirrored ? side - 1 - shifted : shifted) * pixelSize)
            }
            (offsetsDraw, offsetsPixelSize) = (draw, pixelSize)
        }
        return offsets
    }

    private func require(width: Int, height: Int) throws(DataError) {
        guard width == side, height == side else {
            throw .codec("\(side)x\(side)", reason: "it has \(width)x\(height) pixels")
        }
    }
}
