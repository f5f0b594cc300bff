import TAVSEBase
import TAVSEConfiguration
import TAVSESignal
import TAVSETraining
import ToolSupport

/// How a run ended, for people and for scripts.
enum OutcomeText {
    static func plain(_ outcome: TrainingOutcome, _ configuration: Configuration) -> String {
        var text = "\(configuration.experimentName): "
        switch outcome.end {
        case .finished: text += "finished after \(outcome.epochs) epochs, \(outcome.steps) steps"
        case .stoppedEarly:
            text +=
                "stopped after \(outcome.epochs) epochs, \(outcome.steps) steps: "
                + "\(configuration.training.patience) epochs without a better validation SI-SNR"
        case .interrupted:
            text +=
                "interrupted after \(outcome.steps) steps; run the same command with --resume to go on from "
                + outcome.statePath
        }
        if outcome.skippedSteps > 0 { text += "; \(outcome.skippedSteps) steps skipped" }
        text += "\n"
        if let best = outcome.best, let path = outcome.bestPath {
            text +=
                "best: epoch \(best.epoch), validation SI-SNR \(TrainingDisplay.number(best.siSNR)) dB: \(path)\n"
        }
        for path in outcome.kept { text += "kept: \(path)\n" }
        return text
    }

    static func json(_ outcome: TrainingOutcome, _ configuration: Configuration) -> String {
        let members = [
            ("experiment_name", JSONText.string(configuration.experimentName)),
            ("end", JSONText.string(outcome.end.rawValue)), ("epochs", "\(outcome.epochs)"),
            ("steps", "\(outcome.steps)"), ("skipped_steps", "\(outcome.skippedSteps)"),
            ("best_epoch", outcome.best.map { "\($0.epoch)" } ?? "null"),
            ("best_val_si_snr", JSONText.number(outcome.best?.siSNR)),
            ("best_checkpoint", JSONText.string(outcome.bestPath)),
            ("kept_checkpoints", JSONText.list(outcome.kept.map { JSONText.string($0) })),
            ("state", JSONText.string(outcome.statePath)),
        ]
        return JSONText.object(members) + "\n"
    }

    static func overfit(_ losses: [Double], asJSON: Bool) -> String {
        guard let first = losses.first, let last = losses.last else { return "" }
        if asJSON {
            let values = JSONText.list(losses.map { JSONText.number($0) })
            return JSONText.object([("overfit", JSONText.string("passed")), ("losses", values)]) + "\n"
        }
        return
            "one batch learned: loss \(TrainingDisplay.number(first)) → \(TrainingDisplay.number(last)) in "
            + "\(losses.count) steps: passed\n"
    }
}
