/// A JSON value, for files whose keys keep a chosen order and whose errors are to name their place.
package enum JSONValue: Sendable, Equatable {
    case null
    case bool(Bool)
    case number(Double)
    case integer(Int)
    case string(String)
    case array([JSONValue])
    /// Members in the order they are written.
    case object([(key: String, value: JSONValue)])

    package static func == (a: JSONValue, b: JSONValue) -> Bool { a.text() == b.text() }

    /// A number or, where there is none, null.
    package static func optional(_ value: Double?) -> JSONValue { value.map { .number($0) } ?? .null }
    /// A text or, where there is none, null.
    package static func optional(_ value: String?) -> JSONValue { value.map { .string($0) } ?? .null }

    /// The member of an object; nil for other values and unknown keys.
    package subscript(key: String) -> JSONValue? {
        guard case .object(let members) = self else { return nil }
        return members.first { $0.key == key }?.value
    }

    /// The text, indented by one space per level, arrays of plain values on one line.
    ///
    /// Doubles are written so that they read back the same; what JSON cannot hold becomes the strings "NaN", "Infinity"
    /// and "-Infinity".
    package func text(indent: Int = 0) -> String {
        let pad = String(repeating: " ", count: indent + 1)
        switch self {
        case .null: return "null"
        case .bool(let value): return value ? "true" : "false"
        case .integer(let value): return String(value)
        case .number(let value):
            return value.isFinite ? NumberText.exact(value) : "\"\(NumberText.exact(value))\""
        case .string(let value): return JSONText.string(value)
        case .array(let values):
            if values.allSatisfy(\.isPlain) {
                return "[" + values.map { $0.text() }.joined(separator: ", ") + "]"
            }
            return "[\n" + values.map { pad + $0.text(indent: indent + 1) }.joined(separator: ",\n")
                + "\n" + String(repeating: " ", count: indent) + "]"
        case .object(let members):
            guard !members.isEmpty else { return "{}" }
            let lines = members.map {
                pad + JSONText.string($0.key) + ": " + $0.value.text(indent: indent + 1)
            }
            return "{\n" + lines.joined(separator: ",\n") + "\n" + String(repeating: " ", count: indent) + "}"
        }
    }

    /// The text on one line, for files of one object per line.
    package var line: String {
        switch self {
        case .array(let values): "[" + values.map(\.line).joined(separator: ",") + "]"
        case .object(let members):
            "{" + members.map { JSONText.string($0.key) + ":" + $0.value.line }.joined(separator: ",") + "}"
        default: text()
        }
    }

    private var isPlain: Bool {
        switch self {
        case .array, .object: false
        default: true
        }
    }
}

extension JSONValue: Decodable {
    private struct Key: CodingKey {
        var stringValue: String
        var intValue: Int? { nil }
        init(stringValue: String) { self.stringValue = stringValue }
        init?(intValue: Int) { nil }
    }

    package init(from decoder: any Decoder) throws {
        if let members = try? decoder.container(keyedBy: Key.self) {
            self = .object(
                try members.allKeys.map { ($0.stringValue, try members.decode(JSONValue.self, forKey: $0)) }
                    .sorted { $0.0 < $1.0 })
            return
        }
        if var values = try? decoder.unkeyedContainer() {
            var list: [JSONValue] = []
            while !values.isAtEnd { list.append(try values.decode(JSONValue.self)) }
            self = .array(list)
            return
        }
        let single = try decoder.singleValueContainer()
        if single.decodeNil() {
            self = .null
        } else if let value = try? single.decode(Bool.self) {
            self = .bool(value)
        } else if let value = try? single.decode(Double.self) {
            self = .number(value)
        } else {
            self = .string(try single.decode(String.self))
        }
    }
}
