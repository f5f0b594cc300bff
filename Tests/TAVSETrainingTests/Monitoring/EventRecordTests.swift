import Testing

@testable import TAVSETraining

@Suite struct EventRecordTests {
    static let encodings: [(UInt64, [UInt8])] = [
        (0, [0]), (1, [1]), (127, [0x7F]), (128, [0x80, 1]), (150, [0x96, 1]),
        (UInt64.max, [255, 255, 255, 255, 255, 255, 255, 255, 255, 1]),
    ]

    @Test("varints take seven bits per byte (reference: the encoding's own examples)", arguments: encodings)
    func varints(value: UInt64, bytes: [UInt8]) {
        #expect(ProtobufMessage.varint(value) == bytes)
    }

    @Test("a field is key and value (reference: the encoding's own examples)")
    func fields() {
        var message = ProtobufMessage()
        message.append(150, field: 1)
        #expect(message.bytes == [0x08, 0x96, 0x01])
        var text = ProtobufMessage()
        text.append("testing", field: 2)
        #expect(text.bytes == [0x12, 0x07] + Array("testing".utf8))
    }

    @Test("data come back from their frame (property)", arguments: [0, 1, 300, 70_000])
    func roundTrip(count: Int) throws {
        let data = (0..<count).map { UInt8(truncatingIfNeeded: $0 &* 31) }
        let bytes = EventRecord.framed([7]) + EventRecord.framed(data)
        let first = try #require(EventRecord.data(in: bytes, at: 0))
        #expect(Array(bytes[first]) == [7])
        let second = try #require(EventRecord.data(in: bytes, at: EventRecord.overhead + 1))
        #expect(Array(bytes[second]) == data)
    }

    @Test("no byte can change and no end be missing unnoticed (property)")
    func damage() {
        let record = EventRecord.framed(Array("event".utf8))
        for index in record.indices {
            var damaged = record
            damaged[index] ^= 0x10
            #expect(EventRecord.data(in: damaged, at: 0) == nil)
            #expect(EventRecord.data(in: Array(record[..<index]), at: 0) == nil)
        }
    }

    @Test(
        "a length beyond the file, however large, is no record (bad input)",
        arguments: [UInt64(6), UInt64.max, UInt64(1) << 63])
    func hostileLength(length: UInt64) {
        var bytes: [UInt8] = []
        bytes.append(littleEndian: length)
        bytes.append(littleEndian: CRC32C.masked(bytes))
        bytes += [UInt8](repeating: 0, count: 9)
        #expect(EventRecord.data(in: bytes, at: 0) == nil)
    }

    @Test("step and kind are read back from events (property)")
    func headers() {
        let scalars = SummaryEvent.summary(
            wallTime: 12.5, step: 1 << 40, values: [("a", .scalar(1)), ("b", .scalar(-.infinity))])
        #expect(SummaryEvent.header(scalars[...]) == .init(step: 1 << 40, holdsSummary: true))
        let version = SummaryEvent.version(wallTime: 1)
        #expect(SummaryEvent.header(version[...]) == .init(step: 0, holdsSummary: false))
        #expect(SummaryEvent.header([0x2A, 0xFF][...]) == .init(step: 0, holdsSummary: false))
    }
}
