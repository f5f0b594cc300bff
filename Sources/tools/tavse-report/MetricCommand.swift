import ArgumentParser
import Foundation
import TAVSEBase
import TAVSEMetrics
import TAVSEStore
import ToolSupport

struct MetricCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "metric", abstract: "Correct which way is better in a metric of imported scores.",
        discussion: """
            Verdicts of later reports follow; the scores stay as they are. Example:
              tavse-report metric my_cost --lower-is-better --db results.sqlite
            """)

    @Argument(help: "The metric's name.") var name: String
    @Option(help: "Results store.", completion: .file(extensions: ["sqlite"])) var db = "results.sqlite"
    @Flag(help: "Larger scores are better.") var higherIsBetter = false
    @Flag(help: "Smaller scores are better.") var lowerIsBetter = false

    func validate() throws {
        guard higherIsBetter != lowerIsBetter else {
            throw ValidationError("give either --higher-is-better or --lower-is-better")
        }
    }

    func run() throws {
        try diagnostics.reportingErrors {
            guard FileManager.default.fileExists(atPath: db) else { throw StoreError.missingFile(path: db) }
            let store = try ResultsStore(path: db, access: .readWrite)
            let names = try store.metrics().map(\.name)
            let metric = MetricCatalog.resolve(name, among: names) ?? name
            let changed = try store.setDirection(metric: metric, higherIsBetter: higherIsBetter)
            print(
                "\(db): \(metric) is \(higherIsBetter ? "higher" : "lower") is better"
                    + (changed == 0 ? " already" : ""))
        }
    }
}
