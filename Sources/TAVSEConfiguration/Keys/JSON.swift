/// JSON that is YAML as well, and reads back as the same values.
enum JSON {
    /// The shortest text that reads back as the same number.
    static func number(_ value: Double) -> String {
        value == value.rounded() && abs(value) < 1e15 ? "\(Int64(value))" : "\(value)"
    }

    /// A text in quotes. Characters that YAML would fold or refuse are escaped; `${` is kept from being a variable.
    static func string(_ text: String) -> String {
        var result = "\""
        for scalar in text.replacing("${", with: "$${").unicodeScalars {
            switch scalar.value {
            case 0x22: result += "\\\""
            case 0x5c: result += "\\\\"
            case 0..<0x20, 0x7f...0x9f, 0x2028, 0x2029, 0xfeff, 0xfffe, 0xffff:
                let digits = String(scalar.value, radix: 16)
                result += "\\u" + String(repeating: "0", count: 4 - digits.count) + digits
            default: result.unicodeScalars.append(scalar)
            }
        }
        return result + "\""
    }

    /// Values in one line.
    static func list(_ items: [String]) -> String { "[" + items.joined(separator: ", ") + "]" }
}
