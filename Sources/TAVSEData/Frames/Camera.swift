/// A camera.
public enum Camera: String, Sendable, CaseIterable, Codable {
    /// The colour camera: JPEG, 3 channels.
    case rgb
    /// The thermal camera: grey PNG of 8 or 16 bits, 1 channel.
    case thermal

    /// Channels of a decoded frame.
    public var channels: Int { self == .rgb ? 3 : 1 }
}
