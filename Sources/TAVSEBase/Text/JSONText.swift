/// JSON written by hand, so that keys keep their order and numbers their shortest exact form.
public enum JSONText {
    /// A string with its quotes.
    public static func string(_ text: String) -> String {
        var result = "\""
        for scalar in text.unicodeScalars {
            switch scalar {
            case "\"": result += "\\\""
            case "\\": result += "\\\\"
            case "\n": result += "\\n"
            case "\r": result += "\\r"
            case "\t": result += "\\t"
            case _ where scalar.value < 0x20 || scalar.value == 0x7f:
                let digits = String(scalar.value, radix: 16)
                result += "\\u" + String(repeating: "0", count: 4 - digits.count) + digits
            default: result.unicodeScalars.append(scalar)
            }
        }
        return result + "\""
    }

    /// A string, or `null`.
    public static func string(_ text: String?) -> String { text.map { string($0) } ?? "null" }

    /// The shortest text that reads back as the same number; `null` for nil, NaN and infinity.
    public static func number(_ value: Double?) -> String {
        guard let value, value.isFinite else { return "null" }
        return value == value.rounded() && abs(value) < 1e15
            ? String(Int64(value)) : String(describing: value)
    }

    /// Values, written already, on one line.
    public static func list(_ values: [String]) -> String { "[" + values.joined(separator: ", ") + "]" }

    /// Members, their values written already, on one line.
    public static func object(_ members: [(key: String, value: String)]) -> String {
        "{" + members.map { "\(string($0.key)): \($0.value)" }.joined(separator: ", ") + "}"
    }
}
