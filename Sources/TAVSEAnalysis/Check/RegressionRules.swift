import Foundation
import TAVSEBase

/// What a candidate system may lose against a baseline: data, each rule with its reason.
public struct RegressionRules: Sendable, Equatable {
    /// How a rule is decided.
    public enum Decision: String, Sendable, CaseIterable {
        /// Passes only when the candidate is shown to lose no more than allowed: the one-sided interval's end lies
        /// above −`allowedDrop`. A test set too small to show it is undecided, which is not a pass.
        case nonInferior = "non_inferior"
        /// Broken when the mean drops by more than allowed and the drop is significant (exact clustered signed rank).
        case noSignificantDrop = "no_significant_drop"
        /// Broken when the mean drops by more than allowed, whatever its uncertainty.
        case mean
    }

    /// One rule.
    public struct Rule: Sendable, Equatable {
        /// Metric.
        public var metric: String
        /// Largest loss allowed, in the metric's unit, counted in its own direction; nil checks failures only.
        public var allowedDrop: Double?
        /// How the drop is decided.
        public var decision: Decision
        /// One-sided level of the decision.
        public var alpha: Double
        /// Only items at this SNR.
        public var snrDB: Double?
        /// Only items with this noise.
        public var noiseType: String?
        /// How many more failed scores than the baseline are allowed; nil does not check them.
        public var allowedNewFailures: Int?
        /// Why the rule exists.
        public var because: String
    }

    /// Rules in file order.
    public var rules: [Rule]

    /// Rules made in code.
    public init(rules: [Rule]) { self.rules = rules }

    private static let ruleKeys = [
        "metric", "allowed_drop", "decide", "alpha", "snr_db", "noise_type", "allowed_new_failures",
        "because",
    ]

    /// Reads a rules file: `{"rules": [{"metric": "pesq_wb", "allowed_drop": 0.05, "because": "…"}]}`.
    /// - Throws: ``ReportError/invalidRules(path:place:problem:)`` naming the rule and key, `.missingFile`.
    public init(path: String) throws(ReportError) {
        guard let data = FileManager.default.contents(atPath: path) else { throw .missingFile(path: path) }
        let root: JSONValue
        do {
            root = try JSONDecoder().decode(JSONValue.self, from: data)
        } catch {
            throw .invalidRules(path: path, place: "", problem: "not a JSON file")
        }
        guard case .object(let members) = root, case .array(let list)? = root["rules"] else {
            throw .invalidRules(path: path, place: "", problem: "expected an object with a list \"rules\"")
        }
        if let other = members.first(where: { $0.key != "rules" }) {
            throw .invalidRules(
                path: path, place: "", problem: "unknown key \"\(other.key)\"; the only one is \"rules\"")
        }
        guard !list.isEmpty else {
            throw .invalidRules(
                path: path, place: "", problem: "no rules: a check without rules would always pass")
        }
        rules = []
        for (index, value) in list.enumerated() {
            rules.append(try Self.rule(value, path: path, place: "rule \(index + 1)"))
        }
    }

    private static func rule(_ value: JSONValue, path: String, place: String) throws(ReportError) -> Rule {
        func fail(_ problem: String) -> ReportError {
            .invalidRules(path: path, place: place, problem: problem)
        }
        guard case .object(let members) = value else { throw fail("expected an object") }
        if let other = members.first(where: { !ruleKeys.contains($0.key) }) {
            throw fail("unknown key \"\(other.key)\"; known are \(ruleKeys.joined(separator: ", "))")
        }
        func text(_ key: String) throws(ReportError) -> String? {
            switch value[key] {
            case nil, .null?: return nil
            case .string(let text)? where !text.isEmpty: return text
            default: throw fail("\(key): expected a text that is not empty")
            }
        }
        func number(_ key: String, _ range: ClosedRange<Double>, _ words: String) throws(ReportError)
            -> Double?
        {
            switch value[key] {
            case nil, .null?: return nil
            case .number(let number)? where range.contains(number): return number
            default: throw fail("\(key): expected \(words)")
            }
        }
        guard let metric = try text("metric") else { throw fail("metric: missing") }
        guard let because = try text("because") else {
            throw fail("because: missing; every rule says why it exists")
        }
        var decision = Decision.nonInferior
        if let word = try text("decide") {
            guard let known = Decision(rawValue: word) else {
                let names = Decision.allCases.map(\.rawValue).joined(separator: ", ")
                throw fail("decide: \"\(word)\" is none of \(names)")
            }
            decision = known
        }
        let largest = Double.greatestFiniteMagnitude
        let drop = try number("allowed_drop", 0...largest, "a number of at least 0 in the metric's unit")
        let failures = try number("allowed_new_failures", 0...1e9, "a whole number of at least 0")
        if let failures, failures != failures.rounded() {
            throw fail("allowed_new_failures: expected a whole number of at least 0")
        }
        guard drop != nil || failures != nil else {
            throw fail("nothing to check: give allowed_drop, allowed_new_failures or both")
        }
        let alpha = try number("alpha", 1e-12...0.5, "a level above 0 and up to 0.5") ?? 0.05
        return Rule(
            metric: metric, allowedDrop: drop, decision: decision, alpha: alpha,
            snrDB: try number("snr_db", -largest...largest, "a number of dB"),
            noiseType: try text("noise_type"),
            allowedNewFailures: failures.map { Int($0) }, because: because)
    }
}
