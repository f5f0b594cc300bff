/// Decodes mouth frames of one camera straight into planar floats; one per thread.
///
/// Pixels are 0…1 of full scale, `[C, H, W]`.
final class FrameDecoder {
    private let reader: FrameStore.Reader
    private let store: String
    private let modality: Camera
    private let side: Int
    private let jpeg: JPEGCodec
    /// One word per pixel: colour as it comes from the JPEG decoder, or grey of up to 16 bits.
    private var pixels: [UInt32]
    private var line: [UInt32]

    init(_ store: FrameStore, modality: Camera, side: Int) throws(DataError) {
        reader = try store.reader()
        jpeg = try JPEGCodec()
        self.store = store.path
        self.modality = modality
        self.side = side
        pixels = [UInt32](repeating: 0, count: side * side)
        line = [UInt32](repeating: 0, count: side)
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
        try pixels.withUnsafeMutableBufferPointer { pixels throws(DataError) in
            try jpeg.decode(bytes, into: pixels, width: side, height: side)
        }
        // The straight-line loops below are what the compiler turns into vector code.
        let scale = draw.gain / 255
        pixels.withUnsafeBufferPointer { pixels in
            line.withUnsafeMutableBufferPointer { line in
                guard let source = pixels.baseAddress, let line = line.baseAddress,
                    let out = target.baseAddress
                else {
                    return
                }
                for y in 0..<side {
                    var row = source + rowIndex(y, draw) * side
                    if !draw.keepsColumns {
                        for x in 0..<side { line[x] = row[column(x, draw)] }
                        row = UnsafePointer(line)
                    }
                    for c in 0..<3 {
                        let plane = out + (c * side + y) * side
                        let shift = UInt32(8 * c)
                        for x in 0..<side {
                            let value = Float(Int32(bitPattern: row[x] >> shift & 255)) * scale
                            plane[x] = value < 1 ? value : 1
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
        let header: PNGCodec.Header
        do throws(DataError) {
            header = try pixels.withUnsafeMutableBufferPointer { words throws(DataError) in
                try words.withMemoryRebound(to: UInt8.self) { target throws(DataError) in
                    try PNGCodec.decode(bytes, into: target)
                }
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
        pixels.withUnsafeBytes { raw in
            guard let out = target.baseAddress, let base = raw.baseAddress else { return }
            for y in 0..<side {
                let row = rowIndex(y, draw) * side
                let plane = out + y * side
                if header.depth == 8 {
                    let source = base.assumingMemoryBound(to: UInt8.self) + row
                    if draw.keepsColumns {
                        for x in 0..<side { plane[x] = Float(source[x]) / 255 }
                    } else {
                        for x in 0..<side { plane[x] = Float(source[column(x, draw)]) / 255 }
                    }
                } else {
                    let source = base.assumingMemoryBound(to: UInt16.self) + row
                    for x in 0..<side { plane[x] = Float(source[column(x, draw)]) / 65535 }
                }
            }
        }
    }

    /// Where the pixels of row y come from.
    private func rowIndex(_ y: Int, _ draw: FrameAugmentation.Draw) -> Int {
        min(max(y + draw.dy, 0), side - 1)
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

extension FrameAugmentation.Draw {
    /// Whether columns stay where they are.
    fileprivate var keepsColumns: Bool { dx == 0 && !mirrored }
}
