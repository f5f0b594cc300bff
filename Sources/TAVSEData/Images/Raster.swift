/// A decoded picture: interleaved samples, rows from top to bottom without padding.
public struct Raster: Sendable, Equatable {
    /// Pixels across.
    public let width: Int
    /// Pixels down.
    public let height: Int
    /// 1 (grey) or 3 (red, green, blue).
    public let channels: Int
    /// Bits per sample: 8, or 16 in the host's byte order.
    public let depth: Int
    /// `[H, W, C]` samples of `depth` bits.
    public var bytes: [UInt8]

    /// - Parameter bytes: exactly width · height · channels · depth / 8 bytes.
    public init(width: Int, height: Int, channels: Int, depth: Int, bytes: [UInt8]) {
        precondition(channels == 1 || channels == 3, "channels must be 1 or 3, got \(channels)")
        precondition(depth == 8 || depth == 16, "depth must be 8 or 16, got \(depth)")
        precondition(
            bytes.count == width * height * channels * depth / 8,
            "\(bytes.count) bytes do not make \(width)x\(height)x\(channels) of \(depth) bits")
        self.width = width
        self.height = height
        self.channels = channels
        self.depth = depth
        self.bytes = bytes
    }

    /// A picture of one 8-bit value.
    public init(width: Int, height: Int, channels: Int, fill: UInt8 = 0) {
        self.init(
            width: width, height: height, channels: channels, depth: 8,
            bytes: [UInt8](repeating: fill, count: width * height * channels))
    }

    /// One sample as 0…1 of full scale.
    public func value(x: Int, y: Int, channel: Int = 0) -> Double {
        let index = (y * width + x) * channels + channel
        if depth == 8 { return Double(bytes[index]) / 255 }
        let sample = UInt16(bytes[2 * index]) | UInt16(bytes[2 * index + 1]) << 8
        return Double(UInt16(littleEndian: sample)) / 65535
    }
}
