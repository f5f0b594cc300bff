/// SHA-256, the fingerprint of recordings, checkpoints, items and runs.
///
/// > Source: NIST FIPS 180-4, *Secure Hash Standard*, 2015, sections 4.1.2, 5 and 6.2.
public struct SHA256: Sendable {
    private var state = SIMD8<UInt32>(
        0x6a09_e667, 0xbb67_ae85, 0x3c6e_f372, 0xa54f_f53a, 0x510e_527f, 0x9b05_688c, 0x1f83_d9ab, 0x5be0_cd19
    )
    private var block = [UInt8](repeating: 0, count: 64)
    private var blockCount = 0
    private var byteCount: UInt64 = 0

    /// Starts an empty message.
    public init() {}

    /// Appends bytes to the message.
    public mutating func update(_ bytes: UnsafeRawBufferPointer) {
        byteCount += UInt64(bytes.count)
        var position = 0
        if blockCount > 0 {
            while blockCount < 64 && position < bytes.count {
                block[blockCount] = bytes[position]
                blockCount += 1
                position += 1
            }
            guard blockCount == 64 else { return }
            compressBlock()
        }
        let whole = (bytes.count - position) / 64 * 64
        compress(UnsafeRawBufferPointer(rebasing: bytes[position..<position + whole]))
        position += whole
        while position < bytes.count {
            block[blockCount] = bytes[position]
            blockCount += 1
            position += 1
        }
    }

    /// Appends the UTF-8 bytes of a text.
    public mutating func update(_ text: String) {
        var text = text
        text.withUTF8 { update(UnsafeRawBufferPointer($0)) }
    }

    /// Appends the bytes of an integer, least significant first.
    public mutating func update(_ value: UInt64) {
        withUnsafeBytes(of: value.littleEndian) { update($0) }
    }

    /// Ends the message and gives its digest as 64 lower-case hexadecimal digits.
    public consuming func hexadecimal() -> String {
        let bits = byteCount &* 8
        block[blockCount] = 0x80
        blockCount += 1
        if blockCount > 56 {
            while blockCount < 64 { appendZero() }
            compressBlock()
        }
        while blockCount < 56 { appendZero() }
        for shift in stride(from: 56, through: 0, by: -8) {
            block[blockCount] = UInt8(truncatingIfNeeded: bits >> UInt64(shift))
            blockCount += 1
        }
        compressBlock()
        var text = ""
        for index in 0..<8 {
            let digits = String(state[index], radix: 16)
            text += String(repeating: "0", count: 8 - digits.count) + digits
        }
        return text
    }

    /// The digest of a whole text.
    public static func hexadecimal(of text: String) -> String {
        var hash = SHA256()
        hash.update(text)
        return hash.hexadecimal()
    }

    private mutating func appendZero() {
        block[blockCount] = 0
        blockCount += 1
    }

    private mutating func compressBlock() {
        let copy = block
        copy.withUnsafeBytes { compress($0) }
        blockCount = 0
    }

    /// The compression function over whole blocks of 64 bytes.
    private mutating func compress(_ bytes: UnsafeRawBufferPointer) {
        precondition(bytes.count % 64 == 0, "SHA-256 works on blocks of 64 bytes, got \(bytes.count) bytes")
        var hash = state
        Self.constants.withUnsafeBufferPointer { k in
            withUnsafeTemporaryAllocation(of: UInt32.self, capacity: 64) { w in
                for start in stride(from: 0, to: bytes.count, by: 64) {
                    Self.compress(bytes, at: start, schedule: w, constants: k, into: &hash)
                }
            }
        }
        state = hash
    }

    @inline(__always)
    private static func compress(
        _ bytes: UnsafeRawBufferPointer, at start: Int, schedule w: UnsafeMutableBufferPointer<UInt32>,
        constants k: UnsafeBufferPointer<UInt32>, into state: inout SIMD8<UInt32>
    ) {
        for t in 0..<16 {
            w[t] = UInt32(bigEndian: bytes.loadUnaligned(fromByteOffset: start + 4 * t, as: UInt32.self))
        }
        for t in 16..<64 {
            let x = w[t - 15]
            let y = w[t - 2]
            let sigma0 = rotate(x, 7) ^ rotate(x, 18) ^ (x >> 3)
            let sigma1 = rotate(y, 17) ^ rotate(y, 19) ^ (y >> 10)
            w[t] = sigma1 &+ w[t - 7] &+ sigma0 &+ w[t - 16]
        }
        var (a, b, c, d) = (state[0], state[1], state[2], state[3])
        var (e, f, g, h) = (state[4], state[5], state[6], state[7])
        for t in 0..<64 {
            let sum1 = rotate(e, 6) ^ rotate(e, 11) ^ rotate(e, 25)
            let t1 = h &+ sum1 &+ ((e & f) ^ (~e & g)) &+ k[t] &+ w[t]
            let sum0 = rotate(a, 2) ^ rotate(a, 13) ^ rotate(a, 22)
            let t2 = sum0 &+ ((a & b) ^ (a & c) ^ (b & c))
            (h, g, f, e, d, c, b, a) = (g, f, e, d &+ t1, c, b, a, t1 &+ t2)
        }
        state = state &+ SIMD8(a, b, c, d, e, f, g, h)
    }

    @inline(__always)
    private static func rotate(_ x: UInt32, _ n: UInt32) -> UInt32 { (x >> n) | (x << (32 - n)) }

    /// First 32 bits of the fractional parts of the cube roots of the first 64 primes (FIPS 180-4, 4.2.2).
    private static let constants: [UInt32] = [
        0x428a_2f98, 0x7137_4491, 0xb5c0_fbcf, 0xe9b5_dba5, 0x3956_c25b, 0x59f1_11f1, 0x923f_82a4,
        0xab1c_5ed5,
        0xd807_aa98, 0x1283_5b01, 0x2431_85be, 0x550c_7dc3, 0x72be_5d74, 0x80de_b1fe, 0x9bdc_06a7,
        0xc19b_f174,
        0xe49b_69c1, 0xefbe_4786, 0x0fc1_9dc6, 0x240c_a1cc, 0x2de9_2c6f, 0x4a74_84aa, 0x5cb0_a9dc,
        0x76f9_88da,
        0x983e_5152, 0xa831_c66d, 0xb003_27c8, 0xbf59_7fc7, 0xc6e0_0bf3, 0xd5a7_9147, 0x06ca_6351,
        0x1429_2967,
        0x27b7_0a85, 0x2e1b_2138, 0x4d2c_6dfc, 0x5338_0d13, 0x650a_7354, 0x766a_0abb, 0x81c2_c92e,
        0x9272_2c85,
        0xa2bf_e8a1, 0xa81a_664b, 0xc24b_8b70, 0xc76c_51a3, 0xd192_e819, 0xd699_0624, 0xf40e_3585,
        0x106a_a070,
        0x19a4_c116, 0x1e37_6c08, 0x2748_774c, 0x34b0_bcb5, 0x391c_0cb3, 0x4ed8_aa4a, 0x5b9c_ca4f,
        0x682e_6ff3,
        0x748f_82ee, 0x78a5_636f, 0x84c8_7814, 0x8cc7_0208, 0x90be_fffa, 0xa450_6ceb, 0xbef9_a3f7,
        0xc671_78f2,
    ]
}
