import Foundation
import TAVSEData
import TestSupport
import Testing

@Suite("CSVTable") struct CSVTableTests {
    @Test("reads quoted commas, quotes and line breaks (RFC 4180 by hand)")
    func quoting() throws {
        let table = try CSVTable(
            text: "a,b\r\n\"x, y\",\"say \"\"hi\"\"\"\n\"two\nlines\",z\n", file: "t.csv")
        #expect(table.columns == ["a", "b"])
        #expect(table.rows.map(\.fields) == [["x, y", "say \"hi\""], ["two\nlines", "z"]])
        #expect(table.rows.map(\.line) == [2, 3])
    }

    @Test("counts lines over quoted line breaks (by hand)")
    func lines() throws {
        let table = try CSVTable(text: "a\n\"1\n2\n3\"\n4\n", file: "t.csv")
        #expect(table.rows.map(\.line) == [2, 5])
    }

    @Test("drops a byte order mark and empty lines (by hand)")
    func byteOrderMark() throws {
        let table = try CSVTable(text: "\u{FEFF}a,b\n\n1,2\n\n", file: "t.csv")
        #expect(table.columns == ["a", "b"])
        #expect(table.rows.map(\.line) == [3] && table.rows[0].fields == ["1", "2"])
    }

    @Test("keeps spaces and empty fields (by hand)")
    func spaces() throws {
        let table = try CSVTable(text: "a,b,c\n x ,,\n", file: "t.csv")
        #expect(table.rows[0].fields == [" x ", "", ""])
    }

    @Test(
        "names the line and column of what it rejects",
        arguments: [
            ("a,b\n1\n", 2, "b"), ("a,b\n1,2\n1,2,3\n", 3, "after 'b'"), ("a,a\n", 1, "a"),
            ("a,b\n1,\"2\n", 2, "2"), ("a,b\n1,x\"y\"\n", 2, "2"), ("a,b\n\"1\"x,2\n", 2, "1"), ("", 1, ""),
        ])
    func rejects(text: String, line: Int, column: String) {
        do throws(DataError) {
            _ = try CSVTable(text: text, file: "t.csv")
            Issue.record("accepted \(text)")
        } catch {
            guard case .table("t.csv", let foundLine, let foundColumn, _) = error else {
                Issue.record("another error: \(error)")
                return
            }
            #expect(foundLine == line)
            #expect(foundColumn == column)
        }
    }

    @Test("tells a missing file from one that is not text")
    func files() throws {
        let folder = try TemporaryFolder()
        #expect(throws: DataError.missingInput(path: folder.file("none.csv"))) {
            try CSVTable(path: folder.file("none.csv"))
        }
        try Data([0x61, 0xFF, 0xFE]).write(to: URL(fileURLWithPath: folder.file("bytes.csv")))
        #expect(throws: DataError.unreadable(path: folder.file("bytes.csv"), reason: "not UTF-8 text")) {
            try CSVTable(path: folder.file("bytes.csv"))
        }
    }

    @Test("writes what it reads back (round trip)")
    func roundTrip() throws {
        let rows = [["1", "a,b"], ["say \"x\"", "two\nlines"], ["", " "]]
        let table = try CSVTable(text: CSVTable.text(columns: ["p", "q"], rows: rows), file: "t.csv")
        #expect(table.rows.map(\.fields) == rows)
    }
}
