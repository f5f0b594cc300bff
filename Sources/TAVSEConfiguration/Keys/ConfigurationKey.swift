import TAVSEBase
import TAVSEData
import TAVSEModel
import TAVSESignal

/// A key of the configuration: its name, what it takes, how it is read and written.
///
/// The table of all keys is the one place that decides what a file may say: reading, messages, the resolved text and the
/// reference in the documentation follow it.
public struct ConfigurationKey: Sendable {
    /// Dotted name, e.g. `training.lr`.
    public let path: String
    /// What it takes, e.g. `a number > 0 and ≤ 1`.
    public let accepts: String
    /// What it does, in a few words.
    public let meaning: String
    /// The default in words, where it is not a constant.
    let defaultInWords: String?
    /// Reads a value; the home folder stands for `~`.
    let decode: @Sendable (ConfigurationNode, String?, inout Configuration) throws(ValueProblem) -> Void
    /// The value as JSON.
    let encode: @Sendable (Configuration) -> String

    /// The value it has when not given, as written in a file.
    public var defaultText: String { defaultInWords ?? encode(Configuration(experimentName: "")) }

    /// A row of the reference in the documentation: key, values, default, meaning.
    public var documentationRow: String {
        let standard = defaultInWords ?? "`\(defaultText)`"
        return "| `\(path)` | \(accepts) | \(standard) | \(meaning) |"
    }

    /// All keys, in the order of the documentation.
    public static let all: [ConfigurationKey] = general + model + training + audio + visual + data

    static let byPath = Dictionary(uniqueKeysWithValues: all.map { ($0.path, $0) })

    /// Dotted names of the groups.
    static let groups: Set<String> = Set(
        all.flatMap { key in
            let parts = key.path.split(separator: ".")
            return parts.indices.dropFirst().map { parts[..<$0].joined(separator: ".") }
        })

    /// A group that `null` switches off as a whole.
    static let optionalGroup = "visual.augmentation"
}

extension ConfigurationKey {
    typealias Path<Value> = WritableKeyPath<Configuration, Value> & Sendable

    private init<Value>(
        _ path: String, _ property: any Path<Value>, _ accepts: String, _ meaning: String,
        defaultInWords: String? = nil,
        read: @escaping @Sendable (ConfigurationNode, String?) throws(ValueProblem) -> Value,
        write: @escaping @Sendable (Value) -> String
    ) {
        self.path = path
        self.accepts = accepts
        self.meaning = meaning
        self.defaultInWords = defaultInWords
        decode = { (node, home, configuration) throws(ValueProblem) in
            configuration[keyPath: property] = try read(node, home)
        }
        encode = { write($0[keyPath: property]) }
    }

    static func whole(
        _ path: String, _ property: any Path<Int>, _ range: ClosedRange<Int>, _ meaning: String,
        accepts: String? = nil
    ) -> ConfigurationKey {
        ConfigurationKey(
            path, property, accepts ?? "a whole number, \(range.lowerBound) … \(range.upperBound)", meaning,
            read: { (node, _) throws(ValueProblem) in try node.whole(range) }, write: { "\($0)" })
    }

    static func seed(_ path: String, _ property: any Path<UInt64>, _ meaning: String) -> ConfigurationKey {
        ConfigurationKey(
            path, property, "a whole number, 0 … \(UInt64.max)", meaning,
            read: { (node, _) throws(ValueProblem) in try node.whole(0...UInt64.max) }, write: { "\($0)" })
    }

    static func optionalWhole(
        _ path: String, _ property: any Path<Int?>, _ range: ClosedRange<Int>, _ meaning: String
    ) -> ConfigurationKey {
        ConfigurationKey(
            path, property, "a whole number, \(range.lowerBound) … \(range.upperBound), or null", meaning,
            read: { (node, _) throws(ValueProblem) in node.isNull ? nil : try node.whole(range) },
            write: { $0.map { "\($0)" } ?? "null" })
    }

    static func number(
        _ path: String, _ property: any Path<Double>, _ range: NumberRange, _ meaning: String
    ) -> ConfigurationKey {
        ConfigurationKey(
            path, property, "a number \(range)", meaning,
            read: { (node, _) throws(ValueProblem) in try node.number(range) }, write: JSONText.number)
    }

    static func optionalNumber(
        _ path: String, _ property: any Path<Double?>, _ range: NumberRange, _ meaning: String
    ) -> ConfigurationKey {
        ConfigurationKey(
            path, property, "a number \(range), or null", meaning,
            read: { (node, _) throws(ValueProblem) in node.isNull ? nil : try node.number(range) },
            write: { $0.map(JSONText.number) ?? "null" })
    }

