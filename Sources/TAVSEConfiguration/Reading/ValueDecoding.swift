import Foundation

/// Why a value is not accepted.
enum ValueProblem: Error {
    case wrongType
    case outOfRange
    /// Reported before.
    case known
}

/// What a number may be.
struct NumberRange: Sendable, CustomStringConvertible {
    var lowest: Double
    var highest: Double
    var excludesLowest = false
    var excludesHighest = false

    /// Both ends included.
    static func from(_ lowest: Double, to highest: Double) -> NumberRange {
        NumberRange(lowest: lowest, highest: highest)
    }
    /// The lower end excluded.
    static func above(_ lowest: Double, to highest: Double) -> NumberRange {
        NumberRange(lowest: lowest, highest: highest, excludesLowest: true)
    }
    /// The upper end excluded.
    static func from(_ lowest: Double, below highest: Double) -> NumberRange {
        NumberRange(lowest: lowest, highest: highest, excludesHighest: true)
    }

    func contains(_ value: Double) -> Bool {
        (excludesLowest ? value > lowest : value >= lowest)
            && (excludesHighest ? value < highest : value <= highest)
    }

    var description: String {
        "\(excludesLowest ? ">" : "≥") \(Self.text(lowest)) and \(excludesHighest ? "<" : "≤") \(Self.text(highest))"
    }

    private static func text(_ value: Double) -> String {
        value == value.rounded() && abs(value) < 1e15
            ? String(Int(value)).replacing("-", with: "−") : "\(value)"
    }
}

/// Scalars by the YAML 1.2 core schema.
extension ConfigurationNode {
    /// A text: quoted, or any plain word.
    func text() throws(ValueProblem) -> String {
        if case .unusable = content { throw .known }
        guard case .scalar(let text, _) = content, !isNull else { throw .wrongType }
        return text
    }

    /// `true` or `false`.
    func flag() throws(ValueProblem) -> Bool {
        switch try plain() {
        case "true", "True", "TRUE": return true
        case "false", "False", "FALSE": return false
        default: throw .wrongType
        }
    }

    /// A number in a range; `1e-4` and `.5` are numbers, infinity is never accepted.
    func number(_ range: NumberRange) throws(ValueProblem) -> Double {
        let text = try plain()
        let unsigned = text.drop { $0 == "+" || $0 == "-" }
        if text.utf8.count - unsigned.utf8.count <= 1, [".inf", ".nan"].contains(unsigned.lowercased()) {
            throw .outOfRange
        }
        guard text.wholeMatch(of: /[-+]?(\.[0-9]+|[0-9]+(\.[0-9]*)?)([eE][-+]?[0-9]+)?/) != nil,
            let value = Double(text)
        else { throw .wrongType }
        guard value.isFinite, range.contains(value) else { throw .outOfRange }
        return value
    }

    /// A whole number in a range; `16.0` and `1e3` are whole.
    func whole<T: FixedWidthInteger>(_ range: ClosedRange<T>) throws(ValueProblem) -> T {
        let text = try plain()
        if text.wholeMatch(of: /[-+]?[0-9]+/) != nil {
            guard let value = T(text), range.contains(value) else { throw .outOfRange }
            return value
        }
        let value = try number(.from(-Double.greatestFiniteMagnitude, to: .greatestFiniteMagnitude))
        guard value == value.rounded() else { throw .wrongType }
        guard let exact = T(exactly: value), range.contains(exact) else { throw .outOfRange }
        return exact
    }

    /// The values of a list of a certain length.
    func list<T>(
        _ count: ClosedRange<Int>, _ element: (ConfigurationNode) throws(ValueProblem) -> T
    ) throws(ValueProblem) -> [T] {
        if case .unusable = content { throw .known }
        guard case .sequence(let items) = content else { throw .wrongType }
        guard count.contains(items.count) else { throw .outOfRange }
        var result: [T] = []
        for item in items { result.append(try element(item)) }
        return result
    }

    /// A file or folder; a leading `~/` is the home folder.
    func path(home: String?) throws(ValueProblem) -> String {
        let text = try text()
        guard !text.isEmpty, text.unicodeScalars.allSatisfy({ $0.value >= 0x20 && $0.value != 0x7f }) else {
            throw .outOfRange
        }
        if text.hasPrefix("~/"), let home { return home + text.dropFirst(1) }
        return text
    }

    private func plain() throws(ValueProblem) -> String {
        if case .unusable = content { throw .known }
        guard case .scalar(let text, isQuoted: false) = content, !isNull else { throw .wrongType }
        return text
    }
}
