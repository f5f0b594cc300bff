import Testing

@testable import TAVSEEvaluation

@Suite struct CSVTableTests {
    private func fields(_ text: String) throws -> [[String]] {
        try CSVTable([UInt8](text.utf8)).rows.map(\.fields)
    }

    @Test(
        "reads quotes, doubled quotes, line ends of all kinds and a byte-order mark (closed form: RFC 4180)")
    func reads() throws {
        #expect(try fields("a,b\nc,d") == [["a", "b"], ["c", "d"]])
        #expect(try fields("\u{FEFF}a,\"b \"\"q\"\"\"\r\n\r\n,\n") == [["a", "b \"q\""], ["", ""]])
        #expect(try fields("\"two\nlines\",x\r\n\"\"\n") == [["two\nlines", "x"]])
        #expect(try fields("") == [])
        #expect(try fields("naïve,日本\n") == [["naïve", "日本"]])
    }

    @Test("numbers the line on which a row begins (closed form)")
    func lines() throws {
        #expect(try CSVTable([UInt8]("a\n\n\"x\ny\"\nb\n".utf8)).rows.map(\.line) == [1, 3, 5])
    }

    @Test("says where a mistake is (closed form)")
    func mistakes() throws {
        func problem(_ bytes: [UInt8]) -> CSVTable.Problem? {
            do {
                _ = try CSVTable(bytes)
                return nil
            } catch { return error }
        }
        #expect(problem([UInt8]("a\nb,\"open\nc".utf8)).map { [$0.line, $0.field] } == [2, 2])
        #expect(problem([UInt8]("\"a\"b\n".utf8)).map { [$0.line, $0.field] } == [1, 1])
        #expect(problem([UInt8]("x\nab\"c\n".utf8)).map { [$0.line, $0.field] } == [2, 1])
        #expect(problem([0x61, 0x0A, 0xFF, 0xFE]).map { [$0.line, $0.field] } == [2, 1])
    }
}