    static func flag(_ path: String, _ property: any Path<Bool>, _ meaning: String) -> ConfigurationKey {
        ConfigurationKey(
            path, property, "true or false", meaning,
            read: { (node, _) throws(ValueProblem) in try node.flag() }, write: { "\($0)" })
    }

    static func choice<Value>(
        _ path: String, _ property: any Path<Value>, _ meaning: String
    ) -> ConfigurationKey
    where Value: RawRepresentable<String> & CaseIterable & Sendable {
        ConfigurationKey(
            path, property, Value.allCases.map(\.rawValue).joined(separator: ", "), meaning,
            read: { (node, _) throws(ValueProblem) in
                guard let value = Value(rawValue: try node.text()) else { throw .outOfRange }
                return value
            },
            write: { JSONText.yaml($0.rawValue) })
    }

    static func numbers(
        _ path: String, _ property: any Path<[Double]>, count: ClosedRange<Int>, _ range: NumberRange,
        _ meaning: String
    ) -> ConfigurationKey {
        ConfigurationKey(
            path, property, "a list of \(Self.words(count)) numbers, each \(range)", meaning,
            read: { (node, _) throws(ValueProblem) in
                try node.list(count) { (item) throws(ValueProblem) in try item.number(range) }
            },
            write: { JSONText.list($0.map(JSONText.number)) })
    }

    static func wholes(
        _ path: String, _ property: any Path<[Int]>, count: ClosedRange<Int>, _ range: ClosedRange<Int>,
        _ meaning: String, defaultInWords: String? = nil
    ) -> ConfigurationKey {
        ConfigurationKey(
            path, property,
            "a list of \(Self.words(count)) whole numbers, each \(range.lowerBound) … \(range.upperBound)",
            meaning, defaultInWords: defaultInWords,
            read: { (node, _) throws(ValueProblem) in
                try node.list(count) { (item) throws(ValueProblem) in try item.whole(range) }
            },
            write: { JSONText.list($0.map { "\($0)" }) })
    }

    /// Audio and cameras: a set, kept in the order of their declaration.
    static func modalities(_ path: String, _ property: any Path<[Modality]>, _ meaning: String)
        -> ConfigurationKey
    {
        ConfigurationKey(
            path, property, "a list of audio and any of rgb, thermal, each once", meaning,
            read: { (node, _) throws(ValueProblem) in
                let found = try node.list(1...Modality.allCases.count) { (item) throws(ValueProblem) in
                    guard let modality = Modality(rawValue: try item.text()) else { throw .outOfRange }
                    return modality
                }
                guard found.contains(.audio), Set(found).count == found.count else { throw .outOfRange }
                return Modality.allCases.filter(found.contains)
            },
            write: { JSONText.list($0.map { JSONText.yaml($0.rawValue) }) })
    }

    static func path(
        _ path: String, _ property: any Path<String>, _ meaning: String, defaultInWords: String
    ) -> ConfigurationKey {
        ConfigurationKey(
            path, property, "a path", meaning, defaultInWords: defaultInWords,
            read: { (node, home) throws(ValueProblem) in try node.path(home: home) }, write: JSONText.yaml)
    }

    static func optionalPath(
        _ path: String, _ property: any Path<String?>, _ meaning: String, defaultInWords: String? = nil
    ) -> ConfigurationKey {
        ConfigurationKey(
            path, property, "a path, or null", meaning, defaultInWords: defaultInWords,
            read: { (node, home) throws(ValueProblem) in node.isNull ? nil : try node.path(home: home) },
            write: { $0.map(JSONText.yaml) ?? "null" })
    }

    /// A name that a folder can have on every file system.
    static func name(_ path: String, _ property: any Path<String>, _ meaning: String) -> ConfigurationKey {
        ConfigurationKey(
            path, property,
            "a folder name: 1 … 100 letters, digits, and . _ + = - inside, beginning with a letter or digit",
            meaning, defaultInWords: "none; must be given",
            read: { (node, _) throws(ValueProblem) in
                let text = try node.text()
                guard text.wholeMatch(of: /[A-Za-z0-9][A-Za-z0-9._+=-]{0,99}/) != nil else {
                    throw .outOfRange
                }
                return text
            },
            write: JSONText.yaml)
    }

    private static func words(_ count: ClosedRange<Int>) -> String {
        count.count == 1 ? "\(count.lowerBound)" : "\(count.lowerBound) … \(count.upperBound)"
    }
}
