import ArgumentParser
import Foundation
import TAVSEAnalysis
import TAVSEBase
import TAVSEReport
import TAVSEStore
import ToolSupport

struct ExportCommand: ParsableCommand {
    /// What to write.
    enum Format: String, ExpressibleByArgument, CaseIterable {
        case csv, wide, jsonl, guide
    }

    static let configuration = CommandConfiguration(
        commandName: "export",
        abstract: "Write the stored scores: CSV, JSON lines, or eval_metrics.json files per system."
    )

    @Option(help: "Results store.", completion: .file(extensions: ["sqlite"])) var db = "results.sqlite"
    @Option(
        help:
            "csv (one row per score), wide (one row per item, one column per metric), jsonl, or guide (eval_metrics.json and eval_raw_metrics.json per system, in a folder)."
    )
    var format = Format.csv
    @Option(help: "File to write (for guide: folder); standard output otherwise.") var out: String?
    @Option(help: "Systems, comma-separated.") var systems: NameList?
    @Option(help: "Metrics, comma-separated.") var metrics: NameList?
    @Option(help: "Data split.") var split: String?

    func validate() throws {
        if format == .guide, out == nil {
            throw ValidationError("--format guide writes several files: give --out FOLDER")
        }
    }

    func run() throws {
        try diagnostics.reportingErrors {
            let store = try ResultsStore(path: db, access: .readOnly)
            let selection = ReportSource.Selection(
                systems: systems?.names, metrics: metrics?.names, split: split)
            let notes = try SelectionNotes.make(
                store: store, systems: selection.systems, split: selection.split)
            for note in notes { diagnostics.say("note: \(note)") }
            switch format {
            case .csv: try export(store, selection, .csv)
            case .wide: try exportWide(store, selection)
            case .jsonl: try export(store, selection, .jsonl)
            case .guide: try exportGuide(store, selection, to: out ?? ".")
            }
        }
    }

    private func export(
        _ store: ResultsStore, _ selection: ReportSource.Selection, _ format: ScoreExport.Format
    ) throws {
        guard let out else {
            _ = try ScoreExport.write(
                store, selection: selection, format: format, to: .standardOutput, path: "standard output")
            return
        }
        try OutputFolder.write("", to: out)
        guard let handle = FileHandle(forWritingAtPath: out) else {
            throw ReportError.cannotWrite(path: out, reason: "it cannot be opened")
        }
        let count = try ScoreExport.write(store, selection: selection, format: format, to: handle, path: out)
        try handle.close()
        print("\(out): \(count) scores")
    }

    private func exportWide(_ store: ResultsStore, _ selection: ReportSource.Selection) throws {
        let text = WideExport.csv(try ReportSource(store: store, selection: selection).table)
        guard let out else { return print(text, terminator: "") }
        try OutputFolder.write(text, to: out)
        print(out)
    }

    private func exportGuide(_ store: ResultsStore, _ selection: ReportSource.Selection, to folder: String)
        throws
    {
        let source = try ReportSource(store: store, selection: selection)
        for system in source.table.systems where system.kind == .enhanced {
            let target = folder + "/" + GuideFiles.folderName(system.name)
            let run = source.runs.first { $0.run.system == system.name && $0.run.source != .import }
            let files = GuideFiles(try SystemScores(source.table, system: system.name), run: run)
            try OutputFolder.make(target)
            try OutputFolder.write(files.metrics, to: target + "/eval_metrics.json")
            try OutputFolder.write(files.rawMetrics, to: target + "/eval_raw_metrics.json")
            let index = source.table.systems.firstIndex { $0.name == system.name }
            try OutputFolder.write(
                WideExport.csv(source.table, system: index), to: target + "/eval_scores.csv")
            print("\(target): eval_metrics.json, eval_raw_metrics.json, eval_scores.csv")
        }
    }
}
