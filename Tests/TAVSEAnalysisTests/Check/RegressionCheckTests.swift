import TAVSEReport
import TAVSEStore
import TestSupport
import Testing

@testable import TAVSEAnalysis

@Suite struct RegressionRulesTests {
    private func rules(_ text: String) throws -> RegressionRules {
        try TemporaryFile.with(Array(text.utf8)) { try RegressionRules(path: $0) }
    }

    private func failure(_ text: String) -> String {
        do {
            _ = try rules(text)
            return "no error"
        } catch {
            return "\(error)".replacing(/^\S*tavse-[0-9A-F-]+\.csv/, with: "FILE")
        }
    }

    @Test("defaults are filled in (closed form)")
    func defaults() throws {
        let rule = try #require(
            try rules(#"{"rules": [{"metric": "pesq", "allowed_drop": 0.05, "because": "audible"}]}"#).rules
                .first)
        #expect(rule.decision == .nonInferior)
        #expect(rule.alpha == 0.05)
        #expect(rule.allowedDrop == 0.05)
        #expect(rule.allowedNewFailures == nil)
    }

    @Test(
        "what is wrong is said with its rule and key",
        arguments: [
            ("[]", "FILE: expected an object with a list \"rules\""),
            ("{", "FILE: not a JSON file"),
            (#"{"rules": []}"#, "FILE: no rules: a check without rules would always pass"),
            (#"{"rules": [{}], "x": 1}"#, "FILE: unknown key \"x\"; the only one is \"rules\""),
            (#"{"rules": [{"allowed_drop": 1, "because": "x"}]}"#, "FILE: rule 1: metric: missing"),
            (
                #"{"rules": [{"metric": "a", "allowed_drop": 1}]}"#,
                "FILE: rule 1: because: missing; every rule says why it exists"
            ),
            (
                #"{"rules": [{"metric": "a", "because": "x"}]}"#,
                "FILE: rule 1: nothing to check: give allowed_drop, allowed_new_failures or both"
            ),
            (
                #"{"rules": [{"metric": "a", "allowed_drop": -1, "because": "x"}]}"#,
                "FILE: rule 1: allowed_drop: expected a number of at least 0 in the metric's unit"
            ),
            (
                #"{"rules": [{"metric": "a", "allowed_drop": 1, "decide": "maybe", "because": "x"}]}"#,
                "FILE: rule 1: decide: \"maybe\" is none of non_inferior, no_significant_drop, mean"
            ),
            (
                #"{"rules": [{"metric": "a", "allowed_new_failures": 1.5, "because": "x"}]}"#,
                "FILE: rule 1: allowed_new_failures: expected a whole number of at least 0"
            ),
        ])
    func errors(text: String, expected: String) {
        #expect(failure(text) == expected)
    }
}

@Suite struct RegressionCheckTests {
    /// 12 speakers × 4 items; the candidate's score is the baseline's plus `gain` plus alternating noise.
    private func table(gain: Double, noise: Double, higherIsBetter: Bool = true, speakers: Int = 12)
        -> ScoreTable
    {
        let items = (0..<speakers * 4).map {
            ScoreTable.Item(utterance: "u\($0 / 2)", speaker: "s\($0 / 4)", snrDB: $0 % 2 == 0 ? -5 : 5)
        }
        let baseline = items.indices.map { 2 + Double($0 % 7) / 10 }
        let candidate = items.indices.map { baseline[$0] + gain + noise * Double(($0 / 4) % 3 - 1) }
        let ok = [UInt16](repeating: ScoreTable.okStatus, count: items.count)
        return ScoreTable(
            items: items, systems: [.init(name: "old"), .init(name: "new")],
            metrics: [.init(name: "m", signature: "m|v:1", unit: "", higherIsBetter: higherIsBetter)],
            columns: [[.init(values: baseline, status: ok)], [.init(values: candidate, status: ok)]])
    }

    private func verdict(
        _ table: ScoreTable, drop: Double? = 0.1, _ decision: RegressionRules.Decision = .nonInferior,
        failures: Int? = nil, snrDB: Double? = nil, lenient: Bool = false
    ) throws -> RegressionCheck.Verdict {
        let rule = RegressionRules.Rule(
            metric: "m", allowedDrop: drop, decision: decision, alpha: 0.05, snrDB: snrDB, noiseType: nil,
            allowedNewFailures: failures, because: "test")
        let check = try RegressionCheck(
            table: table, baseline: "old", candidate: "new", rules: RegressionRules(rules: [rule]),
            lenient: lenient)
        return try #require(check.outcomes.first).verdict
    }

    @Test("an identical candidate passes, a clearly worse one breaks, a noisy one is undecided (closed form)")
    func nonInferiority() throws {
        #expect(try verdict(table(gain: 0, noise: 0)) == .passed)
        #expect(try verdict(table(gain: 0, noise: 0), drop: 0) == .passed)
        #expect(try verdict(table(gain: -0.5, noise: 0.05)) == .broken)
        #expect(try verdict(table(gain: -0.1, noise: 0.3)) == .undecided)
        #expect(try verdict(table(gain: 0, noise: 0.05, speakers: 1)) == .undecided)
    }

    @Test("a metric of which smaller is better is judged in its own direction (property)")
    func direction() throws {
        #expect(try verdict(table(gain: 0.5, noise: 0.05, higherIsBetter: false)) == .broken)
        #expect(try verdict(table(gain: -0.5, noise: 0.05, higherIsBetter: false)) == .passed)
    }

    @Test(
        "a significant drop breaks, an insignificant one passes, too few speakers cannot decide (closed form)"
    )
    func significance() throws {
        #expect(try verdict(table(gain: -0.5, noise: 0.05), .noSignificantDrop) == .broken)
        #expect(try verdict(table(gain: -0.12, noise: 0.9), .noSignificantDrop) == .passed)
        #expect(try verdict(table(gain: -0.5, noise: 0.05, speakers: 3), .noSignificantDrop) == .undecided)
        #expect(try verdict(table(gain: -0.05, noise: 0.05, speakers: 3), .noSignificantDrop) == .passed)
    }

    @Test("the plain mean decides without its uncertainty (closed form)")
    func mean() throws {
        #expect(try verdict(table(gain: -0.09, noise: 0), .mean) == .passed)
        #expect(try verdict(table(gain: -0.11, noise: 0), .mean) == .broken)
    }

    @Test("new failures break a rule, and rows without a partner leave it undecided (closed form)")
    func failures() throws {
        var table = table(gain: 0, noise: 0)
        table.statusNames.append("too_short")
        table.columns[1][0].status[3] = 2
        table.columns[1][0].values[3] = .nan
        #expect(try verdict(table) == .passed)
        #expect(try verdict(table, drop: nil, failures: 0) == .broken)
        #expect(try verdict(table, drop: nil, failures: 1) == .passed)
        #expect(try verdict(table, failures: 0) == .broken)
        table.columns[1][0].status[4] = ScoreTable.absentStatus
        table.columns[1][0].values[4] = .nan
        #expect(try verdict(table) == .undecided)
        #expect(try verdict(table, lenient: true) == .passed)
    }

    @Test("a condition without items, and a metric that is not there, are undecided")
    func nothingToDecide() throws {
        #expect(try verdict(table(gain: 0, noise: 0), snrDB: 20) == .undecided)
        var other = table(gain: 0, noise: 0)
        other.metrics[0].name = "other"
        #expect(try verdict(other) == .undecided)
        #expect(throws: ReportError.unknownSystem(name: "new", known: ["old", "x"])) {
            var renamed = table(gain: 0, noise: 0)
            renamed.systems[1].name = "x"
            _ = try verdict(renamed)
        }
    }

    @Test("JUnit and JSON name the rule, and undecided counts as a failure (closed form)")
    func outputs() throws {
        let rule = RegressionRules.Rule(
            metric: "m<x>", allowedDrop: 1, decision: .mean, alpha: 0.05, snrDB: -5, noiseType: nil,
            allowedNewFailures: nil, because: "a & b")
        let check = try RegressionCheck(
            table: table(gain: 0, noise: 0), baseline: "old", candidate: "new",
            rules: RegressionRules(rules: [rule]))
        #expect(!check.passed)
        #expect(check.junit.contains("<testsuites tests=\"1\" failures=\"1\">"))
        #expect(check.junit.contains("name=\"m&lt;x&gt; at -5 dB\""))
        #expect(check.junit.contains("because: a &amp; b"))
        #expect(check.json.contains("\"verdict\": \"undecided\""))
        #expect(check.json.contains("\"p_worse\": \"NaN\""))
        #expect(check.text.contains("0 of 1 rules passed"))
    }
}
