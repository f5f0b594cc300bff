import TAVSEBase
import TAVSEMetrics
import TAVSEStats
import TAVSEStore

/// A candidate held against a baseline by rules; passes only when every rule is decided and kept.
public struct RegressionCheck: Sendable, Equatable {
    /// What became of a rule.
    public enum Verdict: String, Sendable {
        case passed
        case broken
        /// The data do not decide it. Not a pass.
        case undecided
    }

    /// One rule's outcome.
    public struct Outcome: Sendable, Equatable {
        /// The rule.
        public var rule: RegressionRules.Rule
        /// What became of it.
        public var verdict: Verdict
        /// Why, in words with numbers.
        public var explanation: String
        /// Matched items with two scores, and speakers (or utterances) among them.
        public var items: Int, clusters: Int
        /// Mean gain of the candidate in the metric's own direction (negative = worse), and its two-sided interval at
        /// level 1 − 2·alpha; NaN when not estimable.
        public var gain: Double, low: Double, high: Double
        /// One-sided exact p of "the candidate is worse"; NaN when not estimable.
        public var pWorse: Double
        /// Failed scores of both systems among common items.
        public var baselineFailures: Int, candidateFailures: Int
    }

    /// Baseline system.
    public var baseline: String
    /// Candidate system.
    public var candidate: String
    /// One per rule, in order.
    public var outcomes: [Outcome]
    /// Differences within this count as zero for ranks.
    package static let tieTolerance = 1e-9

    /// Whether every rule passed.
    public var passed: Bool { outcomes.allSatisfy { $0.verdict == .passed } }

    /// Holds a candidate against a baseline.
    ///
    /// - Parameter lenient: whether items that only one system has are left out rather than leaving rules undecided.
    /// - Throws: ``ReportError/unknownSystem(name:known:)`` and what the statistics find.
    public init(
        table: ScoreTable, baseline: String, candidate: String, rules: RegressionRules, lenient: Bool = false
    ) throws {
        let names = table.systems.map(\.name)
        guard let second = names.firstIndex(of: baseline) else {
            throw ReportError.unknownSystem(name: baseline, known: names)
        }
        guard let first = names.firstIndex(of: candidate) else {
            throw ReportError.unknownSystem(name: candidate, known: names)
        }
        self.baseline = baseline
        self.candidate = candidate
        outcomes = try rules.rules.map { rule in
            try Self.outcome(rule, table: table, first: first, second: second, lenient: lenient)
        }
    }

