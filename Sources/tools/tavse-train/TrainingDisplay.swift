import Foundation
import TAVSETraining
import ToolSupport

/// Shows a run on standard error: a line that rewrites itself on a terminal, plain lines elsewhere, and a line for every
/// epoch.
final class TrainingDisplay: TrainingObserver {
    private let quiet: Bool
    private var line: ProgressLine
    private var run: TrainingRun?
    private var shown: Phase?
    private var epoch = 1
    private var loss: Double?
    private var epochSeconds: [Double] = []

    private enum Phase: Equatable {
        case training(epoch: Int)
        case validating(epoch: Int)
    }

    init(quiet: Bool) {
        self.quiet = quiet
        line = ProgressLine(unit: "steps", quiet: quiet)
    }

    func open(_ run: TrainingRun, positions: [String: Int]?) {
        self.run = run
        say(
            "\(run.experimentName): \(run.parameterCount) parameters, \(run.trainExamples) examples, "
                + "\(run.stepsPerEpoch) steps per epoch, \(run.validationExamples) validation mixes"
                + (run.isResumed ? "; going on from step \(run.startStep)" : ""))
    }

    func observe(_ event: TrainingEvent) {
        switch event {
        case .step(let step): show(step)
        case .validating(let done, let total):
            enter(.validating(epoch: epoch), unit: "validation mixes")
            line.show(done: done, total: total)
        case .epoch(let report): show(report)
        case .warning(let text): Diagnostics.train.say("warning: \(text)")
        case .interval, .sample, .saved: break
        }
    }

    /// Clears the line.
    func finish() { line.finish() }

    private func show(_ step: StepReport) {
        guard let run else { return }
        epoch = step.epoch
        enter(.training(epoch: epoch), unit: "steps")
        if let problem = step.skipped { say("step \(step.step) skipped: \(problem)") }
        loss = step.loss ?? loss
        line.show(
            done: step.stepInEpoch, total: run.stepsPerEpoch,
            note: loss.map { "loss " + Self.number($0) } ?? "")
    }

    /// Begins another line when another kind of work begins.
    private func enter(_ phase: Phase, unit: String) {
        guard shown != phase else { return }
        line.finish()
        line = ProgressLine(unit: "\(unit) of epoch \(epoch)/\(run?.maxEpochs ?? epoch)", quiet: quiet)
        shown = phase
    }

    private func show(_ report: EpochReport) {
        guard let run else { return }
        epochSeconds.append(report.seconds)
        var text = "epoch \(report.epoch)/\(run.maxEpochs): loss \(Self.number(report.trainLoss))"
        if let validation = report.validation {
            text +=
                ", validation loss \(Self.number(validation.loss)), SI-SNR \(Self.number(validation.siSNR)) dB"
                + " (\(Self.number(validation.siSNRImprovement, signed: true)))"
            for (modality, gate) in validation.gates.sorted(by: { $0.key.rawValue < $1.key.rawValue }) {
                text += ", \(modality.rawValue) gate \(Self.number(gate))"
            }
            text += report.isBest ? ", best so far" : ", best was epoch \(report.best?.epoch ?? 0)"
        }
        text += String(format: "; %.0f s", report.seconds)
        let remaining = run.maxEpochs - report.epoch
        if remaining > 0 {
            let mean = epochSeconds.reduce(0, +) / Double(epochSeconds.count)
            text += ", at most \(Self.duration(mean * Double(remaining))) left"
        }
        say(text)
    }

    private func say(_ text: String) {
        guard !quiet else { return }
        line.finish()
        Diagnostics.train.say(text)
    }

    static func number(_ value: Double?, signed: Bool = false) -> String {
        value.map { String(format: signed ? "%+.2f" : "%.2f", $0) } ?? "not finite"
    }

    static func duration(_ seconds: Double) -> String {
        let whole = Int(min(seconds, 1e9).rounded(.up))
        if whole < 60 { return "\(whole) s" }
        if whole < 3600 { return "\(whole / 60) min \(whole % 60) s" }
        return "\(whole / 3600) h \(whole / 60 % 60) min"
    }
}
