import ArgumentParser
import TAVSEReport
import TAVSEStore
import ToolSupport

struct ListCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "list", abstract: "Show what a store holds: every run with its system, state and counts."
    )

    @Option(help: "Results store.", completion: .file(extensions: ["sqlite"])) var db = "results.sqlite"
    @Flag(help: "Write JSON.") var json = false

    func run() throws {
        try diagnostics.reportingErrors {
            let store = try ResultsStore(path: db, access: .readOnly)
            let overview = try StoreOverview(store: store)
            print(json ? overview.json : overview.text, terminator: "")
        }
    }
}
