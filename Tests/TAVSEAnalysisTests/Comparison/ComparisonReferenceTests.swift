import Foundation
import ReferenceSupport
import TAVSEAnalysis
import TAVSEReport
import TAVSEStore
import Testing

@Suite("Reference: whole comparisons of two tables (every quantity, clean and with failures)")
struct ComparisonReferenceTests {
    @Test("a complete table gives every value of its expectation file")
    func clean() throws {
        try check(scores: "e2e_scores.csv", expected: "e2e_expected.json", lenient: false)
    }

    @Test("a shuffled table with failures and missing rows gives every value when matched leniently")
    func dirty() throws {
        try check(scores: "e2e_dirty_scores.csv", expected: "e2e_dirty_expected.json", lenient: true)
    }

    private func check(scores: String, expected name: String, lenient: Bool) throws {
        let expected = try ReferenceFiles.json("stats", name)
        let table = try WideScores.table(
            String(contentsOf: ReferenceFiles.url("stats", scores), encoding: .utf8))
        let settings = try expected.at("settings")
        var options = ComparisonOptions()
        options.matching = lenient ? .lenient : .strict
        options.alpha = try settings.at("alpha").double()
        options.tieTolerance = try settings.at("tie_tolerance").double()
        options.bootstrapReplicates = try settings.at("bootstrap_replicates").int()
        options.bootstrapSeedBase = try UInt64(settings.at("bootstrap_seed_base").string()).orMissing("seed")
        guard case .object(let margins) = try settings.at("equivalence_margins") else {
            throw JSONTree.Missing(description: "no margins")
        }
        options.margins = try margins.mapValues { try $0.double() }
        let comparison = try Comparison(table, options: options)
        let actual = try JSONDecoder().decode(JSONTree.self, from: comparison.jsonData())
        let found = mismatches(expected: expected, actual: actual, tolerance: Self.tolerance)
        #expect(found.isEmpty, "\(found.count) differences, first: \(found.prefix(8))")
        #expect(try Comparison(jsonData: comparison.jsonData()).jsonData() == comparison.jsonData())
    }

    /// The published tolerances by path.
    static func tolerance(_ path: String) -> Tolerance {
        let parts = path.split(separator: "/").map(String.init)
        let leaf = parts.last ?? ""
        if leaf.hasPrefix("n_") && leaf != "n_effective"
            || ["n", "k", "wins", "ties", "losses", "df"].contains(leaf),
            !parts.contains("cr2")
        {
            return .equal
        }
        if path.contains("nemenyi") { return .studentizedRange }
        if path.contains("cluster_bootstrap") { return .bootstrap }
        if path.contains("exact") || path.contains("/adjusted/cluster") { return .exactP }
        if path.contains("/wilcoxon/") || path.contains("/adjusted/") || path.contains("/friedman/")
            || ["p", "t", "z"].contains(leaf)
        {
            return .statistic
        }
        return .estimate
    }
}
