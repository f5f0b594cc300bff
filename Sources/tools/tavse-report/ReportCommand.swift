import ArgumentParser
import TAVSEAnalysis
import TAVSEReport
import TAVSEStore
import ToolSupport

struct ReportCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "report",
        abstract: "Compare all systems of a store (the default command).",
        discussion: """
            With --out the files report.md, report.csv, report.tex, report.html, report.json and figures/*.svg are written \
            there; without, one format goes to standard output. The same store gives the same bytes.
            """)

    @Option(help: "Results store.", completion: .file(extensions: ["sqlite"])) var db = "results.sqlite"
    @Option(help: "Folder to write to; made when it does not exist.") var out: String?
    @Option(help: "md, csv, tex (or latex), html, json, comma-separated; with --out all, otherwise md.")
    var format: FormatList?
    @Option(
        help:
            "One table as a LaTeX fragment for \\input (needs only booktabs): main, by-snr or pairs; to --out FILE or standard output."
    ) var table: LaTeXTable.Kind?
    @OptionGroup var statistics: StatisticsOptions
    @Option(help: "Best and worst utterances to listen to in the HTML, each.") var listen = 3

    func validate() throws {
        if out == nil, let format, format.formats.count != 1 {
            throw ValidationError("several formats need a folder: give --out")
        }
        if table != nil, let format, format.formats != [.latex] {
            throw ValidationError("--table writes LaTeX: leave out --format, or give --format tex")
        }
        guard (0...100).contains(listen) else {
            throw ValidationError("--listen must be 0 to 100, got \(listen)")
        }
    }

    func run() throws {
        try diagnostics.reportingErrors {
            let store = try ResultsStore(path: db, access: .readOnly)
            let source = try ReportSource(store: store, selection: statistics.selection)
            let report = try Report(
                source: source, comparison: statistics.options,
                options: .init(toolVersion: ToolVersion.current, listeningCount: listen))
            if let table {
                let text = report.latexTable(table)
                guard let out else { return print(text, terminator: "") }
                try OutputFolder.write(text, to: out)
                return print(out)
            }
            guard let out else {
                print(try report.text(format?.formats.first ?? .markdown), terminator: "")
                return
            }
            for path in try report.write(format?.formats ?? Report.Format.allCases, to: out) { print(path) }
        }
    }
}

extension LaTeXTable.Kind: ExpressibleByArgument {}

/// Formats separated by commas.
struct FormatList: ExpressibleByArgument {
    var formats: [Report.Format]

    init?(argument: String) {
        formats = []
        for name in argument.split(separator: ",") {
            guard let format = Report.Format(name: name.lowercased()) else { return nil }
            if !formats.contains(format) { formats.append(format) }
        }
        guard !formats.isEmpty else { return nil }
    }
}
