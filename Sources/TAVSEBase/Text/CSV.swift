/// Comma-separated text: the small tables that people write and the large ones that are exported.
///
/// Read strictly, so that a damaged table is an error with its place and never a guess. Lines end in LF, CR LF or CR; a
/// byte-order mark and empty lines are skipped. Lines are written with LF rather than the standard's CR LF, as in
/// every other text file here; all readers take both.
///
/// > Source: RFC 4180, section 2.
public enum CSV {
    /// One row and the line it begins on.
    public struct Row: Sendable, Equatable {
        /// Line in the text, from 1.
        public var line: Int
        /// The fields, without their quotes.
        public var fields: [String]

        /// See the properties.
        public init(line: Int, fields: [String]) {
            self.line = line
            self.fields = fields
        }
    }

    /// A mistake in the text.
    public struct Problem: Error, Equatable, Sendable {
        /// What is wrong.
        public enum Kind: Sendable {
            /// A quoted field has no end.
            case unclosedQuote
            /// Something other than a comma or a line end stands behind a quoted field.
            case textAfterQuote
            /// A field that is not quoted holds a quote.
            case quoteInField
            /// The bytes of a field are not UTF-8, or there is a NUL among them.
            case notText
        }

        /// What is wrong.
        public var kind: Kind
        /// Line, from 1: where the field begins, or where the quote stands.
        public var line: Int
        /// Field of the row, from 1.
        public var field: Int
    }

    /// All rows of a text, a heading included.
    public static func rows(in bytes: [UInt8]) throws(Problem) -> [Row] {
        var scanner = Scanner(bytes)
        var rows: [Row] = []
        while let row = try scanner.row() {
            if row.fields != [""] { rows.append(row) }
        }
        return rows
    }

    /// One line with its end.
    public static func line(_ fields: [String]) -> String {
        fields.map(field).joined(separator: ",") + "\n"
    }

    /// One field, quoted only where needed, its quotes doubled.
    public static func field(_ text: String) -> String {
        let needsQuotes = text.utf8.contains { byte in
            switch byte {
            case comma, quote, lineFeed, carriageReturn: true
            default: false
            }
        }
        return needsQuotes ? "\"" + text.replacing("\"", with: "\"\"") + "\"" : text
    }

    /// Whether a spreadsheet may read a cell that starts so as a formula.
    public static func startsFormula(_ byte: UInt8) -> Bool {
        switch byte {
        case 0x3D, 0x2B, 0x2D, 0x40, 0x09, 0x0D: true  // = + - @ tab return
        default: false
        }
    }

    /// Text that a spreadsheet shows and does not run: an apostrophe stands before what would begin a formula.
    /// Numbers stay as they are.
    public static func inert(_ text: String) -> String {
        guard let first = text.utf8.first, startsFormula(first), Double(text) == nil else { return text }
        return "'" + text
    }

    // Computed, so that they are constants in the loops.
    private static var comma: UInt8 { 0x2C }
    private static var quote: UInt8 { 0x22 }
    private static var lineFeed: UInt8 { 0x0A }
    private static var carriageReturn: UInt8 { 0x0D }

    /// Splits a text into rows and fields.
    private struct Scanner {
        private let bytes: [UInt8]
        private var position: Int
        private var line = 1

        init(_ bytes: [UInt8]) {
            self.bytes = bytes
            position = bytes.starts(with: [0xEF, 0xBB, 0xBF]) ? 3 : 0
        }

        private var next: UInt8? { position < bytes.count ? bytes[position] : nil }

        /// Whether a field may end here.
        private var isAtEnd: Bool {
            switch next {
            case nil, comma, lineFeed, carriageReturn: true
            default: false
            }
        }

        /// Moves over a byte if it is the next one.
        private mutating func take(_ byte: UInt8) -> Bool {
            guard next == byte else { return false }
            position += 1
            return true
        }

        /// The next row; nil at the end of the text.
        mutating func row() throws(Problem) -> Row? {
            guard next != nil else { return nil }
            var row = Row(line: line, fields: [])
            repeat { row.fields.append(try field(row.fields.count + 1)) } while take(comma)
            let isReturn = take(carriageReturn)
            if take(lineFeed) || isReturn { line += 1 }
            return row
        }

        private mutating func field(_ number: Int) throws(Problem) -> String {
            let start = line
            var content: [UInt8] = []
            if take(quote) {
                while true {
                    guard let byte = next else {
                        throw Problem(kind: .unclosedQuote, line: start, field: number)
                    }
                    position += 1
                    // A quote ends the field unless another one follows; the two mean one.
                    if byte == quote, !take(quote) { break }
                    if byte == lineFeed { line += 1 }
                    content.append(byte)
                }
                guard isAtEnd else { throw Problem(kind: .textAfterQuote, line: line, field: number) }
            } else {
                while !isAtEnd, let byte = next {
                    if byte == quote { throw Problem(kind: .quoteInField, line: line, field: number) }
                    content.append(byte)
                    position += 1
                }
            }
            guard let text = String(validating: content, as: UTF8.self), !content.contains(0) else {
                throw Problem(kind: .notText, line: start, field: number)
            }
            return text
        }
    }
}
