import ArgumentParser
import TAVSEAnalysis
import TAVSEReport
import TAVSEStore
import ToolSupport

struct CompareCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "compare", abstract: "Print the comparison of two systems.",
        discussion: """
            Every difference is FIRST minus SECOND; the verdict names the better system. Either may be "noisy" (the \
            unprocessed input) or "oracle". The family of tests is these two systems' metrics unless --family says \
            otherwise; a report over more systems has a larger family, so its verdicts are stricter. Examples:
              tavse-report compare mine noisy --db results.sqlite
              tavse-report compare metricgan conv-tasnet --metric pesq --margins pesq=0.1
            """)

    @Argument(help: "System whose scores are the minuend.") var first: String
    @Argument(help: "System whose scores are subtracted.") var second: String
    @Option(help: "Results store.", completion: .file(extensions: ["sqlite"])) var db = "results.sqlite"
    @Option(help: "One metric only.") var metric: String?
    @Option(help: "Data split.") var split: String?
    @Option(help: "Significance level of the family.") var alpha = 0.05
    @Option(help: "Planned number of tests.") var family: Int?
    @Option(help: "Equivalence margins, e.g. si_snr=0.5.") var margins: Margins?
    @Flag(help: "Leave out items that one system lacks.") var lenient = false

    func validate() throws {
        if first == second { throw ValidationError("the two systems are the same: \(first)") }
        guard alpha > 0, alpha < 1 else {
            throw ValidationError("--alpha must lie between 0 and 1, got \(alpha)")
        }
    }

    func run() throws {
        try diagnostics.reportingErrors {
            let store = try ResultsStore(path: db, access: .readOnly)
            let source = try ReportSource(
                store: store,
                selection: .init(systems: [first, second], metrics: metric.map { [$0] }, split: split))
            for note in source.notes { diagnostics.say("note: \(note)") }
            var options = ComparisonOptions()
            options.alpha = alpha
            options.familySize = family
            options.pair = .init(first: first, second: second)
            options.margins = margins?.values ?? [:]
            options.matching = lenient ? .lenient : .strict
            let known = source.table.systems.map(\.name)
            for name in [first, second] where !known.contains(name) {
                throw ReportError.unknownSystem(name: name, known: known)
            }
            let comparison = try Comparison(source.table, options: options)
            guard let text = PairText(comparison).text(first: first, second: second) else {
                throw ReportError.noScores(path: db, split: split)
            }
            print(text, terminator: "")
        }
    }
}
