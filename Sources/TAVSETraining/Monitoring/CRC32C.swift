/// CRC-32C (Castagnoli), the checksum of TFRecord files.
///
/// Reflected polynomial 0x82F63B78, start and final value complemented.
///
/// > Source: RFC 3720 (iSCSI), appendix B.4, which also gives test vectors.
enum CRC32C {
    /// Checksum of some bytes.
    static func checksum(_ bytes: some Sequence<UInt8>) -> UInt32 {
        var register = UInt32.max
        for byte in bytes {
            register = table[Int(UInt8(truncatingIfNeeded: register) ^ byte)] ^ (register >> 8)
        }
        return ~register
    }

    /// The checksum as TFRecord stores it: rotated right by 15 bits plus a constant, so that a checksum of data that
    /// itself holds checksums stays a good one.
    static func masked(_ bytes: some Sequence<UInt8>) -> UInt32 {
        let checksum = checksum(bytes)
        return (checksum >> 15 | checksum << 17) &+ 0xA282_EAD8
    }

    private static let table: [UInt32] = (0..<256).map { index in
        (0..<8).reduce(UInt32(index)) { value, _ in
            value & 1 == 1 ? value >> 1 ^ 0x82F6_3B78 : value >> 1
        }
    }
}
