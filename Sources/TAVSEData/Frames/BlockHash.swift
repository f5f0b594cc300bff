import Foundation

/// FNV-1a over 64-bit words and the size: finds copying faults at memory speed; no defence against an attacker.
package struct BlockHash: Equatable {
    /// Bytes per block; only the last block may be shorter.
    static let blockSize = 1 << 22

    private(set) var size = 0
    package private(set) var value: UInt64 = 0xCBF2_9CE4_8422_2325

    package init() {}

    /// Of a file from where it stands to its end.
    package init(_ file: FileHandle, path: String) throws(DataError) {
        do {
            while let block = try file.read(upToCount: Self.blockSize), !block.isEmpty { add(block) }
        } catch { throw .unreadable(path: path, reason: FileProblem.reason(error)) }
    }

    /// Size and hash as text.
    package var text: String { "\(size) \(String(value, radix: 16))\n" }

    package mutating func add(_ block: Data) { block.withUnsafeBytes { add($0) } }

    package mutating func add(_ bytes: UnsafeRawBufferPointer) {
        size += bytes.count
        var value = value
        let words = bytes.count / 8
        for k in 0..<words {
            value = (value ^ bytes.loadUnaligned(fromByteOffset: 8 * k, as: UInt64.self)) &* 0x100_0000_01B3
            // FNV's multiplier moves bits up only; bring some down so that high bits count everywhere.
            value ^= value >> 29
        }
        for k in (8 * words)..<bytes.count { value = (value ^ UInt64(bytes[k])) &* 0x100_0000_01B3 }
        self.value = value
    }
}