    private static func outcome(
        _ rule: RegressionRules.Rule, table: ScoreTable, first: Int, second: Int, lenient: Bool
    ) throws -> Outcome {
        var result = Outcome(
            rule: rule, verdict: .undecided, explanation: "", items: 0, clusters: 0, gain: .nan, low: .nan,
            high: .nan,
            pWorse: .nan, baselineFailures: 0, candidateFailures: 0)
        let named = MetricCatalog.resolve(rule.metric, among: table.metrics.map(\.name)) ?? rule.metric
        let matching = table.metrics.indices.filter { table.metrics[$0].name == named }
        guard let metric = matching.first else {
            let known = table.metrics.map(\.name).joined(separator: ", ")
            result.explanation = "neither system has the metric \(rule.metric) (scored: \(known))"
            return result
        }
        guard matching.count == 1 else {
            let signatures = matching.map { table.metrics[$0].signature }.joined(separator: " and ")
            result.explanation = "\(rule.metric) was computed in different ways: \(signatures)"
            return result
        }
        let pairs = RuleEvidence(table, first: first, second: second, metric: metric) { item in
            (rule.snrDB == nil || item.snrDB == rule.snrDB)
                && (rule.noiseType == nil || item.noiseType == rule.noiseType)
        }
        result.items = pairs.differences.count
        result.clusters = pairs.clusters.count
        result.baselineFailures = pairs.failedSecond
        result.candidateFailures = pairs.failedFirst
        let unmatched = pairs.onlyFirst + pairs.onlySecond
        guard lenient || unmatched == 0 else {
            result.explanation =
                "\(pairs.onlyFirst) items only \(table.systems[first].name) has and \(pairs.onlySecond) only "
                + "\(table.systems[second].name) has; "
                + "score the rest, or compare what is common with --lenient"
            return result
        }
        var problems: [String] = []
        if let allowed = rule.allowedNewFailures, pairs.failedFirst - pairs.failedSecond > allowed {
            problems.append(
                "\(pairs.failedFirst) failed scores against \(pairs.failedSecond), allowed are \(allowed) more"
            )
        }
        guard let drop = rule.allowedDrop else {
            result.verdict = problems.isEmpty ? .passed : .broken
            result.explanation =
                problems.first ?? "\(pairs.failedFirst) failed scores against \(pairs.failedSecond)"
            return result
        }
        let sign = table.metrics[metric].higherIsBetter ? 1.0 : -1.0
        let gains = pairs.differences.map { sign * $0 }
        let mean = try ClusterRobustMean(gains, clusters: pairs.clusters)
        let interval = try mean.interval(level: 1 - 2 * rule.alpha)
        let ranks = try ClusteredSignedRank(
            SignedRanks(gains, tieTolerance: tieTolerance), clusters: pairs.clusters)
        (result.gain, result.low, result.high) = (mean.mean, interval.low, interval.high)
        result.pWorse = ranks.exact.less
        let (verdict, words) = decide(
            rule, drop: drop, result: result, smallestP: ranks.smallestP,
            names: (table.systems[first].name, table.systems[second].name))
        if !problems.isEmpty {
            result.verdict = .broken
            result.explanation = (problems + [words]).joined(separator: "; ")
        } else {
            result.verdict = verdict
            result.explanation = words
        }
        return result
    }

    private static func decide(
        _ rule: RegressionRules.Rule, drop: Double, result: Outcome, smallestP: Double,
        names: (candidate: String, baseline: String)
    ) -> (Verdict, String) {
        guard result.items > 0 else { return (.undecided, "no item has a score of both systems") }
        let digits = NumberText.decimals(forHalfWidth: (result.high - result.low) / 2) ?? 4
        let gain = NumberText.signed(result.gain, decimals: digits)
        let size = NumberText.fixed(abs(result.gain), decimals: digits)
        let word =
            result.gain == 0
            ? "\(names.candidate) and \(names.baseline) have the same mean"
            : "\(names.candidate) \(result.gain > 0 ? "better" : "worse") than \(names.baseline) by \(size)"
        let limit = NumberText.exact(0 - drop)
        let range = NumberText.interval(low: result.low, high: result.high, decimals: digits, signed: true)
        let level = NumberText.exact(((1 - 2 * rule.alpha) * 100 * 1e6).rounded() / 1e6)
        let facts = "\(word), \(level) % interval \(range), limit \(limit)"
        switch rule.decision {
        case .mean:
            return result.gain < -drop
                ? (.broken, "\(word): a gain of \(gain) is below \(limit)")
                : (.passed, "\(word), limit \(limit)")
        case .nonInferior:
            guard !result.low.isNaN, !result.high.isNaN else {
                return (.undecided, "no interval from \(result.items) items of \(result.clusters) speakers")
            }
            if result.low >= -drop { return (.passed, facts) }
            if result.high < -drop { return (.broken, facts) }
            return (.undecided, facts + ": the test set is too small to tell")
        case .noSignificantDrop:
            let p = NumberText.probability(result.pWorse)
            guard result.gain < -drop else { return (.passed, "\(word), limit \(limit)") }
            if result.pWorse < rule.alpha {
                return (.broken, "\(word): a gain of \(gain) is below \(limit), p = \(p)")
            }
            // The test counts both sides in its smallest p; one side can reach half of it.
            if result.pWorse.isNaN || smallestP / 2 >= rule.alpha {
                return (
                    .undecided,
                    "\(word): a gain of \(gain) is below \(limit), and a test over \(result.clusters) speakers cannot reach p < "
                        + NumberText.exact(rule.alpha)
                )
            }
            return (.passed, "\(word): a gain of \(gain) is below \(limit) but not significant, p = \(p)")
        }
    }
}
