/// Any JSON value; the strings "NaN", "Infinity" and "-Infinity" read as numbers where one is asked for.
public enum JSONTree: Sendable, Equatable, Decodable {
    /// JSON null.
    case null
    /// JSON bool.
    case bool(Bool)
    /// JSON number.
    case number(Double)
    /// JSON string.
    case string(String)
    /// JSON array.
    case array([JSONTree])
    /// JSON object.
    case object([String: JSONTree])

    /// What an accessor expected and did not find.
    public struct Missing: Error, CustomStringConvertible {
        /// One line.
        public let description: String

        /// States what is missing.
        public init(description: String) {
            self.description = description
        }
    }

    /// Reads any JSON value.
    public init(from decoder: any Decoder) throws {
        let container = try decoder.singleValueContainer()
        if container.decodeNil() {
            self = .null
        } else if let value = try? container.decode(Bool.self) {
            self = .bool(value)
        } else if let value = try? container.decode(Double.self) {
            self = .number(value)
        } else if let value = try? container.decode(String.self) {
            self = .string(value)
        } else if let value = try? container.decode([JSONTree].self) {
            self = .array(value)
        } else {
            self = .object(try container.decode([String: JSONTree].self))
        }
    }

    /// The member of an object; nil when absent.
    public subscript(key: String) -> JSONTree? {
        if case .object(let members) = self { return members[key] }
        return nil
    }

    /// The member of an object, required.
    public func at(_ key: String) throws -> JSONTree {
        guard let value = self[key] else { throw Missing(description: "no key \"\(key)\"") }
        return value
    }

    /// The elements of an array, required.
    public func elements() throws -> [JSONTree] {
        guard case .array(let values) = self else { throw Missing(description: "not an array: \(self)") }
        return values
    }

    /// The value as a number, required.
    public func double() throws -> Double {
        switch self {
        case .number(let value): return value
        case .string("NaN"): return .nan
        case .string("Infinity"): return .infinity
        case .string("-Infinity"): return -.infinity
        default: throw Missing(description: "not a number: \(self)")
        }
    }

    /// The value as an integer, required.
    public func int() throws -> Int {
        guard let value = Int(exactly: try double()) else {
            throw Missing(description: "not an integer: \(self)")
        }
        return value
    }

    /// The value as a string, required.
    public func string() throws -> String {
        guard case .string(let value) = self else { throw Missing(description: "not a string: \(self)") }
        return value
    }

    /// The value as numbers, required.
    public func doubles() throws -> [Double] { try elements().map { try $0.double() } }

    /// The value as integers, required.
    public func ints() throws -> [Int] { try elements().map { try $0.int() } }
}

extension JSONTree: ExpressibleByDictionaryLiteral, ExpressibleByArrayLiteral {
    /// An object.
    public init(dictionaryLiteral elements: (String, JSONTree)...) {
        self = .object(Dictionary(elements) { $1 })
    }

    /// An array.
    public init(arrayLiteral elements: JSONTree...) {
        self = .array(elements)
    }

    /// A number.
    public static func of(_ value: Double) -> JSONTree { .number(value) }
    /// An integer.
    public static func of(_ value: Int) -> JSONTree { .number(Double(value)) }
    /// Numbers.
    public static func of(_ values: [Double]) -> JSONTree { .array(values.map { .number($0) }) }
    /// Integers.
    public static func of(_ values: [Int]) -> JSONTree { .array(values.map { .number(Double($0)) }) }
}
