import ArgumentParser
import Foundation
import TAVSEStore
import ToolSupport

struct RemoveCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "remove", abstract: "Remove a system or one run from a store, after printing what.",
        discussion: """
            Scores, gates and lists of the runs go, and items and systems that no run is left for. Recordings kept for \
            listening are files of their own and stay.
            """)

    @Option(help: "Results store.", completion: .file(extensions: ["sqlite"])) var db = "results.sqlite"
    @Option(help: "Remove every run of this system.") var system: String?
    @Option(name: .customLong("run"), help: "Remove the run of this number, as tavse-report list shows it.")
    var number: Int64?
    @Flag(help: "Print what would be removed, and remove nothing.") var dryRun = false

    func validate() throws {
        guard (system == nil) != (number == nil) else {
            throw ValidationError("give --system NAME or --run K, one of the two")
        }
    }

    func run() throws {
        try diagnostics.reportingErrors {
            guard FileManager.default.fileExists(atPath: db) else { throw StoreError.missingFile(path: db) }
            let store = try ResultsStore(path: db, access: .readWrite)
            let removal: ResultsStore.Removal =
                number.map { .run(RunID(rawValue: $0)) } ?? .system(system ?? "")
            print(Self.text(try store.remove(removal, dryRun: true)), terminator: "")
            if dryRun {
                print("nothing removed (--dry-run)")
            } else {
                _ = try store.remove(removal)
                print("removed from \(db)")
            }
        }
    }

    private static func text(_ summary: RemovalSummary) -> String {
        let lines = summary.runs.map { run in
            "run \(run.id.rawValue) of \(run.run.system): \(run.run.source.rawValue), started \(run.started), "
                + "\(run.items) items, \(run.superseded) superseded"
        }
        let counts =
            "\(summary.scores) scores, \(summary.gateRows) rows of gates, \(summary.samples) entries of recordings, "
            + "\(summary.items) items and \(summary.systems.count) systems that no other run has"
        return (lines + [counts]).joined(separator: "\n") + "\n"
    }
}
