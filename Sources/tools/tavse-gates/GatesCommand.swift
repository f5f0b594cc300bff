import ArgumentParser
import Foundation
import TAVSEAnalysis
import TAVSEReport
import TAVSEStore
import ToolSupport

/// Says what goes wrong, under the tool's name.
let diagnostics = Diagnostics(tool: "tavse-gates")

@main
struct GatesCommand: ParsableCommand {
    /// Runs the tool; what it prints must arrive.
    static func main() {
        StandardOutput.checkAtExit()
        main(ToolArguments.prepared(for: Self.self))
    }

    static let configuration = CommandConfiguration(
        commandName: "tavse-gates",
        abstract: "Store what a network's fusion gates do on a test set, and report what that supports.",
        discussion: """
            With --config the network is run on every item of the split that has no gates in the store yet; the same \
            command resumes an earlier one. Without, the report is made from the store alone. With \
            --out the files gates.md, gates.csv, gates.html, gates.json and figures/*.svg are written there; without, \
            the report goes to standard output as Markdown. See docs/gates.md.
            """, version: ToolVersion.current)

    @OptionGroup var store: StoreOptions
    @OptionGroup(title: "Capture") var capture: CaptureOptions
    @Option(
        help:
            "System: the name to store under, or to report on. By default the experiment's, or the only one.")
    var system: String?
    @Option(help: "Data split, test or val; without --config and --split, all.") var split: String?
    @Option(help: "Folder to write to; made when it does not exist.") var out: String?
    @Flag(help: "Also write every stored gate to gate_rows.csv; needs --out.") var rows = false
    @Flag(help: "Print findings and means as JSON.") var json = false
    @Flag(help: "Show no progress.") var quiet = false

    func validate() throws {
        guard !rows || out != nil else { throw ValidationError("--rows needs a folder: give --out") }
    }

    func run() throws {
        try diagnostics.reportingErrors {
            if capture.isWanted {
                let captured = try capture.run(store: store, system: system, split: split, quiet: quiet)
                try report(captured.store, system: captured.system, split: captured.split, run: captured.run)
            } else {
                try report(ResultsStore(path: store.db, access: .readOnly), system: system, split: split)
            }
        }
    }

    private func report(_ store: ResultsStore, system: String?, split: String?, run: RunID? = nil) throws {
        let source = try GateSource(store: store, system: system, split: split, run: run)
        let report = GateReport(try GateAnalysis(source), toolVersion: ToolVersion.current)
        if let out {
            var written = try report.write(to: out)
            if rows { written.append(try writeRows(source, to: out)) }
            if !json { for path in written { print(path) } }
        }
        if json {
            print(report.text(.json), terminator: "")
        } else if out == nil {
            print(report.text(.markdown), terminator: "")
        }
    }

    private func writeRows(_ source: GateSource, to folder: String) throws -> String {
        var text = ""
        GateRowExport.write(source.table, overview: source.overview) { text += $0 }
        let path = folder + "/gate_rows.csv"
        try OutputFolder.write(text, to: path)
        return path
    }
}
