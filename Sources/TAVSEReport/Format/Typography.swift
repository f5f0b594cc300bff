/// Turns a number's plain spelling into its printed one, for formats that have the characters.
enum Typography {
    /// "-0.5" becomes "−0.5" and "3.0e-08" becomes "3.0 × 10⁻⁸", where they stand as numbers; other text is left alone.
    static func typeset(_ text: String) -> String {
        guard text.utf8.contains(0x2D) else { return text }
        let characters = Array(text)
        var result = ""
        var index = 0
        func isDigit(_ position: Int) -> Bool {
            characters.indices.contains(position) && characters[position].isASCII
                && characters[position].isNumber
        }
        while index < characters.count {
            let character = characters[index]
            if character == "-", isDigit(index + 1), index == 0 || " [(,".contains(characters[index - 1]) {
                result += "−"
                index += 1
            } else if character == "e", isDigit(index - 1), index + 1 < characters.count,
                characters[index + 1] == "-", isDigit(index + 2), standsAlone(characters, before: index)
            {
                var digits = ""
                index += 2
                while isDigit(index) {
                    digits.append(characters[index])
                    index += 1
                }
                let exponent = String(digits.drop { $0 == "0" })
                result += " × 10⁻" + exponent.compactMap { superscripts[$0] }.map(String.init).joined()
            } else {
                result.append(character)
                index += 1
            }
        }
        return result
    }

    /// Whether the digits that end just before `position` are a whole number's mantissa, not the tail of a name.
    private static func standsAlone(_ characters: [Character], before position: Int) -> Bool {
        var start = position
        while start > 0, characters[start - 1].isASCII,
            characters[start - 1].isNumber || characters[start - 1] == "."
        {
            start -= 1
        }
        return start == 0 || " [(,=<>≤≥".contains(characters[start - 1])
    }

    private static let superscripts: [Character: Character] = [
        "0": "⁰", "1": "¹", "2": "²", "3": "³", "4": "⁴", "5": "⁵", "6": "⁶", "7": "⁷", "8": "⁸", "9": "⁹",
    ]
}
