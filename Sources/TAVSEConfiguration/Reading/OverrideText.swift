/// The value of a setting as it was typed on a command line.
///
/// A command line has no comments, so " #" in a path is part of the path. Only what must be YAML to mean anything, a list,
/// a group or a quoted text, is read as YAML; and there a comment is refused, because it would cut the value silently.
enum OverrideText {
    static let commentProblem = "holds a comment (' #'), which would be dropped; put the text in quotes"

    /// The value; nil when it is empty, which means null, or when an error was added.
    static func value(
        _ text: String, source: String, errors: inout [ConfigurationError]
    ) -> ConfigurationNode? {
        guard let first = text.first else { return nil }
        let origin = Origin(source: source)
        if "[{\"'".contains(first) {
            guard !hasComment(text) else {
                errors.append(ConfigurationError(.syntax(commentProblem), at: origin))
                return nil
            }
            return YAMLDocument.read(text, source: source, errors: &errors)
        }
        if first.isWhitespace || text.last?.isWhitespace == true {
            errors.append(
                ConfigurationError(
                    .syntax(
                        "the value begins or ends with a blank; leave it out, or put the value in quotes"),
                    at: origin))
            return nil
        }
        return ConfigurationNode(origin: origin, content: .scalar(text, isQuoted: false))
    }

    /// Whether YAML text holds a comment: a number sign outside quotes, at the start or behind a blank.
    static func hasComment(_ text: String) -> Bool {
        var quote: Character?
        var previous: Character = " "
        for character in text {
            if let open = quote {
                if character == open && !(open == "\"" && previous == "\\") { quote = nil }
            } else if character == "#" && previous.isWhitespace {
                return true
            } else if character == "\"" || character == "'",
                previous.isWhitespace || "[{,:".contains(previous)
            {
                quote = character
            }
            previous = character
        }
        return false
    }
}
