import ArgumentParser
import Foundation
import TAVSEEvaluation
import TAVSEMetrics
import TAVSEReport
import ToolSupport

/// How a batch is scored, stopped, resumed and reported, whatever made the signals.
struct ScoringOptions: ParsableArguments {
    @Option(help: MetricsOption.help) var metrics: MetricsOption?
    @Option(help: "Threads; all processors by default.") var jobs: Int?
    @Option(
        help: "Failed items, as a number or a percentage, beyond which the exit code is 3.") var maxFailed:
        FailureLimit = .count(0)
    @Flag(
        help:
            "Continue an earlier run; an error when there is none. Without it, a run is continued or started."
    )
    var resume = false
    @Flag(help: "Compute everything again as a new run; earlier ones are kept.") var fresh = false
    @Flag(help: "Print eval_metrics.json instead of a table.") var json = false
    @Flag(help: "No progress; warnings stay.") var quiet = false

    func validate() throws {
        if resume && fresh { throw ValidationError("--resume and --fresh exclude each other") }
        try metrics?.validate()
        if let jobs, !(1...1024).contains(jobs) {
            throw ValidationError("--jobs \(jobs): expected 1 to 1024")
        }
    }

    /// The options as a library takes them.
    ///
    /// - Parameters:
    ///   - usual: metrics where none were asked for.
    ///   - sampleCount: items whose recordings are kept for listening.
    ///   - folder: for the result files.
    func evaluation(usual: [MetricName], sampleCount: Int, folder: String) -> EvaluationOptions {
        var options = EvaluationOptions()
        options.metrics = MetricNaming.ordered(metrics?.metrics.map(\.name) ?? usual)
        if let jobs { options.jobs = jobs }
        options.start = fresh ? .fresh : resume ? .resume : .continue
        options.sampleCount = sampleCount
        options.sampleFolder = folder + "/samples"
        return options
    }

    /// Writes the result files and says what was found; what was not done or failed becomes the exit code.
    ///
    /// - Parameters:
    ///   - outcome: what was found.
    ///   - system: its name.
    ///   - unit: what was scored, in the plural.
    ///   - store: path of the store.
    ///   - folder: for the result files.
    ///   - signal: exit code of a signal that was received.
    ///   - details: of a network.
    ///   - beforeExit: printed or done when all is written, before failures become an exit code.
    func finish(
        _ outcome: EvaluationOutcome, system: String, unit: String, store: String, folder: String,
        signal: ExitStatus?, details: EvaluationDetails? = nil, beforeExit: () throws -> Void = {}
    ) throws {
        let diagnostics = EvaluateCommand.diagnostics
        if outcome.stopped {
            diagnostics.say(
                "stopped after \(outcome.table.items.count) of \(outcome.totalItems) \(unit), all stored in "
                    + "\(store); run the same command with --resume to go on")
            throw (signal ?? .stopped).exitCode
        }
        let files = try GuideFiles(table: outcome.table, system: system, details: details)
        try OutputFile.createFolder(folder)
        try OutputFile.write(files.metrics, to: folder + "/eval_metrics.json")
        try OutputFile.write(files.rawMetrics, to: folder + "/eval_raw_metrics.json")
        if outcome.reusedItems > 0 {
            diagnostics.say("\(outcome.reusedItems) of \(outcome.totalItems) \(unit) were scored before")
        }
        if outcome.trimmedItems > 0 {
            diagnostics.say(
                "\(outcome.trimmedItems) \(unit) cut to the shortest of their set, "
                    + "by at most \(outcome.mostTrimmedSamples) samples")
        }
        if json {
            print(files.metrics, terminator: "")
        } else {
            print(
                "\(system): \(outcome.totalItems) \(unit), \(outcome.failedItems) failed; run "
                    + "\(outcome.run.rawValue) of \(store)\n")
            print(SummaryText.table(outcome.table, system: system), terminator: "")
            let conditions = ConditionText.tables(outcome.table, system: system)
            if !conditions.isEmpty { print("\n" + conditions, terminator: "") }
        }
        try beforeExit()
        if outcome.failedItems > 0 {
            diagnostics.say(
                "\(outcome.failedItems) \(unit) failed; reasons: sqlite3 \(store) "
                    + "\"SELECT * FROM v_failures WHERE run = \(outcome.run.rawValue)\"")
        }
        if outcome.failedItems > maxFailed.limit(of: outcome.totalItems) {
            throw ExitStatus.tooManyFailures.exitCode
        }
    }
}

/// How many items may fail: a number, or a share in per cent.
enum FailureLimit: ExpressibleByArgument {
    case count(Int)
    case percent(Double)

    init?(argument: String) {
        if argument.hasSuffix("%"), let share = Double(argument.dropLast()), (0...100).contains(share) {
            self = .percent(share)
        } else if let count = Int(argument), count >= 0 {
            self = .count(count)
        } else {
            return nil
        }
    }

    var defaultValueDescription: String { "0" }

    /// The greatest number of failures that is allowed.
    func limit(of total: Int) -> Int {
        switch self {
        case .count(let count): count
        case .percent(let share): Int((share / 100 * Double(total)).rounded(.down))
        }
    }
}
