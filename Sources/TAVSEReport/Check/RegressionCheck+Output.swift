import TAVSEAnalysis
import TAVSEBase

extension RegressionCheck {
    /// A line per rule and one for the whole, for a terminal.
    public var text: String {
        let lines = outcomes.map { outcome in
            let word = outcome.verdict.rawValue.uppercased()
            return "\(word)\(String(repeating: " ", count: 10 - word.count))\(Self.name(outcome.rule)): "
                + "\(outcome.explanation)\n          because: \(outcome.rule.because)"
        }
        let kept = outcomes.count { $0.verdict == .passed }
        return lines.joined(separator: "\n")
            + "\n\(candidate) against \(baseline): \(kept) of \(outcomes.count) rules passed\n"
    }

    /// Metric and condition of a rule.
    private static func name(_ rule: RegressionRules.Rule) -> String {
        var name = rule.metric
        if let snr = rule.snrDB { name += " at \(NumberText.exact(snr)) dB" }
        if let noise = rule.noiseType { name += " in \(noise)" }
        return name
    }

    /// A JUnit report, which CI systems show as tests; an undecided rule is a failure.
    public var junit: String {
        let failures = outcomes.count { $0.verdict != .passed }
        var xml = "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n"
        xml += "<testsuites tests=\"\(outcomes.count)\" failures=\"\(failures)\">\n"
        let suite = Markup.escape("\(candidate) against \(baseline)")
        xml += "<testsuite name=\"\(suite)\" tests=\"\(outcomes.count)\" failures=\"\(failures)\">\n"
        for outcome in outcomes {
            let name = Markup.escape(Self.name(outcome.rule))
            xml += "<testcase classname=\"tavse-report.check\" name=\"\(name)\">\n"
            if outcome.verdict != .passed {
                let message = Markup.escape(outcome.explanation)
                xml += "<failure type=\"\(outcome.verdict.rawValue)\" message=\"\(message)\">"
                xml += "because: \(Markup.escape(outcome.rule.because))</failure>\n"
            }
            xml += "<system-out>\(Markup.escape(outcome.explanation))</system-out>\n</testcase>\n"
        }
        return xml + "</testsuite>\n</testsuites>\n"
    }

    /// Everything that was found, as JSON.
    public var json: String {
        let rules: [JSONValue] = outcomes.map { outcome in
            var members: [(key: String, value: JSONValue)] = [
                ("metric", .string(outcome.rule.metric)), ("verdict", .string(outcome.verdict.rawValue)),
                ("explanation", .string(outcome.explanation)), ("because", .string(outcome.rule.because)),
                ("decide", .string(outcome.rule.decision.rawValue)), ("alpha", .number(outcome.rule.alpha)),
            ]
            members.append(("allowed_drop", .optional(outcome.rule.allowedDrop)))
            members.append(
                ("allowed_new_failures", outcome.rule.allowedNewFailures.map { .integer($0) } ?? .null))
            members.append(("snr_db", .optional(outcome.rule.snrDB)))
            members.append(("noise_type", .optional(outcome.rule.noiseType)))
            members += [
                ("n_pairs", .integer(outcome.items)), ("n_clusters", .integer(outcome.clusters)),
                ("mean_gain", .number(outcome.gain)), ("low", .number(outcome.low)),
                ("high", .number(outcome.high)),
                ("p_worse", .number(outcome.pWorse)),
                ("n_failed_baseline", .integer(outcome.baselineFailures)),
                ("n_failed_candidate", .integer(outcome.candidateFailures)),
            ]
            return .object(members)
        }
        let root = JSONValue.object([
            ("baseline", .string(baseline)), ("candidate", .string(candidate)), ("passed", .bool(passed)),
            ("rules", .array(rules)),
        ])
        return root.text() + "\n"
    }
}
