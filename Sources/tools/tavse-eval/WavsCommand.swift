import ArgumentParser
import Foundation
import TAVSEEvaluation
import TAVSEMetrics
import TAVSEReport
import TAVSEStore
import ToolSupport

struct WavsCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "wavs", abstract: "Score a system's recordings, whatever made them.",
        discussion: """
            Pairs recordings by relative path (extensions may differ) or by a manifest with the columns utterance, \
            speaker, snr_db, noise_type, clean, noisy, enhanced. A recording that cannot be scored is stored with its \
            reason and the batch goes on. Run the same command again to compute what is missing, failed or changed.
            """)

    @OptionGroup(title: "Recordings") var recordings: RecordingOptions
    @OptionGroup(title: "Results") var store: StoreOptions

    @Option(help: "Name under which the scores are stored.") var system: String
    @Option(help: MetricsOption.help) var metrics: MetricsOption?
    @Option(help: "Threads; all processors by default.") var jobs: Int?
    @Option(
        name: .customLong("output-dir"),
        help:
            "Folder for eval_metrics.json, eval_raw_metrics.json and samples/; eval/SYSTEM beside the store by default."
    ) var outputFolder: String?
    @Option(help: "Keep the recordings of the first N items for listening.") var saveSamples = 0
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
    @Flag(help: "No progress.") var quiet = false

    /// How many recordings without a counterpart are named.
    private static let listed = 20

    func validate() throws {
        if resume && fresh { throw ValidationError("--resume and --fresh exclude each other") }
        if let jobs, !(1...1024).contains(jobs) {
            throw ValidationError("--jobs \(jobs): expected 1 to 1024")
        }
        if saveSamples < 0 { throw ValidationError("--save-samples \(saveSamples): expected 0 or more") }
    }

    func run() throws {
        let diagnostics = EvaluateCommand.diagnostics
        try diagnostics.reportingErrors {
            let list = try recordings.list()
            for message in list.unmatched.prefix(Self.listed) { diagnostics.say("left out: \(message)") }
            if list.unmatched.count > Self.listed {
                diagnostics.say("left out: \(list.unmatched.count - Self.listed) more")
            }
            let store = try store.open()
            let folder = outputFolder ?? defaultFolder()
            let cancellation = Cancellation()
            let watch = SignalWatch {
                diagnostics.say("stopping after the recordings at hand; once more to stop at once")
                cancellation.cancel()
            }
            let evaluation = RecordingEvaluation(
                system: system, pairs: list.pairs, manifestHash: list.manifestHash,
                options: options(for: list.pairs, folder: folder))
            var line = ProgressLine(unit: "recordings", quiet: quiet)
            let outcome = try evaluation.run(store: store, cancellation: cancellation) { progress in
                line.show(
                    done: progress.done, total: progress.total,
                    note: progress.failed > 0 ? "\(progress.failed) failed" : "")
            }
            line.finish()
            try finish(outcome, folder: folder, signal: watch.exitStatus)
        }
    }

    private func options(for pairs: [RecordingPair], folder: String) -> RecordingEvaluation.Options {
        // SIR needs the interfering sources, and an improvement the noisy input: asked for only by name.
        let hasNoisy = pairs.contains { $0.noisy != nil }
        let usual = MetricName.allCases.filter { $0 != .sir && (hasNoisy || $0 != .siSNRImprovement) }
        var options = RecordingEvaluation.Options(
            metrics: MetricNaming.ordered(metrics?.metrics.map(\.name) ?? usual),
            toolVersion: ToolVersion.current)
        if let jobs { options.jobs = jobs }
        options.start = fresh ? .fresh : resume ? .resume : .continue
        options.trim = recordings.trim
        options.channel = recordings.channel
        options.split = recordings.split
        options.sampleCount = saveSamples
        options.sampleFolder = folder + "/samples"
        options.host = Self.hostName()
        options.slurmJob = ProcessInfo.processInfo.environment["SLURM_JOB_ID"]
        return options
    }

    /// The machine's own name for itself; Foundation's asks name servers, which may take long.
    private static func hostName() -> String? {
        var name = [CChar](repeating: 0, count: 256)
        guard gethostname(&name, name.count - 1) == 0 else { return nil }
        return String(decoding: name.prefix { $0 != 0 }.map(UInt8.init(bitPattern:)), as: UTF8.self)
    }

    private func defaultFolder() -> String {
        let home = (store.db as NSString).deletingLastPathComponent
        return (home.isEmpty ? "" : home + "/") + "eval/" + GuideFiles.folderName(system)
    }

    private func finish(_ outcome: EvaluationOutcome, folder: String, signal: ExitStatus?) throws {
        let diagnostics = EvaluateCommand.diagnostics
        if outcome.stopped {
            diagnostics.say(
                "stopped after \(outcome.table.items.count) of \(outcome.totalItems) recordings, all stored in "
                    + "\(store.db); run the same command with --resume to go on")
            throw (signal ?? .stopped).exitCode
        }
        let files = try GuideFiles(table: outcome.table, system: system)
        try OutputFile.createFolder(folder)
        try OutputFile.write(files.metrics, to: folder + "/eval_metrics.json")
        try OutputFile.write(files.rawMetrics, to: folder + "/eval_raw_metrics.json")
        if outcome.reusedItems > 0 {
            diagnostics.say("\(outcome.reusedItems) of \(outcome.totalItems) recordings were scored before")
        }
        if outcome.trimmedItems > 0 {
            diagnostics.say(
                "\(outcome.trimmedItems) recordings cut to the shortest of their set, "
                    + "by at most \(outcome.mostTrimmedSamples) samples")
        }
        if json {
            print(files.metrics, terminator: "")
        } else {
            print(
                "\(system): \(outcome.totalItems) recordings, \(outcome.failedItems) failed; run "
                    + "\(outcome.run.rawValue) of \(store.db)\n")
            print(SummaryText.table(outcome.table, system: system), terminator: "")
        }
        if outcome.failedItems > 0 {
            diagnostics.say(
                "\(outcome.failedItems) recordings failed; reasons: sqlite3 \(store.db) "
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
