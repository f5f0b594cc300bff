/// The key of one frame: `<utterance>/<frame:06d>`, frames counted from 0.
public enum FrameKey {
    /// Longest utterance id in UTF-8 bytes: LMDB's keys end at 511 bytes, 7 of which are the frame's.
    public static let longestUtterance = 504
    /// Largest frame number six digits can write.
    public static let largestFrame = 999_999

    /// The key as bytes.
    public static func bytes(utterance: String, frame: Int) -> [UInt8] {
        precondition((0...largestFrame).contains(frame), "frame must be 0 … \(largestFrame), got \(frame)")
        var key = Array(utterance.utf8)
        key.reserveCapacity(key.count + 7)
        key.append(UInt8(ascii: "/"))
        var divisor = 100_000
        while divisor > 0 {
            key.append(UInt8(ascii: "0") + UInt8(frame / divisor % 10))
            divisor /= 10
        }
        return key
    }

    /// The key as text, for messages.
    public static func text(utterance: String, frame: Int) -> String {
        String(decoding: bytes(utterance: utterance, frame: frame), as: UTF8.self)
    }

    /// Splits a key; nil when it is not one.
    public static func parse(_ key: UnsafeRawBufferPointer) -> (utterance: String, frame: Int)? {
        guard key.count > 7, key[key.count - 7] == UInt8(ascii: "/") else { return nil }
        var frame = 0
        for byte in key[(key.count - 6)...] {
            guard (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte) else { return nil }
            frame = frame * 10 + Int(byte - UInt8(ascii: "0"))
        }
        guard let utterance = String(validating: key[..<(key.count - 7)], as: UTF8.self) else { return nil }
        return (utterance, frame)
    }
}
