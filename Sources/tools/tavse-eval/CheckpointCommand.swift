import ArgumentParser
import Foundation
import TAVSEAnalysis
import TAVSEConfiguration
import TAVSEData
import TAVSEEvaluation
import TAVSEMetrics
import TAVSEModel
import TAVSEReport
import TAVSEStore
import ToolSupport

struct CheckpointCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "checkpoint", abstract: "Run a trained network on the fixed test mixes and score it.",
        discussion: """
            Every utterance of the split at every SNR, with the scores of the noisy input and of the oracle mask \
            beside. Run the same command again to compute what is missing or failed. The word "checkpoint" may be left \
            out: tavse-eval --config FILE.
            """)

    @OptionGroup(title: "Configuration") var settings: ConfigurationOptions
    @OptionGroup(title: "Results") var store: StoreOptions

    @Option(help: "best, latest, or a checkpoint file.") var checkpoint = "best"
    @Option(
        help: "What the network is given, e.g. audio,rgb; all it has by default.", transform: Modality.list)
    var modalities: [Modality]?
    @Option(help: "Change the video: zero, shuffle, shift or freeze.") var control: VisualControl?
    @Option(help: "Data split: test or val.") var split: Split = .test
    @Option(
        help:
            "Name under which the scores are stored; the experiment's, with @modalities and +control, by default."
    )
    var system: String?
    @Option(
        name: .customLong("compare-with"), help: "Compare with this system of the store at the end.")
    var compareWith: String?
    @Option(
        name: .customLong("output-dir"),
        help:
            "Folder for eval_metrics.json, eval_raw_metrics.json and samples/; eval/ beside the checkpoints by default."
    ) var outputFolder: String?
    @Option(help: "Keep the recordings of N items, spread over the SNRs, for listening.") var saveSamples = 10
    @Option(
        help: "Every N-th item from the K-th on, for job arrays; join the stores with tavse-report merge.")
    var shard: Shard?
    @OptionGroup(title: "Scoring") var scoring: ScoringOptions

    func validate() throws {
        if saveSamples < 0 { throw ValidationError("--save-samples \(saveSamples): expected 0 or more") }
        if split == .train { throw ValidationError("--split train: expected test or val") }
    }

    func run() throws {
        let diagnostics = EvaluateCommand.diagnostics
        try diagnostics.reportingErrors {
            let configuration = try Configuration(
                path: settings.config, overrides: settings.overrides, settings: settings.settings,
                notice: { if settings.printedKey == nil { diagnostics.note($0) } })
            if let key = settings.printedKey {
                print(try key == "system" ? systemName(configuration) : configuration.value(of: key))
                return
            }
            let evaluated = try EvaluatedNetwork(checkpoint: checkpoint, configuration)
            let used = try ModelRun.modalities(
                modalities, of: evaluated.network.specification)
            let items = try ModelItems(configuration, split: split, modalities: used, control: control)
            for notice in items.notices { diagnostics.say("warning: \(notice)") }
            let run = try ModelRun(
                configuration, evaluated, items: items, modalities: used, system: system,
                toolVersion: ToolVersion.current, host: Machine.name, slurmJob: Machine.slurmJob)
            let store = try store.open()
            try checkComparison(run.system, store)
            let folder = outputFolder ?? defaultFolder(configuration, run)
            let interruption = Interruption("items", diagnostics)
            var line = ProgressLine(unit: "items", quiet: scoring.quiet)
            let evaluation = ModelEvaluation(
                evaluated, items: items, run: run, shard: shard,
                options: scoring.evaluation(
                    usual: MetricCatalog.seed, sampleCount: saveSamples, folder: folder))
            let outcome = try evaluation.run(store: store, stop: interruption.stop) {
                line.show(done: $0.done, total: $0.total, failed: $0.failed)
            }
            line.finish()
            try scoring.finish(
                outcome, system: run.system, unit: "items", store: store, folder: folder,
                signal: interruption.exitStatus, details: details(outcome, run, evaluated)
            ) {
                if !scoring.json, let factor = outcome.realTimeFactor {
                    let text = String(format: "%.3f", factor)
                    print("\nreal-time factor \(text) (seconds of one thread per second of sound)")
                }
                try compare(run.system, outcome.run, store)
            }
        }
    }

    /// The name under which scores are stored, known before there is a checkpoint.
    private func systemName(_ configuration: Configuration) throws -> String {
        let network = configuration.network
        return try system
            ?? ModelRun.systemName(
                experiment: configuration.experimentName, network: network.modalities,
                modalities: ModelRun.modalities(modalities, of: network), control: control)
    }

    /// `eval/` for the whole test with all modalities; a folder inside for everything else, so that nothing is replaced.
    private func defaultFolder(_ configuration: Configuration, _ run: ModelRun) -> String {
        var folder = configuration.checkpointFolder + "/eval"
        if split != .test { folder += "/" + split.rawValue }
        if run.system != configuration.experimentName { folder += "/" + GuideFiles.folderName(run.system) }
        if let shard { folder += "/shard\(shard.index)of\(shard.count)" }
        return folder
    }

    private func details(
        _ outcome: EvaluationOutcome, _ run: ModelRun, _ evaluated: EvaluatedNetwork
    ) -> EvaluationDetails {
        EvaluationDetails(
            system: run.system, modalities: run.modalities.map(\.rawValue), control: run.control?.rawValue,
            split: split.rawValue, checkpointHash: evaluated.checkpointHash,
            parameterCount: evaluated.network.state.parameterCount, items: outcome.totalItems,
            failedItems: outcome.failedItems, audioSeconds: outcome.processedSeconds,
            processingSeconds: outcome.processingSeconds, realTimeFactor: outcome.realTimeFactor)
    }

    /// Fails before the work, not after it, when there is nothing to compare with.
    private func checkComparison(_ system: String, _ store: ResultsStore) throws {
        guard let other = compareWith else { return }
        if other == system { throw ValidationError("--compare-with \(other): expected another system") }
        let known = try store.systemNames()
        guard known.contains(other) else { throw StoreError.unknownSystem(name: other, known: known) }
    }

    private func compare(_ system: String, _ run: RunID, _ store: ResultsStore) throws {
        guard let other = compareWith, !scoring.json else { return }
        let theirs = try store.selectedRuns(systems: [other], split: split.rawValue).map(\.id)
        let table = try store.scoreTable(
            systems: ["noisy", other, system], split: split.rawValue, runs: theirs.reversed() + [run])
        let comparison = try Comparison(table)
        guard let text = PairText(comparison).text(first: system, second: other) else {
            throw StoreError.unknownSystem(name: other, known: comparison.systems.map(\.name))
        }
        print("\n" + text, terminator: "")
    }
}

extension VisualControl: ExpressibleByArgument {}
extension Split: ExpressibleByArgument {}
