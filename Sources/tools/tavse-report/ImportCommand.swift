import ArgumentParser
import Foundation
import TAVSEBase
import TAVSEMetrics
import TAVSEStore
import ToolSupport

struct ImportCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "import", abstract: "Take scores made by any other tool into the store.",
        discussion: """
            Wide tables have one row per system and item and one column per metric: system (or model), utterance, then \
            optionally speaker, snr_db, noise_type, split; all other columns are metrics, which are known without regard to case \
            and punctuation ("PESQ (WB)" is pesq_wb). Of an unknown metric say which way is better. Long tables have one row per \
            score: system, utterance, speaker, snr_db, noise_type, metric, value. Systems named "noisy" and "oracle" are \
            the references. Empty, NaN and infinite cells are kept as failed scores.
            """)

    @Argument(help: "CSV or tab-separated files.", completion: .file(extensions: ["csv", "tsv"])) var files:
        [String]
    @Option(help: "Results store; made when it does not exist.") var db = "results.sqlite"
    @Option(help: "wide or long; found from the heading otherwise.") var layout: ImportOptions.Layout?
    @Option(help: "Metrics of which smaller is better, comma-separated.") var lowerIsBetter: NameList?
    @Option(help: "Metrics of which larger is better, comma-separated.") var higherIsBetter: NameList?
    @Option(help: "Columns to leave out, comma-separated.") var ignore: NameList?
    @Option(help: "The system, for a table without such a column.") var system: String?
    @Option(help: "The data split, for a table without such a column.") var split: String?
    @Option(help: "Where the scores come from, e.g. a tool and its version; part of the metrics' signatures.")
    var source = "external"
    @Flag(
        help:
            "Replace everything that was imported for these systems before; without it, changed rows are an error."
    ) var replace = false

    func run() throws {
        try diagnostics.reportingErrors {
            var options = ImportOptions(
                layout: layout, lowerIsBetter: Set(lowerIsBetter?.names ?? []),
                higherIsBetter: Set(higherIsBetter?.names ?? []), ignoredColumns: Set(ignore?.names ?? []),
                system: system, split: split, source: source, vocabulary: MetricCatalog.vocabulary)
            var tables: [ScoreFile] = []
            for path in files {
                // What the store knows of directions holds for later tables too.
                if FileManager.default.fileExists(atPath: db) {
                    for metric in try ResultsStore(path: db, access: .readOnly).metrics() {
                        options.knownDirections[metric.name] = metric.higherIsBetter
                    }
                }
                let file = try ScoreFile(path: path, options: options)
                file.warnings.forEach { diagnostics.say("warning: \($0)") }
                tables.append(file)
            }
            let store = try ResultsStore(path: db, access: .readWrite)
            var lines: [String] = []
            var before = ImportSummary()
            let summary = try ScoreFile.add(
                tables, to: store, toolVersion: ToolVersion.current, replacing: replace
            ) { place, summary in
                let file = tables[place]
                lines.append(
                    "\(files[place]): \(file.rowCount) rows, \(file.table.systems.count) systems, "
                        + "\(file.table.metrics.count) metrics, \(file.table.items.count) items; "
                        + "\(summary.added - before.added) scores added, "
                        + "\(summary.unchanged - before.unchanged) unchanged, "
                        + "\(summary.replaced - before.replaced) replaced, "
                        + "\(summary.failed - before.failed) without a value")
                before = summary
            }
            if summary.gone > 0 {
                lines.append("\(summary.gone) scores of earlier imports are gone:")
                lines += summary.goneExamples.map { "  \($0)" }
                let more = summary.gone - summary.goneExamples.count
                if more > 0 { lines.append("  and \(more) more") }
            }
            print(lines.joined(separator: "\n"))
        }
    }
}

extension ImportOptions.Layout: ExpressibleByArgument {}
