import Foundation
import TestSupport
import Testing

@testable import TAVSEStore

@Suite struct CSVReaderTests {
    private func records(_ text: String) throws -> [[String]] {
        try records(Array(text.utf8))
    }

    private func records(_ bytes: [UInt8]) throws -> [[String]] {
        try TemporaryFile.with(bytes) { path in
            var reader = try CSVReader(path: path)
            var list: [[String]] = []
            while try reader.next() {
                list.append(reader.fields.indices.map { reader.text(of: $0) ?? "?" })
            }
            return list
        }
    }

    @Test("quotes, doubled quotes, commas and line breaks in fields follow RFC 4180 (closed form)")
    func quoting() throws {
        let text = "a,b\r\n\"x, y\",\"say \"\"hi\"\"\"\n\"two\nlines\",\n"
        #expect(try records(text) == [["a", "b"], ["x, y", "say \"hi\""], ["two\nlines", ""]])
    }

    @Test("a byte-order mark, empty lines, CR line ends and a missing last line end are taken (closed form)")
    func variants() throws {
        #expect(
            try records([0xEF, 0xBB, 0xBF] + Array("a,b\r1,2\r\r3,4".utf8)) == [
                ["a", "b"], ["1", "2"], ["3", "4"],
            ])
    }

    @Test("tabs separate where the heading has them (closed form)")
    func tabs() throws {
        #expect(try records("a\tb\n1\tx,y\n") == [["a", "b"], ["1", "x,y"]])
    }

    @Test("line numbers count line breaks inside quotes (closed form)")
    func lines() throws {
        try TemporaryFile.with(Array("a\n\"x\ny\"\n\nz\n".utf8)) { path in
            var reader = try CSVReader(path: path)
            var lines: [Int] = []
            while try reader.next() { lines.append(reader.line) }
            #expect(lines == [1, 2, 5])
        }
    }

    @Test("records across the read buffer's edge are whole (property: split and joined text agree)")
    func longFile() throws {
        var text = "name,value\n"
        for row in 0..<60_000 { text += "\"utterance \(row)\r\n\",\(Double(row) / 7)\r\n" }
        let list = try records(text)
        #expect(list.count == 60_001)
        #expect(list[59_999] == ["utterance 59998\r\n", "\(59998.0 / 7)"])
    }

    @Test("an unclosed quote and text after a quote are errors with their line")
    func malformed() throws {
        #expect(throws: ImportError.self) { try records("a\n\"never closed") }
        try TemporaryFile.with(Array("a,b\n\"x\"y,1\n".utf8)) { path in
            var reader = try CSVReader(path: path)
            _ = try reader.next()
            #expect(throws: ImportError.malformedQuote(path: path, line: 2)) { _ = try reader.next() }
        }
    }

    @Test("a missing file and a folder are told apart")
    func missing() {
        #expect(throws: ImportError.missingFile(path: "/nonexistent/x.csv")) {
            _ = try CSVReader(path: "/nonexistent/x.csv")
        }
        #expect(throws: ImportError.cannotRead(path: "/", reason: "it is a folder")) {
            _ = try CSVReader(path: "/")
        }
    }
}

@Suite struct NumberParserTests {
    @Test(
        "the fast way gives the same double as the library (reference: strtod through Double)",
        arguments: [
            "0", "-0", "1", "-1.25", "+3.5", "123456789012345", "0.000001", "999999999999999", "0.1", "2.675",
            "100.",
            ".5", "123456789.987654", "00012.50",
        ])
    func fast(text: String) throws {
        let value = try #require(Double(text.hasPrefix(".") ? "0" + text : text))
        #expect(NumberParser.parse(Array(text.utf8)[...]) == .number(value))
    }

    @Test(
        "long digits and exponents go the slow way to the nearest double (reference)",
        arguments: [
            "1e-3", "1.7976931348623157e308", "0.1234567890123456789", "12345678901234567890", "4.9e-324",
        ])
    func slow(text: String) throws {
        let value = try #require(Double(text))
        #expect(NumberParser.parse(Array(text.utf8)[...]) == .number(value))
    }

    @Test("words for missing, NaN and infinity are recognised, all else is invalid (closed form)")
    func words() {
        func parse(_ text: String) -> NumberParser.Cell { NumberParser.parse(Array(text.utf8)[...]) }
        #expect(parse("") == .missing)
        #expect(parse("NA") == .missing)
        #expect(parse("NaN") == .nan)
        #expect(parse("-inf") == .infinity(negative: true))
        #expect(parse("Infinity") == .infinity(negative: false))
        #expect(parse("1e999") == .infinity(negative: false))
        for text in ["abc", "1,5", "0x10", "1.2.3", "--1", "-", "+", ".", "1e", "１"] {
            #expect(parse(text) == .invalid, "\(text)")
        }
    }
}

@Suite struct ByteInternerTests {
    @Test("equal strings share a number, new ones count up, through growth (property)")
    func interns() {
        var interner = ByteInterner()
        for round in 0..<2 {
            for index in 0..<5_000 {
                #expect(interner.intern(Array("name-\(index)".utf8)[...]) == index, "round \(round)")
            }
        }
        #expect(interner.count == 5_000)
        #expect(interner[4_321] == "name-4321")
    }
}
