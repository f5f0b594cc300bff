import Testing

@testable import TAVSETraining

@Suite struct CRC32CTests {
    static let vectors: [([UInt8], UInt32)] = [
        ([UInt8](repeating: 0, count: 32), 0x8A91_36AA),
        ([UInt8](repeating: 0xFF, count: 32), 0x62A8_AB43),
        (Array(0..<32), 0x46DD_794E),
        (Array((0..<32).reversed()), 0x113F_DB5C),
        (Array("123456789".utf8), 0xE306_9283),
        ([], 0),
    ]

    @Test("gives RFC 3720's vectors and the catalogue's check value (reference)", arguments: vectors)
    func known(bytes: [UInt8], checksum: UInt32) {
        #expect(CRC32C.checksum(bytes) == checksum)
    }

    @Test("masks by rotation and the format's constant (closed form)")
    func mask() {
        // ~0 rotates to itself: 0xFFFFFFFF + 0xA282EAD8 mod 2^32.
        #expect(CRC32C.masked([]) == 0xA282_EAD8)
        let plain = CRC32C.checksum("123456789".utf8)
        let unmasked = CRC32C.masked("123456789".utf8) &- 0xA282_EAD8
        #expect(unmasked << 15 | unmasked >> 17 == plain)
    }
}
