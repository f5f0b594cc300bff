/// A `.env` file: lines `NAME=value`.
///
/// `export` may stand in front, `#` begins a comment at the start of a line or after a space. A value in single quotes
/// is taken as it is; in double quotes `\n`, `\t`, `\"`, `\\` and `\$` are escapes; both may span lines. Unquoted and
/// double-quoted values may hold `${NAME}`.
struct EnvironmentFile: Sendable, Equatable {
    /// A variable's value as written.
    struct Entry: Sendable, Equatable {
        var value: String
        /// Whether `${NAME}` in it stands for a value.
        var expands: Bool
    }

    /// Values by name; the last of several wins.
    private(set) var entries: [String: Entry] = [:]

    /// Reads the text of a file.
    ///
    /// - Parameters:
    ///   - text: its text.
    ///   - source: its path.
    ///   - errors: gets one for each line that is no assignment.
    init(_ text: String, source: String, errors: inout [ConfigurationError]) {
        var scanner = Scanner(text)
        while !scanner.isAtEnd {
            let line = scanner.line
            do throws(LineError) {
                if let (name, entry) = try scanner.assignment() { entries[name] = entry }
            } catch {
                errors.append(
                    ConfigurationError(.syntax(error.reason), at: Origin(source: source, line: line)))
                scanner.skipLine()
            }
        }
    }

    private struct LineError: Error { let reason: String }

    private struct Scanner {
        private var rest: Substring.UnicodeScalarView
        private(set) var line = 1

        init(_ text: String) { rest = Substring(text).unicodeScalars }

        var isAtEnd: Bool { rest.isEmpty }

        private mutating func next() -> Unicode.Scalar? {
            guard let scalar = rest.popFirst() else { return nil }
            if scalar == "\n" { line += 1 }
            return scalar
        }

        mutating func skipLine() { while let scalar = next(), scalar != "\n" {} }

        private mutating func skipBlanks() {
            while let scalar = rest.first, scalar == " " || scalar == "\t" || scalar == "\r" {
                _ = rest.popFirst()
            }
        }

        /// Reads one line, or several where quotes span them; nil for an empty line or a comment.
        mutating func assignment() throws(LineError) -> (String, Entry)? {
            skipBlanks()
            guard let first = rest.first else { return nil }
            if first == "\n" || first == "#" {
                skipLine()
                return nil
            }
            var name = takeName()
            skipBlanks()
            if name == "export", rest.first != "=" {
                name = takeName()
                skipBlanks()
            }
            guard Variables.isName(name), rest.first == "=" else {
                throw LineError(reason: "expected NAME=value")
            }
            _ = next()
            skipBlanks()
            let entry: Entry
            switch rest.first {
            case "'": entry = Entry(value: try quoted(), expands: false)
            case "\"": entry = Entry(value: try quoted(), expands: true)
            default: return (name, Entry(value: unquoted(), expands: true))
            }
            skipBlanks()
            guard rest.isEmpty || rest.first == "\n" || rest.first == "#" else {
                throw LineError(reason: "text behind the closing quote of \(name)")
            }
            skipLine()
            return (name, entry)
        }

        private mutating func takeName() -> String {
            var name = String.UnicodeScalarView()
            while let scalar = rest.first, !["=", " ", "\t", "\r", "\n"].contains(scalar) {
                name.append(scalar)
                _ = rest.popFirst()
            }
            return String(name)
        }

        private mutating func unquoted() -> String {
            var value = String.UnicodeScalarView()
            var previous: Unicode.Scalar = " "
            while let scalar = rest.first, scalar != "\n" {
                if scalar == "#", previous == " " || previous == "\t" { break }
                value.append(scalar)
                previous = scalar
                _ = rest.popFirst()
            }
            skipLine()
            while let last = value.last, [" ", "\t", "\r"].contains(last) { value.removeLast() }
            return String(value)
        }

        private mutating func quoted() throws(LineError) -> String {
            let mark = next()
            var value = String.UnicodeScalarView()
            while let scalar = next() {
                if scalar == mark { return String(value) }
                if scalar == "\\", mark == "\"", let escaped = next() {
                    switch escaped {
                    case "n": value.append("\n")
                    case "t": value.append("\t")
                    case "\"", "\\": value.append(escaped)
                    // Two dollars before a brace are a literal one for the expansion that follows.
                    case "$": value.append(contentsOf: (rest.first == "{" ? "$$" : "$").unicodeScalars)
                    default: value.append(contentsOf: [scalar, escaped])
                    }
                } else {
                    value.append(scalar)
                }
            }
            throw LineError(reason: "a quote that never ends")
        }
    }
}
