/// A record of a TFRecord file.
///
///     length: UInt64 · masked CRC-32C of the length: UInt32 · data · masked CRC-32C of the data: UInt32
///
/// All numbers are little-endian.
///
/// > Source: TensorFlow's guide *TFRecord and tf.train.Example*, "TFRecords format details".
enum EventRecord {
    /// Bytes around the data.
    static let overhead = 16

    /// Data in its frame.
    static func framed(_ data: [UInt8]) -> [UInt8] {
        var record: [UInt8] = []
        record.reserveCapacity(data.count + overhead)
        record.append(littleEndian: UInt64(data.count))
        record.append(littleEndian: CRC32C.masked(record))
        record += data
        record.append(littleEndian: CRC32C.masked(data))
        return record
    }

    /// Where a record's data lie, nil when no whole record with right checksums begins at `start`.
    static func data(in bytes: [UInt8], at start: Int) -> Range<Int>? {
        guard start >= 0, bytes.count - start >= overhead,
            CRC32C.masked(bytes[start..<start + 8]) == number(bytes, at: start + 8),
            let length = Int(exactly: number(bytes, at: start) as UInt64),
            length <= bytes.count - start - overhead
        else { return nil }
        let data = start + 12..<start + 12 + length
        return CRC32C.masked(bytes[data]) == number(bytes, at: data.upperBound) ? data : nil
    }

    private static func number<Number: FixedWidthInteger>(_ bytes: [UInt8], at start: Int) -> Number {
        (0..<MemoryLayout<Number>.size).reduce(0) { $0 | Number(bytes[start + $1]) << (8 * $1) }
    }
}
