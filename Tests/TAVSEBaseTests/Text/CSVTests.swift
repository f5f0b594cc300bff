import TAVSEBase
import Testing

@Suite struct CSVTests {
    private func fields(_ text: String) throws -> [[String]] {
        try CSV.rows(in: [UInt8](text.utf8)).map(\.fields)
    }

    @Test(
        "reads quotes, doubled quotes, line ends of all kinds and a byte-order mark (closed form: RFC 4180)")
    func reads() throws {
        #expect(try fields("a,b\nc,d") == [["a", "b"], ["c", "d"]])
        #expect(try fields("a,b\rc,d\r\re") == [["a", "b"], ["c", "d"], ["e"]])
        #expect(try fields("\u{FEFF}a,\"b \"\"q\"\"\"\r\n\r\n,\n") == [["a", "b \"q\""], ["", ""]])
        #expect(try fields("\"two\nlines\",x\r\n\"\"\n") == [["two\nlines", "x"]])
        #expect(try fields("") == [])
        #expect(try fields("naïve,日本\n") == [["naïve", "日本"]])
        #expect(try fields(" x ,,\n") == [[" x ", "", ""]])
    }

    @Test("numbers the line on which a row begins (closed form)")
    func lines() throws {
        #expect(try CSV.rows(in: [UInt8]("a\n\n\"x\ny\"\nb\n".utf8)).map(\.line) == [1, 3, 5])
    }

    @Test(
        "says what is wrong and where (closed form)",
        arguments: [
            ([UInt8]("a\nb,\"open\nc".utf8), CSV.Problem.Kind.unclosedQuote, 2, 2),
            ([UInt8]("\"a\nb\",\"open".utf8), .unclosedQuote, 2, 2),
            ([UInt8]("\"a\"b\n".utf8), .textAfterQuote, 1, 1),
            ([UInt8]("\"a\nb\"c\n".utf8), .textAfterQuote, 2, 1),
            ([UInt8]("x\nab\"c\n".utf8), .quoteInField, 2, 1),
            ([0x61, 0x0A, 0xFF, 0xFE], .notText, 2, 1),
            ([0x61, 0x2C, 0x00], .notText, 1, 2),
        ])
    func mistakes(bytes: [UInt8], kind: CSV.Problem.Kind, line: Int, field: Int) {
        do {
            _ = try CSV.rows(in: bytes)
            Issue.record("accepted")
        } catch {
            #expect(error.kind == kind && error.line == line && error.field == field)
        }
    }

    @Test("quotes where needed and nowhere else (closed form)")
    func writes() {
        #expect(CSV.line(["a", "b,c", "d\"e", "f\ng", ""]) == "a,\"b,c\",\"d\"\"e\",\"f\ng\",\n")
    }

    @Test("reads back what it writes (round trip)")
    func roundTrip() throws {
        let rows = [["1", "a,b"], ["say \"x\"", "two\r\nlines"], ["", " "], ["\r", "\"\""]]
        #expect(try fields(rows.map(CSV.line).joined()) == rows)
    }
}
