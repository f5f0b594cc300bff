import ArgumentParser
import Foundation
import TAVSEAnalysis
import TAVSEStore
import ToolSupport

struct MergeCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "merge", abstract: "Join the stores of an evaluation's shards into one.",
        discussion: """
            Merging a file again changes nothing; two different values for one score are refused. A shard that is in none \
            of the files is named, and the evaluation is not complete until it is merged too.
            """)

    @Argument(help: "Stores to join, e.g. one per array job.") var shards: [String]
    @Option(help: "Store that receives them; made when it does not exist.") var db: String

    func run() throws {
        try diagnostics.reportingErrors {
            for shard in shards where !FileManager.default.fileExists(atPath: shard) {
                throw StoreError.missingFile(path: shard)
            }
            let store = try ResultsStore(path: db, access: .readWrite)
            for shard in shards {
                let summary = try store.merge(shard)
                print(
                    "\(shard): \(summary.added) scores added, \(summary.repaired) failures repaired, "
                        + "\(summary.unchanged) unchanged"
                        + (summary.gateRows > 0 ? ", \(summary.gateRows) rows of gates added" : ""))
                if summary.replacedLists > 0 {
                    diagnostics.say(
                        "\(shard): \(summary.replacedLists) evaluations have a later list of items there, which now "
                            + "counts; items that are no longer on it are superseded")
                }
            }
            for run in try store.runs() where !run.isCapture && run.replaces == nil {
                guard let partial = run.partialText else { continue }
                diagnostics.say(
                    "warning: run \(run.id.rawValue) of \(run.run.system) is not complete: \(partial)")
            }
        }
    }
}
