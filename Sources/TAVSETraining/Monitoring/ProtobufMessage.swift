/// A message in protobuf's wire format, written field by field.
///
/// Each field is a key, `number · 8 + wire type`, and a value: type 0 a varint, 1 eight bytes, 2 a length and bytes,
/// 5 four bytes; numbers are little-endian.
///
/// > Source: *Protocol Buffers: Encoding* (protobuf.dev).
struct ProtobufMessage {
    private(set) var bytes: [UInt8] = []

    /// Seven bits per byte, least significant first, the top bit set on all but the last.
    static func varint(_ value: UInt64) -> [UInt8] {
        var rest = value
        var bytes: [UInt8] = []
        while rest >= 0x80 {
            bytes.append(UInt8(truncatingIfNeeded: rest) | 0x80)
            rest >>= 7
        }
        bytes.append(UInt8(rest))
        return bytes
    }

    /// A whole number; a negative one takes ten bytes, as int64 does.
    mutating func append(_ value: Int, field: Int) {
        key(field, type: .varint)
        bytes += Self.varint(UInt64(bitPattern: Int64(value)))
    }

    /// A double.
    mutating func append(_ value: Double, field: Int) {
        key(field, type: .eightBytes)
        bytes.append(littleEndian: value.bitPattern)
    }

    /// A float.
    mutating func append(_ value: Float, field: Int) {
        key(field, type: .fourBytes)
        bytes.append(littleEndian: value.bitPattern)
    }

    /// Bytes.
    mutating func append(_ value: [UInt8], field: Int) {
        key(field, type: .counted)
        bytes += Self.varint(UInt64(value.count))
        bytes += value
    }

    /// Text.
    mutating func append(_ value: String, field: Int) { append(Array(value.utf8), field: field) }

    /// A message inside this one.
    mutating func append(_ value: ProtobufMessage, field: Int) { append(value.bytes, field: field) }

    enum WireType: UInt64 {
        case varint = 0
        case eightBytes = 1
        case counted = 2
        case fourBytes = 5
    }

    private mutating func key(_ field: Int, type: WireType) {
        bytes += Self.varint(UInt64(field) << 3 | type.rawValue)
    }
}

/// Steps through the fields of a message; whatever is malformed ends it.
struct ProtobufReader {
    private var rest: ArraySlice<UInt8>

    init(_ bytes: ArraySlice<UInt8>) { rest = bytes }

    /// One field: a varint's value, or the bytes of the others.
    struct Field {
        let number: Int
        let varint: UInt64?
    }

    /// The next field, nil at the end or where the bytes are no message.
    mutating func next() -> Field? {
        guard let key = varint(), let type = ProtobufMessage.WireType(rawValue: key & 7) else { return nil }
        let number = Int(key >> 3)
        switch type {
        case .varint:
            guard let value = varint() else { return nil }
            return Field(number: number, varint: value)
        case .eightBytes: return skip(8) ? Field(number: number, varint: nil) : nil
        case .fourBytes: return skip(4) ? Field(number: number, varint: nil) : nil
        case .counted:
            guard let count = varint(), let count = Int(exactly: count), skip(count) else { return nil }
            return Field(number: number, varint: nil)
        }
    }

    private mutating func varint() -> UInt64? {
        var value: UInt64 = 0
        for shift in stride(from: UInt64(0), to: 70, by: 7) {
            guard let byte = rest.popFirst() else { return nil }
            value |= UInt64(byte & 0x7F) << shift
            if byte < 0x80 { return value }
        }
        return nil
    }

    private mutating func skip(_ count: Int) -> Bool {
        guard count <= rest.count else { return false }
        rest.removeFirst(count)
        return true
    }
}

extension [UInt8] {
    /// Appends a number, least significant byte first.
    mutating func append(littleEndian value: some FixedWidthInteger) {
        Swift.withUnsafeBytes(of: value.littleEndian) { append(contentsOf: $0) }
    }
}
