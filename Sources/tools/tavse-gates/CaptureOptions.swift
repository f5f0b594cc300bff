import ArgumentParser
import Foundation
import TAVSEConfiguration
import TAVSEData
import TAVSEEvaluation
import TAVSEModel
import TAVSEStore
import ToolSupport

/// What to run, on what.
struct CaptureOptions: ParsableArguments {
    @OptionGroup var configuration: OptionalConfigurationOptions
    @Option(help: "best, latest, or a file. (default: best)") var checkpoint: String?
    @Option(
        help: "What the network is given, e.g. audio,rgb; all it has by default.", transform: Modality.list)
    var modalities: [Modality]?
    @Option(help: "Items at most, in the split's order.") var limit: Int?
    @Option(help: "Threads; as many as there are processors by default.") var jobs: Int?

    /// Whether a network is to be run.
    var isWanted: Bool { configuration.config != nil }

    func validate() throws {
        if let limit, limit < 1 { throw ValidationError("--limit must be 1 or more, got \(limit)") }
        if let jobs, !(1...1024).contains(jobs) {
            throw ValidationError("--jobs must be 1 to 1024, got \(jobs)")
        }
        let idle: [(String, Bool)] = [
            ("--checkpoint", checkpoint != nil), ("--modalities", modalities != nil),
            ("--limit", limit != nil), ("--jobs", jobs != nil),
        ]
        if !isWanted, let first = idle.first(where: \.1) {
            throw ValidationError("\(first.0) says what to run and needs --config")
        }
    }

    /// Stores the gates of every item.
    ///
    /// - Parameter store: opened when everything else is known to be right.
    /// - Returns: the store, and what to report on: its system, split and run.
    func run(
        store: StoreOptions, system: String?, split name: String?, quiet: Bool
    ) throws -> (store: ResultsStore, system: String, split: String, run: RunID) {
        guard let path = configuration.config else {
            throw ValidationError("--config is needed to run a network")
        }
        let configuration = try Configuration(
            path: path, overrides: configuration.overrides, settings: configuration.settings,
            notice: diagnostics.note)
        guard let split = Split(rawValue: name ?? Split.test.rawValue) else {
            throw EvaluationError.option(name: "split", value: name ?? "", expected: "test or val")
        }
        let evaluated = try EvaluatedNetwork(checkpoint: checkpoint ?? "best", configuration)
        let used = try ModelRun.modalities(modalities, of: evaluated.network.specification)
        let items = try ModelItems(configuration, split: split, modalities: used)
        for notice in items.notices { diagnostics.say("warning: \(notice)") }
        let run = try ModelRun(
            configuration, evaluated, items: items, modalities: used, system: system,
            toolVersion: ToolVersion.current, host: Machine.name, slurmJob: Machine.slurmJob)
        var settings = GateCapture.Options()
        if let jobs { settings.jobs = jobs }
        settings.limit = limit
        let capture = try GateCapture(evaluated, items: items, run: run, options: settings)
        let store = try store.open()
        let interruption = Interruption("items", diagnostics)
        var line = ProgressLine(unit: "items", quiet: quiet)
        let outcome = try capture.run(store: store, stop: interruption.stop) {
            line.show(done: $0.done, total: $0.total, failed: $0.failed, failure: "without gates")
        }
        line.finish()
        try say(outcome, store: store.path, signal: interruption.exitStatus)
        return (store, outcome.system, split.rawValue, outcome.run)
    }

    private func say(_ outcome: GateCapture.Outcome, store: String, signal: ExitStatus?) throws {
        let progress = outcome.progress
        if progress.reused > 0 {
            diagnostics.say("\(progress.reused) of \(progress.total) items were captured before")
        }
        for failure in outcome.failures.prefix(5) {
            diagnostics.say("skipped \(failure.item): \(failure.reason) (\(failure.status))")
        }
        if outcome.failures.count > 5 {
            diagnostics.say("\(outcome.failures.count) items were skipped in all")
        }
        if outcome.stopped {
            diagnostics.say(
                "stopped after \(progress.done) of \(progress.total) items, all stored in \(store); "
                    + "run the same command to go on")
            throw (signal ?? .stopped).exitCode
        }
    }
}
