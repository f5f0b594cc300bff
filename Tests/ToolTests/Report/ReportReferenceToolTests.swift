import Foundation
import ReferenceSupport
import TestSupport
import Testing

@Suite(
    "Reference: import and report, through the binary, give every value of the published expectation files")
struct ReportReferenceToolTests {
    @Test(
        "tables of scores reproduce their expectation files",
        arguments: [
            ("e2e_scores.csv", "e2e_expected.json", false),
            ("e2e_dirty_scores.csv", "e2e_dirty_expected.json", true),
        ])
    func endToEnd(scores: String, expected: String, lenient: Bool) throws {
        let folder = try TemporaryFolder()
        let store = folder.path + "/x.sqlite"
        let imported = try Tool.report.run([
            "import", ReferenceFiles.url("stats", scores).path, "--db", store,
        ])
        #expect(imported.exitCode == 0, "\(imported)")
        let tree = try ReferenceFiles.json("stats", expected)
        guard case .object(let margins) = try tree.at("settings").at("equivalence_margins") else {
            Issue.record("no margins in \(expected)")
            return
        }
        let list = try margins.sorted { $0.key < $1.key }.map { "\($0.key)=\(try $0.value.double())" }
        let outcome = try Tool.report.run(
            ["--db", store, "--format", "json", "--margins", list.joined(separator: ",")]
                + (lenient ? ["--lenient"] : []))
        #expect(outcome.exitCode == 0, "\(outcome.errors)")
        let actual = try JSONDecoder().decode(JSONTree.self, from: Data(outcome.output.utf8))
        let found = mismatches(expected: tree, actual: actual, tolerance: Self.tolerance)
        #expect(found.isEmpty, "\(found.count) differences, first: \(found.prefix(8))")
    }

    /// The published tolerances by path; the comparison's own reference tests use the same.
    private static func tolerance(_ path: String) -> Tolerance {
        let parts = path.split(separator: "/").map(String.init)
        let leaf = parts.last ?? ""
        let counts = ["n", "k", "wins", "ties", "losses", "df"]
        let isCount = (leaf.hasPrefix("n_") && leaf != "n_effective") || counts.contains(leaf)
        if isCount, !parts.contains("cr2") { return .equal }
        if path.contains("nemenyi") { return .studentizedRange }
        if path.contains("cluster_bootstrap") { return .bootstrap }
        if path.contains("exact") || path.contains("/adjusted/cluster") { return .exactP }
        if path.contains("/wilcoxon/") || path.contains("/adjusted/") || path.contains("/friedman/") {
            return .statistic
        }
        return ["p", "t", "z"].contains(leaf) ? .statistic : .estimate
    }
}
