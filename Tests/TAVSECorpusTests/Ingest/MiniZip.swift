import Foundation

/// Writes small ZIP archives with stored entries, as ZIP64 when asked, which libraries only do past 4 GiB.
///
/// > Source: PKWARE, *APPNOTE.TXT*, sections 4.3 and 4.5.3.
struct MiniZip {
    private struct Entry {
        let name: [UInt8]
        let crc: UInt32
        let size: Int
        let offset: Int
    }

    private let zip64: Bool
    private var bytes: [UInt8] = []
    private var entries: [Entry] = []

    init(zip64: Bool = false) { self.zip64 = zip64 }

    mutating func add(_ name: String, _ content: [UInt8]) {
        let entry = Entry(
            name: Array(name.utf8), crc: Self.crc(content), size: content.count, offset: bytes.count)
        put32(0x0403_4B50)
        put16(zip64 ? 45 : 20, 0, 0, 0, 0x5A00)
        put32(entry.crc)
        put32(UInt32(entry.size))
        put32(UInt32(entry.size))
        put16(UInt16(entry.name.count), 0)
        bytes += entry.name + content
        entries.append(entry)
    }

    /// The whole archive.
    func data() -> Data {
        var copy = self
        copy.finish()
        return Data(copy.bytes)
    }

    private mutating func finish() {
        let directory = bytes.count
        for entry in entries {
            put32(0x0201_4B50)
            put16(45, zip64 ? 45 : 20, 0, 0, 0, 0x5A00)
            put32(entry.crc)
            put32(zip64 ? .max : UInt32(entry.size))
            put32(zip64 ? .max : UInt32(entry.size))
            put16(UInt16(entry.name.count), zip64 ? 28 : 0, 0, 0, 0)
            put32(0)
            put32(zip64 ? .max : UInt32(entry.offset))
            bytes += entry.name
            if zip64 {
                put16(1, 24)
                for value in [entry.size, entry.size, entry.offset] { put64(UInt64(value)) }
            }
        }
        let size = bytes.count - directory
        if zip64 {
            let record = bytes.count
            put32(0x0606_4B50)
            put64(44)
            put16(45, 45)
            put32(0)
            put32(0)
            put64(UInt64(entries.count))
            put64(UInt64(entries.count))
            put64(UInt64(size))
            put64(UInt64(directory))
            put32(0x0706_4B50)
            put32(0)
            put64(UInt64(record))
            put32(1)
        }
        put32(0x0605_4B50)
        put16(0, 0, zip64 ? .max : UInt16(entries.count), zip64 ? .max : UInt16(entries.count))
        put32(zip64 ? .max : UInt32(size))
        put32(zip64 ? .max : UInt32(directory))
        put16(0)
    }

    private mutating func put16(_ values: UInt16...) {
        for value in values { bytes += [UInt8(value & 255), UInt8(value >> 8)] }
    }
    private mutating func put32(_ value: UInt32) {
        for shift in stride(from: 0, to: 32, by: 8) { bytes.append(UInt8(value >> UInt32(shift) & 255)) }
    }
    private mutating func put64(_ value: UInt64) {
        for shift in stride(from: 0, to: 64, by: 8) { bytes.append(UInt8(value >> UInt64(shift) & 255)) }
    }

    private static func crc(_ bytes: [UInt8]) -> UInt32 {
        var value: UInt32 = .max
        for byte in bytes { value = table[Int((value ^ UInt32(byte)) & 255)] ^ value >> 8 }
        return ~value
    }

    private static let table: [UInt32] = (0..<256).map { index in
        (0..<8).reduce(UInt32(index)) { value, _ in value & 1 == 1 ? 0xEDB8_8320 ^ value >> 1 : value >> 1 }
    }
}
