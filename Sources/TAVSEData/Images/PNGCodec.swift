import CPNG
import Foundation

/// Decodes and encodes PNG by libpng: grey or RGB, 8 or 16 bits; alpha is dropped, palettes are expanded.
public enum PNGCodec {
    /// Width, height, channels and depth as decoding will give them.
    public struct Header: Sendable, Equatable {
        /// Pixels across.
        public let width: Int
        /// Pixels down.
        public let height: Int
        /// 1 or 3.
        public let channels: Int
        /// 8 or 16.
        public let depth: Int

        var byteCount: Int { width * height * channels * depth / 8 }
    }

    /// Reads the header alone.
    public static func header(_ bytes: UnsafeRawBufferPointer) throws(DataError) -> Header {
        try read(bytes, pixels: nil)
    }

    /// Decodes a whole picture; samples keep their values, no gamma is applied.
    public static func decode(_ bytes: UnsafeRawBufferPointer) throws(DataError) -> Raster {
        let header = try header(bytes)
        var pixels = [UInt8](repeating: 0, count: header.byteCount)
        try pixels.withUnsafeMutableBufferPointer { target throws(DataError) in
            _ = try read(bytes, pixels: target)
        }
        return Raster(
            width: header.width, height: header.height, channels: header.channels, depth: header.depth,
            bytes: pixels)
    }

    /// Decodes into memory the caller keeps; it must hold the header's `byteCount`.
    package static func decode(
        _ bytes: UnsafeRawBufferPointer, into target: UnsafeMutableBufferPointer<UInt8>
    ) throws(DataError) -> Header {
        try read(bytes, pixels: target)
    }

    private static func read(
        _ bytes: UnsafeRawBufferPointer, pixels: UnsafeMutableBufferPointer<UInt8>?
    ) throws(DataError) -> Header {
        guard let base = bytes.bindMemory(to: UInt8.self).baseAddress, !bytes.isEmpty else {
            throw .codec("PNG", reason: "0 bytes")
        }
        var source = tavse_png_source()
        source.bytes = base
        source.size = bytes.count
        var width: UInt32 = 0
        var height: UInt32 = 0
        var channels: Int32 = 0
        var depth: Int32 = 0
        let status = tavse_png_read(
            &source, pixels?.baseAddress, pixels?.count ?? 0, &width, &height, &channels, &depth)
        guard status == 0 else { throw .codec("PNG", reason: text(&source.message)) }
        return Header(width: Int(width), height: Int(height), channels: Int(channels), depth: Int(depth))
    }

    /// Encodes a picture.
    ///
    /// - Parameter level: zlib's effort, 0…9.
    public static func encode(_ image: Raster, level: Int = 6) throws(DataError) -> [UInt8] {
        var sink = tavse_png_sink()
        defer { free(sink.bytes) }
        let status = tavse_png_write(
            &sink, image.bytes, UInt32(image.width), UInt32(image.height), Int32(image.channels),
            Int32(image.depth), Int32(level))
        guard status == 0 else { throw .codec("PNG", reason: text(&sink.message)) }
        return [UInt8](UnsafeBufferPointer(start: sink.bytes, count: sink.size))
    }

    /// The message as a string: a fixed C array arrives as a tuple.
    private static func text<Tuple>(_ tuple: inout Tuple) -> String {
        withUnsafeBytes(of: &tuple) { bytes in
            String(decoding: bytes.prefix { $0 != 0 }, as: UTF8.self)
        }
    }
}
