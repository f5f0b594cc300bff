import Yams

/// YAML text as settings with their places; every error of the text that can be found in one go.
///
/// > Source: YAML 1.2.2, 2021. Scalars stay text here: what a number is, the keys decide (core schema).
struct YAMLDocument {
    /// What bounds the work that a hostile text can ask for.
    private enum Limits {
        /// Levels of nesting; the settings have three.
        static let depth = 16
        /// Values after aliases have been written out.
        static let values = 20_000
        /// Uses of aliases: with n of them a text can grow by 3^(n/3) at most.
        static let aliases = 24
        /// Repeated keys that are named.
        static let duplicates = 32
    }

    /// First of the marks put before repeated keys: private-use characters, which no setting holds.
    private static let firstMark: UInt32 = 0xE000

    private let source: String
    private var errors: [ConfigurationError] = []
    private var valueCount = 0
    /// Where marks were put, each in the text as it was then.
    private var insertions: [Mark] = []

    private init(source: String) { self.source = source }

    /// Reads a text.
    ///
    /// - Parameters:
    ///   - text: the YAML.
    ///   - source: what errors call it.
    ///   - errors: gets what is wrong.
    /// - Returns: the settings; nil when there are none to go on with.
    static func read(_ text: String, source: String, errors: inout [ConfigurationError]) -> ConfigurationNode?
    {
        var document = YAMLDocument(source: source)
        defer { errors += document.errors }
        guard aliasCount(text) <= Limits.aliases else {
            document.fail(.syntax("more than \(Limits.aliases) aliases (*name)"), nil)
            return nil
        }
        guard let node = document.compose(text) else { return nil }
        return document.convert(node, depth: 0)
    }

    /// Words that may be aliases: an upper bound, for comments and texts count as well.
    private static func aliasCount(_ text: String) -> Int {
        var count = 0
        var previous: Character = " "
        for character in text {
            if previous == "*", character.isLetter || character.isNumber || character == "_" { count += 1 }
            previous = character
        }
        return count
    }

    private mutating func fail(_ problem: ConfigurationError.Problem, _ mark: Mark?, key: String? = nil) {
        errors.append(ConfigurationError(problem, at: origin(mark), key: key))
    }

    /// A place in the text as it was given, before marks moved what stands behind them.
    private func origin(_ mark: Mark?) -> Origin {
        let moved = insertions.reversed().reduce(mark?.column ?? 0) { column, insertion in
            insertion.line == mark?.line && column > insertion.column ? column - 1 : column
        }
        return Origin(source: source, line: mark?.line, column: mark == nil ? nil : moved)
    }

    /// Parses the text. The parser stops at a repeated key: each is marked in the text and the text parsed again, so
    /// that one run finds them all.
    private mutating func compose(_ text: String) -> Node? {
        var text = text
        for attempt in 0...Limits.duplicates {
            do {
                return try Yams.compose(yaml: text, .default, .default, .utf8)
            } catch YamlError.duplicatedKeysInMapping(let names, let context) {
                guard attempt < Limits.duplicates,
                    let marked = Self.insert(Self.firstMark + UInt32(attempt), into: text, at: context.mark)
                else {
                    fail(.duplicateKey(firstLine: nil), context.mark, key: names.first)
                    return nil
                }
                text = marked
                insertions.append(context.mark)
            } catch YamlError.scanner(let context, let problem, let mark, _),
                YamlError.parser(let context, let problem, let mark, _),
                YamlError.composer(let context, let problem, let mark, _)
            {
                let place = context.map { " \($0.text) (line \($0.mark.line))" } ?? ""
                fail(.syntax("not valid YAML: \(problem)\(place)"), mark)
                return nil
            } catch YamlError.reader(let problem, let offset, _, let text) {
                let line = offset.map { text.prefix($0).count(where: \.isNewline) + 1 }
                errors.append(
                    ConfigurationError(
                        .syntax("not valid YAML: \(problem)"), at: Origin(source: source, line: line)))
                return nil
            } catch {
                fail(.syntax("not valid YAML: \(error)"), nil)
                return nil
            }
        }
        return nil
    }

    private static func insert(_ mark: UInt32, into text: String, at place: Mark) -> String? {
        guard let scalar = Unicode.Scalar(mark) else { return nil }
        var lines = text.split(separator: "\n", omittingEmptySubsequences: false).map {
            String($0).unicodeScalars
        }
        guard lines.indices.contains(place.line - 1) else { return nil }
        var line = lines[place.line - 1]
        guard let index = line.index(line.startIndex, offsetBy: place.column - 1, limitedBy: line.endIndex)
        else {
            return nil
        }
        line.insert(scalar, at: index)
        lines[place.line - 1] = line
        return lines.map { String($0) }.joined(separator: "\n")
    }

    private mutating func convert(_ node: Node, depth: Int) -> ConfigurationNode? {
        valueCount += 1
        guard depth < Limits.depth, valueCount <= Limits.values else {
            if errors.isEmpty {
                fail(.syntax("nested too deeply, or too many values, for a configuration"), node.mark)
            }
            return nil
        }
        let place = origin(node.mark)
        switch node {
        case .scalar(let scalar):
            let tag = scalar.tag.rawValue
            let isQuoted = [Tag.Name.str.rawValue, Tag.Name.nonSpecific.rawValue].contains(tag)
            let known = ["", "int", "float", "bool", "null"].map {
                $0.isEmpty ? "" : "tag:yaml.org,2002:" + $0
            }
            if !isQuoted && !known.contains(tag) && !tag.hasPrefix("tag:yaml.org,2002:") {
                fail(.syntax("tag \(tag) means nothing here"), scalar.mark)
            }
            return ConfigurationNode(origin: place, content: .scalar(scalar.string, isQuoted: isQuoted))
        case .sequence(let sequence):
            return ConfigurationNode(
                origin: place, content: .sequence(sequence.compactMap { convert($0, depth: depth + 1) }))
        case .mapping(let mapping):
            return ConfigurationNode(origin: place, content: .mapping(entries(of: mapping, depth: depth)))
        case .alias(let alias):
            fail(.syntax("an alias to nothing"), alias.mark)
            return nil
        }
    }

    private mutating func entries(of mapping: Node.Mapping, depth: Int) -> [ConfigurationNode.Entry] {
        var entries: [ConfigurationNode.Entry] = []
        var repeated: [(key: String, mark: Mark?)] = []
        for (key, value) in mapping {
            guard case .scalar(let name) = key else {
                fail(.syntax("a key must be a name"), key.mark)
                continue
            }
            if let first = name.string.unicodeScalars.first,
                (Self.firstMark..<Self.firstMark + UInt32(Limits.duplicates)).contains(first.value)
            {
                let plain = String(
                    name.string.unicodeScalars.drop { $0.value >= Self.firstMark && $0.value < 0xF8FF })
                repeated.append((plain.trimmingQuotes, name.mark))
                continue
            }
            guard let value = convert(value, depth: depth + 1) else { continue }
            entries.append(ConfigurationNode.Entry(key: name.string, origin: origin(name.mark), value: value))
        }
        for (key, mark) in repeated {
            let last = entries.first { $0.key == key }?.origin
            errors.append(
                ConfigurationError(.duplicateKey(firstLine: mark?.line), at: last ?? origin(mark), key: key))
        }
        return entries
    }
}

extension String {
    /// A key that was quoted before a mark was put in front of its quotes.
    fileprivate var trimmingQuotes: String {
        guard count >= 2, let first, first == last, first == "\"" || first == "'" else { return self }
        return String(dropFirst().dropLast())
    }
}
