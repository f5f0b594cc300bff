/// Comma-separated text by RFC 4180: a field with a comma, quote or line break is quoted, quotes are doubled.
///
/// Lines end in LF rather than the RFC's CRLF, as every other text file here; all readers take both.
///
/// > Source: RFC 4180, section 2.
public enum CSVWriter {
    /// One line with its end.
    public static func line(_ fields: [String]) -> String {
        fields.map(field).joined(separator: ",") + "\n"
    }

    /// One field, quoted only where needed.
    public static func field(_ text: String) -> String {
        let needsQuotes = text.utf8.contains { byte in
            switch byte {
            case 0x2C, 0x22, 0x0A, 0x0D: true  // comma, quote, line feed, carriage return
            default: false
            }
        }
        guard needsQuotes else { return text }
        return "\"" + text.replacing("\"", with: "\"\"") + "\""
    }
}
