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
    @Option(
        name: .customLong("output-dir"),
        help:
            "Folder for eval_metrics.json, eval_raw_metrics.json and samples/; eval/SYSTEM beside the store by default."
    ) var outputFolder: String?
    @Option(help: "Keep the recordings of the first N items for listening.") var saveSamples = 0
    @OptionGroup(title: "Scoring") var scoring: ScoringOptions

    /// How many recordings without a counterpart are named.
    private static let listed = 20

    func validate() throws {
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
            for note in list.notes { diagnostics.say(note) }
            let store = try store.open()
            let folder = outputFolder ?? defaultFolder()
            let interruption = Interruption("recordings", diagnostics)
            // SIR needs the interfering sources, and an improvement the noisy input: asked for only by name.
            let hasNoisy = list.pairs.contains { $0.noisy != nil }
            let usual = MetricName.allCases.filter { $0 != .sir && (hasNoisy || $0 != .siSNRImprovement) }
            let evaluation = RecordingEvaluation(
                list.pairs, run: recordingRun(list),
                options: scoring.evaluation(usual: usual, sampleCount: saveSamples, folder: folder))
            var line = ProgressLine(unit: "recordings", quiet: scoring.quiet)
            let outcome = try evaluation.run(store: store, stop: interruption.stop) {
                line.show(done: $0.done, total: $0.total, failed: $0.failed)
            }
            line.finish()
            try scoring.finish(
                outcome, system: system, unit: "recordings", store: self.store.db, folder: folder,
                signal: interruption.exitStatus)
        }
    }

    private func recordingRun(_ list: RecordingList) -> RecordingRun {
        var run = RecordingRun(system: system, toolVersion: ToolVersion.current)
        run.split = recordings.split
        run.trim = recordings.trim
        run.channel = recordings.channel
        run.resampleRate = recordings.resample
        run.manifestHash = list.manifestHash
        run.host = Machine.name
        run.slurmJob = Machine.slurmJob
        return run
    }

    private func defaultFolder() -> String {
        let home = (store.db as NSString).deletingLastPathComponent
        return (home.isEmpty ? "" : home + "/") + "eval/" + GuideFiles.folderName(system)
    }
}
