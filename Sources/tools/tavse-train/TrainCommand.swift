import ArgumentParser
import Foundation
import TAVSEBase
import TAVSEConfiguration
import TAVSEData
import TAVSENN
import TAVSETraining
import ToolSupport

@main
struct TrainCommand: ParsableCommand {
    /// Runs the tool; what it prints must arrive.
    static func main() {
        StandardOutput.checkAtExit()
        main(ToolArguments.prepared(for: Self.self))
    }

    static let configuration = CommandConfiguration(
        commandName: "tavse-train",
        abstract: "Train a network as a configuration file says.",
        discussion: """
            Writes to training.checkpoint_dir/EXPERIMENT: latest.safetensors, best.safetensors, the best \
            training.keep_top_k epochs as ckpt_epochNNN_sisnrX.XX.safetensors, and state.safetensors, from which \
            --resume goes on. Logs (metrics.csv, timing.csv, TensorBoard) go to training.log_dir/EXPERIMENT.

            Resuming is exact: a run that was killed at any moment and resumed ends with the same bytes in weights, \
            ranking and metrics.csv as one that was never interrupted, provided the number of threads is the same. \
            A state is saved every training.checkpoint_interval steps, at the end of every epoch, and on a signal. \
            Resuming under changed settings is an error that names them; these may change: num_workers, threads, \
            checkpoint_dir, log_dir, log_interval, checkpoint_interval, data.root, data.stage_to, the test mixes, \
            and patience upwards. So is resuming on other data: manifests, noise, and samples of recordings and frames are \
            compared with those the run began with.

            SIGTERM or SIGUSR1 saves the state after the step at hand and exits with 75, Ctrl-C with 130; a second \
            signal ends the process at once. A loss or gradient that is not finite skips the step; after \
            training.max_non_finite_steps in a row the state is saved and the exit code is 1. TAVSE_TRACE_NAN=1 names \
            the first operation whose result was not finite.

            use_amp keeps activations for the backward pass in bfloat16; linear maps and attention multiply bfloat16 with \
            float32 sums where the processor can (AVX512-BF16), all else is computed in float32. \
            gradient_checkpointing keeps only the inputs of the visual towers' blocks and computes the rest again. \
            A last step of an epoch with fewer batches than grad_accum_steps is averaged over the examples it has. \
            modality_dropout leaves out each camera of each training example independently, never the sound.
            """,
        version: ToolVersion.current)

    @OptionGroup(title: "Configuration") var settings: ConfigurationOptions

    @Flag(help: "Go on from the saved state; an error when there is none.") var resume = false
    @Flag(help: "Report parameters, shapes, multiply-adds, memory and time per step, and train nothing.")
    var dryRun = false
    @Option(
        help: ArgumentHelp(
            "Train N steps on one batch and fail unless the loss falls; nothing is written.", valueName: "N"))
    var overfitBatch: Int?
    @Flag(help: "Print a JSON summary instead of text.") var json = false
    @Flag(help: "No progress; warnings stay.") var quiet = false

    func validate() throws {
        if let overfitBatch, overfitBatch < 2 {
            throw ValidationError("--overfit-batch \(overfitBatch): expected 2 or more")
        }
        if resume, dryRun || overfitBatch != nil {
            throw ValidationError("--resume goes with neither --dry-run nor --overfit-batch")
        }
    }

    func run() throws {
        let diagnostics = Diagnostics.train
        try diagnostics.reportingErrors {
            let configuration = try Configuration(
                path: settings.config, overrides: settings.overrides, settings: settings.settings,
                notice: { if settings.printedKey == nil { diagnostics.note($0) } })
            if let key = settings.printedKey {
                print(try configuration.value(of: key))
                return
            }
            if configuration.training.threads > 0 { Parallel.use(threads: configuration.training.threads) }
            let stop = StopFlag()
            let watch = SignalWatch(others: [SIGUSR1]) {
                diagnostics.say("stopping after the step at hand; once more to stop at once")
                stop.raise()
            }
            if dryRun || overfitBatch != nil {
                try rehearse(configuration, stop, watch)
            } else {
                try train(configuration, stop, watch)
            }
        }
    }

    private func train(_ configuration: Configuration, _ stop: StopFlag, _ watch: SignalWatch) throws {
        var options = Trainer.Options(toolVersion: ToolVersion.current)
        options.resumes = resume
        options.isStopping = { stop.isRaised }
        let staging = try configuration.data.stageTo.map { try stage(configuration, to: $0) }
        options.frameStores = staging?.stores ?? [:]
        let display = TrainingDisplay(quiet: quiet)
        let log = TrainingLogWriter { Diagnostics.train.say("warning: \($0)") }
        let outcome = try withExtendedLifetime(staging) {
            let trainer = try Trainer(configuration, options: options, observers: [display, log])
            defer { display.finish() }
            return try trainer.run()
        }
        print(
            json
                ? OutcomeText.json(outcome, configuration) : OutcomeText.plain(outcome, configuration),
            terminator: "")
        if outcome.end == .interrupted { throw (watch.exitStatus ?? .stopped).exitCode }
    }

    private func stage(_ configuration: Configuration, to folder: String) throws -> FrameStaging {
        let cameras = configuration.cameras
        let staging = try FrameStaging(configuration.dataRoot, modalities: cameras, to: folder)
        let parts = [
            ("copied", staging.copied), ("there already", cameras.filter { !staging.copied.contains($0) }),
        ].filter { !$0.1.isEmpty }.map { "\($0.0): \($0.1.map(\.rawValue).joined(separator: " and "))" }
        if !quiet, !parts.isEmpty {
            Diagnostics.train.say("frames are read from \(folder), \(parts.joined(separator: "; "))")
        }
        return staging
    }

    private func rehearse(_ configuration: Configuration, _ stop: StopFlag, _ watch: SignalWatch) throws {
        let rehearsal = try Rehearsal(configuration)
        if dryRun {
            let report = try rehearsal.run { stop.isRaised }
            print(
                json ? RehearsalText.json(report, configuration) : RehearsalText.plain(report, configuration),
                terminator: "")
        }
        if let steps = overfitBatch {
            var line = ProgressLine(unit: "steps on one batch", quiet: quiet)
            let losses = try rehearsal.overfit(steps: steps, isStopping: { stop.isRaised }) {
                line.show(done: $0, total: steps, note: "loss \(TrainingDisplay.number($1))")
            }
            line.finish()
            if losses.count == steps { print(OutcomeText.overfit(losses, asJSON: json), terminator: "") }
        }
        if stop.isRaised { throw (watch.exitStatus ?? .stopped).exitCode }
    }
}

extension Diagnostics {
    /// This tool's messages.
    static let train = Diagnostics(tool: "tavse-train")
}
