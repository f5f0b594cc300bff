/// Where a value was written.
struct Origin: Sendable, Equatable {
    /// File or option.
    var source: String
    /// Line, from 1.
    var line: Int?
    /// Column, from 1.
    var column: Int?
}

/// A value as written, with its place.
struct ConfigurationNode: Sendable, Equatable {
    /// A key and its value.
    struct Entry: Sendable, Equatable {
        var key: String
        var origin: Origin
        var value: ConfigurationNode
    }

    /// What it is.
    enum Content: Sendable, Equatable {
        /// A text; quoted ones are never numbers, booleans or null.
        case scalar(String, isQuoted: Bool)
        /// Values in their order.
        case sequence([ConfigurationNode])
        /// Keys, each once, in their order.
        case mapping([Entry])
        /// Something already reported.
        case unusable
    }

    var origin: Origin
    var content: Content

    /// Whether this says "no value".
    var isNull: Bool {
        if case .scalar(let text, isQuoted: false) = content {
            return ["", "~", "null", "Null", "NULL"].contains(text)
        }
        return false
    }

    /// The value in words, for messages: short, without control characters.
    var summary: String {
        switch content {
        case .scalar where isNull: return "no value"
        case .scalar(let text, let isQuoted):
            let visible = text.unicodeScalars.prefix(61).map {
                $0.value < 0x20 || $0.value == 0x7f ? "·" : String($0)
            }
            let short = visible.count > 60 ? visible.prefix(57).joined() + "…" : visible.joined()
            return isQuoted ? "\"\(short)\"" : short
        case .sequence(let items):
            let isPlain = items.allSatisfy { if case .scalar = $0.content { true } else { false } }
            return isPlain && items.count <= 8
                ? "[" + items.map(\.summary).joined(separator: ", ") + "]" : "a list of \(items.count)"
        case .mapping(let entries):
            return entries.first.map { "a group of keys (\($0.key) …)" } ?? "an empty group"
        case .unusable: return "something unreadable"
        }
    }

    /// These settings with others laid over them: groups are joined key by key, everything else is replaced.
    func merged(with other: ConfigurationNode) -> ConfigurationNode {
        guard case .mapping(let mine) = content, case .mapping(let others) = other.content else {
            return other
        }
        var result = mine
        for entry in others {
            if let index = result.firstIndex(where: { $0.key == entry.key }) {
                result[index].value = result[index].value.merged(with: entry.value)
                result[index].origin = entry.origin
            } else {
                result.append(entry)
            }
        }
        return ConfigurationNode(origin: other.origin, content: .mapping(result))
    }

    /// The value of a key of a group.
    subscript(key: String) -> ConfigurationNode? {
        guard case .mapping(let entries) = content else { return nil }
        return entries.first { $0.key == key }?.value
    }
}
