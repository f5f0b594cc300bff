import Foundation

/// A CSV table (RFC 4180) that knows where each row stood, so that an error can name file, line and column.
///
/// SwiftCSV was tried: it fills short rows up silently, trims fields and reports no positions, so a damaged
/// manifest would pass. This reader rejects what it does not understand: a row with too few or too many fields, a
/// quote in the wrong place, a repeated column, bytes that are not UTF-8.
public struct CSVTable: Sendable, Equatable {
    /// One row and the line it began on.
    public struct Row: Sendable, Equatable {
        /// Line in the file, from 1.
        public let line: Int
        /// One field per column.
        public let fields: [String]
    }

    /// The name of the file, for messages.
    public let file: String
    /// Column names in file order.
    public let columns: [String]
    /// All rows after the header.
    public let rows: [Row]

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
    ///   - text: a header line and any number of rows; lines end with LF or CRLF.
    ///   - file: the name used in messages.
    public init(text: String, file: String) throws(DataError) {
        var parsed = try Self.parse(text, file: file)
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

    private static func parse(_ text: String, file: String) throws(DataError) -> [Row] {
        var rows: [Row] = []
        var fields: [String] = []
        var field: [UInt8] = []
        var line = 1
        var rowLine = 1
        var quoted = false
        // A quoted field that has ended may only be followed by a comma or a line end.
        var closed = false
        var bytes = Array(text.utf8)
        if bytes.starts(with: [0xEF, 0xBB, 0xBF]) { bytes.removeFirst(3) }
        var index = 0

        func endField() {
            fields.append(String(decoding: field, as: UTF8.self))
            field.removeAll(keepingCapacity: true)
            closed = false
        }
        func endRow() {
            // A line with nothing on it is no row.
            if !(fields.isEmpty && field.isEmpty && !closed) {
                endField()
                rows.append(Row(line: rowLine, fields: fields))
            }
            fields.removeAll()
            rowLine = line
        }
        while index < bytes.count {
            let byte = bytes[index]
            index += 1
            if quoted {
                if byte == UInt8(ascii: "\"") {
                    if index < bytes.count, bytes[index] == UInt8(ascii: "\"") {
                        field.append(byte)
                        index += 1
                    } else {
                        quoted = false
                        closed = true
                    }
                } else {
                    if byte == UInt8(ascii: "\n") { line += 1 }
                    field.append(byte)
                }
                continue
            }
            switch byte {
            case UInt8(ascii: "\""):
                guard field.isEmpty, !closed else {
                    throw .table(
                        file: file, line: line, column: "\(fields.count + 1)",
                        reason: "a quotation mark inside a field; quote the whole field and double the mark")
                }
                quoted = true
            case UInt8(ascii: ","): endField()
            case UInt8(ascii: "\r") where index < bytes.count && bytes[index] == UInt8(ascii: "\n"): continue
            case UInt8(ascii: "\n"):
                line += 1
                endRow()
            default:
                guard !closed else {
                    throw .table(
                        file: file, line: line, column: "\(fields.count + 1)",
                        reason: "text after the closing quotation mark")
                }
                field.append(byte)
            }
        }
        guard !quoted else {
            throw .table(
                file: file, line: rowLine, column: "\(fields.count + 1)",
                reason: "the quotation mark is never closed")
        }
        endRow()
        return rows
    }

    /// One table as text: LF line ends, fields quoted only where they must be.
    public static func text(columns: [String], rows: [[String]]) -> String {
        ([columns] + rows).map { $0.map(escaped).joined(separator: ",") + "\n" }.joined()
    }

    private static func escaped(_ field: String) -> String {
        guard field.utf8.contains(where: { [0x22, 0x2C, 0x0A, 0x0D].contains($0) }) else { return field }
        return "\"" + field.replacing("\"", with: "\"\"") + "\""
    }
}
