import CTurboJPEG

/// Decodes and encodes JPEG by libjpeg-turbo; one per thread, as its handles are not shared.
public final class JPEGCodec {
    private let decompressor: tjhandle
    private let compressor: tjhandle

    /// - Throws: ``DataError/codec(_:reason:)`` when the library has no memory.
    public init() throws(DataError) {
        guard let decompressor = tjInitDecompress() else { throw .codec("JPEG", reason: "out of memory") }
        guard let compressor = tjInitCompress() else {
            tjDestroy(decompressor)
            throw .codec("JPEG", reason: "out of memory")
        }
        self.decompressor = decompressor
        self.compressor = compressor
    }

    deinit {
        tjDestroy(decompressor)
        tjDestroy(compressor)
    }

    /// Decodes to 8-bit RGB.
    ///
    /// - Parameter bytes: one whole JPEG.
    /// - Throws: ``DataError/codec(_:reason:)``; warnings (a truncated scan) count as errors, because the decoder
    ///   fills what is missing with grey.
    public func decode(_ bytes: UnsafeRawBufferPointer) throws(DataError) -> Raster {
        let size = try dimensions(of: bytes)
        var pixels = [UInt8](repeating: 0, count: size.width * size.height * 3)
        try pixels.withUnsafeMutableBufferPointer { target throws(DataError) in
            try decode(bytes, into: target, width: size.width, height: size.height)
        }
        return Raster(width: size.width, height: size.height, channels: 3, depth: 8, bytes: pixels)
    }

    /// Width and height from the header.
    public func dimensions(of bytes: UnsafeRawBufferPointer) throws(DataError) -> (width: Int, height: Int) {
        guard let base = bytes.bindMemory(to: UInt8.self).baseAddress, !bytes.isEmpty else {
            throw .codec("JPEG", reason: "0 bytes")
        }
        var width: Int32 = 0
        var height: Int32 = 0
        var subsampling: Int32 = 0
        var colorspace: Int32 = 0
        let status = tjDecompressHeader3(
            decompressor, base, UInt(bytes.count), &width, &height, &subsampling, &colorspace)
        guard status == 0 else { throw failure(decompressor) }
        guard width > 0, height > 0, width <= Self.largestSide, height <= Self.largestSide else {
            throw .codec("JPEG", reason: "\(width)x\(height) pixels, at most \(Self.largestSide) a side")
        }
        return (Int(width), Int(height))
    }

    /// Decodes to 8-bit RGB in memory the caller keeps: what loops that must not allocate need.
    ///
    /// - Parameters:
    ///   - target: at least 3 · width · height bytes.
    ///   - width: as ``dimensions(of:)`` says.
    ///   - height: as ``dimensions(of:)`` says.
    package func decode(
        _ bytes: UnsafeRawBufferPointer, into target: UnsafeMutableBufferPointer<UInt8>, width: Int,
        height: Int
    ) throws(DataError) {
        precondition(target.count >= 3 * width * height, "the target is too small for \(width)x\(height)")
        guard let base = bytes.bindMemory(to: UInt8.self).baseAddress, let out = target.baseAddress else {
            throw .codec("JPEG", reason: "0 bytes")
        }
        let status = tjDecompress2(
            decompressor, base, UInt(bytes.count), out, Int32(width), Int32(3 * width), Int32(height),
            Int32(TJPF_RGB.rawValue), 0)
        guard status == 0 else { throw failure(decompressor) }
    }

    /// Encodes 8-bit RGB with 4:2:0 chroma.
    ///
    /// - Parameter quality: 1…100.
    public func encode(_ image: Raster, quality: Int = 92) throws(DataError) -> [UInt8] {
        precondition(image.channels == 3 && image.depth == 8, "JPEG frames are 8-bit RGB")
        var buffer: UnsafeMutablePointer<UInt8>?
        var size: UInt = 0
        let status = tjCompress2(
            compressor, image.bytes, Int32(image.width), Int32(3 * image.width), Int32(image.height),
            Int32(TJPF_RGB.rawValue), &buffer, &size, Int32(TJSAMP_420.rawValue), Int32(quality), 0)
        defer { tjFree(buffer) }
        guard status == 0, let buffer else { throw failure(compressor) }
        return [UInt8](UnsafeBufferPointer(start: buffer, count: Int(size)))
    }

    private func failure(_ handle: tjhandle) -> DataError {
        .codec("JPEG", reason: tjGetErrorStr2(handle).map { String(cString: $0) } ?? "unknown error")
    }

    private static let largestSide: Int32 = 16384
}
