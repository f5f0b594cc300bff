/// The words by which tables say that a cell holds nothing: what pandas, R and spreadsheets write for a missing value.
public enum MissingWord {
    private static let words: Set<String> = [
        "", "na", "n/a", "na?", "#n/a", "<na>", "nan", "+nan", "-nan", "nat", "none", "null", "nil", "empty",
    ]

    /// Whether a cell's text means "unknown", whatever its case and the blanks around it.
    public static func matches(_ text: String) -> Bool {
        // No such word is longer than five characters.
        text.utf8.count <= 16 && words.contains(text.trimmed().lowercased())
    }
}

extension String {
    /// The text without blanks and tabs at its ends.
    fileprivate func trimmed() -> Substring {
        var rest = self[...]
        while let first = rest.first, first == " " || first == "\t" { rest.removeFirst() }
        while let last = rest.last, last == " " || last == "\t" { rest.removeLast() }
        return rest
    }
}
