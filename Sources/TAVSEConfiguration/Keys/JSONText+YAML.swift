import TAVSEBase
import TAVSESignal

extension JSONText {
    /// A text in quotes that is YAML as well and reads back the same: characters that YAML would fold or refuse are
    /// escaped, and `${` is kept from being a variable.
    static func yaml(_ text: String) -> String {
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
}
