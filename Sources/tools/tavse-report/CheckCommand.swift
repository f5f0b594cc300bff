import ArgumentParser
import TAVSEAnalysis
import TAVSEReport
import TAVSEStore
import ToolSupport

struct CheckCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "check",
        abstract: "Hold a candidate against a baseline by declared rules (exit code 4 when broken).",
        discussion: """
            The rules file is JSON: {"rules": [{"metric": "pesq_wb", "allowed_drop": 0.05, "because": "…"}]}. A rule that \
            the data cannot decide is not a pass. docs/report.md lists all keys.
            """)

    @Option(help: "Results store.", completion: .file(extensions: ["sqlite"])) var db = "results.sqlite"
    @Option(help: "System that sets the level.") var baseline: String
    @Option(help: "System to be checked.") var candidate: String
    @Option(help: "Rules (JSON).", completion: .file(extensions: ["json"])) var rules: String
    @Option(help: "Data split.") var split: String?
    @Flag(help: "Compare what both systems have.") var lenient = false
    @Option(help: "Write a JUnit report here.") var junit: String?
    @Option(help: "Write all findings as JSON here.") var json: String?

    func run() throws {
        try diagnostics.reportingErrors {
            let rules = try RegressionRules(path: rules)
            let store = try ResultsStore(path: db, access: .readOnly)
            let table = try store.scoreTable(systems: [baseline, candidate], split: split)
            for note in try SelectionNotes.make(store: store, systems: [baseline, candidate], split: split) {
                diagnostics.say("note: \(note)")
            }
            let check = try RegressionCheck(
                table: table, baseline: baseline, candidate: candidate, rules: rules, lenient: lenient)
            if let junit { try OutputFolder.write(check.junit, to: junit) }
            if let json { try OutputFolder.write(check.json, to: json) }
            print(check.text, terminator: "")
            if !check.passed { throw ExitStatus.regression.exitCode }
        }
    }
}
