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
        let special: Set<UInt8> = [0x2C, 0x22, 0x0A, 0x0D]  // comma, quote, line feed, carriage return
        let needsQuotes = text.utf8.contains { special.contains($0) }
        guard needsQuotes else { return text }
        return "\"" + text.replacing("\"", with: "\"\"") + "\""
    }
}
