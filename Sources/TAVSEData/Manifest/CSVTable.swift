import Foundation
import TAVSEBase
import TAVSESignal

/// A CSV table (RFC 4180) that knows where each row stood, so that an error can name file, line and column.
///
/// SwiftCSV was tried: it fills short rows up silently, trims fields and reports no positions, so a damaged
/// manifest would pass. This reader rejects what it does not understand: a row with too few or too many fields, a
/// quote in the wrong place, a repeated column, bytes that are not UTF-8.
public struct CSVTable: Sendable, Equatable {
    /// The name of the file, for messages.
    public let file: String
    /// Column names in file order.
    public let columns: [String]
    /// All rows after the header.
    public let rows: [CSV.Row]

    /// Reads a file.
    public init(path: String) throws(DataError) {
        guard FileManager.default.fileExists(atPath: path) else { throw .missingInput(path: path) }
        guard let data = FileManager.default.contents(atPath: path) else {
            throw .unreadable(path: path, reason: "permission denied, or not a file")
        }
        guard let text = String(validating: data, as: UTF8.self) else {
            throw .unreadable(path: path, reason: "not UTF-8 text")
        }
        try self.init(text: text, file: path)
    }

    /// Parses text.
    ///
    /// - Parameters:
    ///   - text: a header line and any number of rows; lines end with LF, CRLF or CR.
    ///   - file: the name used in messages.
    public init(text: String, file: String) throws(DataError) {
        var parsed: [CSV.Row]
        do throws(CSV.Problem) { parsed = try CSV.rows(in: Array(text.utf8)) } catch {
            throw .table(
                file: file, line: error.line, column: "\(error.field)", reason: Self.reason(error.kind))
        }
        guard !parsed.isEmpty else {
            throw .table(
                file: file, line: 1, column: "", reason: "the file is empty; a header line is needed")
        }
        let header = parsed.removeFirst()
        for (index, name) in header.fields.enumerated() where header.fields[..<index].contains(name) {
            throw .table(
                file: file, line: header.line, column: name, reason: "this column stands there twice")
        }
        for row in parsed where row.fields.count != header.fields.count {
            let at = min(row.fields.count, header.fields.count)
            throw .table(
                file: file, line: row.line,
                column: at < header.fields.count ? header.fields[at] : "after '\(header.fields.last ?? "")'",
                reason: "the row has \(row.fields.count) fields, the header \(header.fields.count)")
        }
        self.file = file
        columns = header.fields
        rows = parsed
    }

    private static func reason(_ kind: CSV.Problem.Kind) -> String {
        switch kind {
        case .unclosedQuote: "the quotation mark is never closed"
        case .textAfterQuote: "text after the closing quotation mark"
        case .quoteInField:
            "a quotation mark inside a field; quote the whole field and double the mark"
        case .notText: "not UTF-8 text"
        }
    }

    /// One table as text: LF line ends, fields quoted only where they must be.
    public static func text(columns: [String], rows: [[String]]) -> String {
        ([columns] + rows).map(CSV.line).joined()
    }
}
