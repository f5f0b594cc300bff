import CCrypto

/// SHA-256, the fingerprint of recordings, checkpoints, items and runs.
///
/// OpenSSL's libcrypto computes it, because it uses the processor's own instructions where there are any: 1470 MB/s
/// instead of 124 MB/s of portable code. Every recording that is scored is hashed.
///
/// > Source: NIST FIPS 180-4, *Secure Hash Standard*, 2015.
public struct SHA256: Sendable {
    private var context = Context()

    /// Starts an empty message.
    public init() {}

    /// Appends bytes to the message.
    public mutating func update(_ bytes: UnsafeRawBufferPointer) {
        if !isKnownUniquelyReferenced(&context) { context = Context(copying: context) }
        context.update(bytes)
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
        let digits = Array("0123456789abcdef".utf8)
        let digest = Context(copying: context).digest()
        return String(
            decoding: digest.flatMap { [digits[Int($0 >> 4)], digits[Int($0 & 15)]] }, as: UTF8.self)
    }

    /// The digest of a whole text.
    public static func hexadecimal(of text: String) -> String {
        var hash = SHA256()
        hash.update(text)
        return hash.hexadecimal()
    }
}

/// The only user of libcrypto: owns a message under way.
///
/// Unchecked: ``SHA256`` copies it before it writes to one that is shared. The calls fail for want of memory alone.
private final class Context: @unchecked Sendable {
    private let handle: OpaquePointer

    init() {
        handle = Self.make()
        Self.check(EVP_DigestInit_ex(handle, EVP_sha256(), nil))
    }

    init(copying other: Context) {
        handle = Self.make()
        Self.check(EVP_MD_CTX_copy_ex(handle, other.handle))
    }

    deinit { EVP_MD_CTX_free(handle) }

    func update(_ bytes: UnsafeRawBufferPointer) {
        Self.check(EVP_DigestUpdate(handle, bytes.baseAddress, bytes.count))
    }

    /// Ends the message: nothing can be appended afterwards.
    func digest() -> [UInt8] {
        var digest = [UInt8](repeating: 0, count: 32)
        Self.check(EVP_DigestFinal_ex(handle, &digest, nil))
        return digest
    }

    private static func make() -> OpaquePointer {
        guard let handle = EVP_MD_CTX_new() else { preconditionFailure("libcrypto: out of memory") }
        return handle
    }

    private static func check(_ status: Int32) {
        precondition(status == 1, "libcrypto could not compute SHA-256: out of memory, or built without it")
    }
}
