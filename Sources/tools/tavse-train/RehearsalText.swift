import Foundation
import TAVSEBase
import TAVSEConfiguration
import TAVSESignal
import TAVSETraining
import ToolSupport

/// What a dry run found out, for people and for scripts.
enum RehearsalText {
    static func plain(_ report: RehearsalReport, _ configuration: Configuration) -> String {
        var lines = ["experiment: \(configuration.experimentName)", "", "parameters"]
        for part in report.parameters { lines.append(row(part.name, grouped(part.count))) }
        lines.append(row("total", grouped(report.parameterCount)))
        lines += ["", "shapes of a batch"]
        for shape in report.shapes {
            lines.append(row(shape.name, shape.shape.map(String.init).joined(separator: " × ")))
        }
        lines += ["", "multiply-adds of an example's forward pass, millions"]
        for part in report.cost.parts {
            lines.append(row(part.name, String(format: "%.1f", Double(part.multiplyAdds) / 1e6)))
        }
        lines.append(row("total", String(format: "%.1f", Double(report.cost.total) / 1e6)))
        lines += ["", "peak memory of tensors in a training step"]
        for use in report.memory {
            let name =
                "activations in \(use.precision.rawValue)"
                + (use.recomputesVisual ? ", visual towers recomputed" : "")
            lines.append(
                row(name, String(format: "%.1f MiB", Double(use.peakBytes) / 1_048_576), width: 50)
                    + (use.isConfigured ? "  (configured)" : ""))
        }
        lines += ["", "time on \(report.threads) threads"]
        let seconds = report.secondsPerBatch
        lines.append(row("batch of \(report.batchSize)", String(format: "%.3f s", seconds)))
        if seconds > 0 {
            lines.append(
                row("examples per second", String(format: "%.1f", Double(report.batchSize) / seconds)))
        }
        if let examples = report.examples, let steps = report.stepsPerEpoch,
            let epoch = report.secondsPerEpoch
        {
            lines.append(
                row(
                    "epoch",
                    "\(TrainingDisplay.duration(epoch)) for \(counted(examples.train, "example")) in "
                        + "\(counted(steps, "step")) and \(counted(examples.validation, "validation mix", "es"))"
                ))
        } else {
            lines.append(
                "  no data at \(configuration.data.root): measured on made up numbers, epoch unknown")
        }
        return lines.joined(separator: "\n") + "\n"
    }

    private static func counted(_ count: Int, _ noun: String, _ ending: String = "s") -> String {
        "\(count) \(noun)\(count == 1 ? "" : ending)"
    }

    static func json(_ report: RehearsalReport, _ configuration: Configuration) -> String {
        let memory = report.memory.map { use in
            JSONText.object([
                ("activations", JSONText.string(use.precision.rawValue)),
                ("recomputes_visual", "\(use.recomputesVisual)"), ("peak_bytes", "\(use.peakBytes)"),
                ("configured", "\(use.isConfigured)"),
            ])
        }
        return JSONText.object([
            ("experiment_name", JSONText.string(configuration.experimentName)),
            ("parameters", JSONText.object(report.parameters.map { ($0.name, "\($0.count)") })),
            ("parameter_count", "\(report.parameterCount)"),
            ("shapes", JSONText.object(report.shapes.map { ($0.name, "\($0.shape)") })),
            ("multiply_adds", JSONText.object(report.cost.parts.map { ($0.name, "\($0.multiplyAdds)") })),
            ("memory", JSONText.list(memory)), ("threads", "\(report.threads)"),
            ("batch_size", "\(report.batchSize)"),
            ("seconds_per_batch", JSONText.number(report.secondsPerBatch)),
            ("steps_per_epoch", report.stepsPerEpoch.map { "\($0)" } ?? "null"),
            ("seconds_per_epoch", JSONText.number(report.secondsPerEpoch)),
            ("train_examples", report.examples.map { "\($0.train)" } ?? "null"),
            ("validation_mixes", report.examples.map { "\($0.validation)" } ?? "null"),
        ]) + "\n"
    }

    private static func row(_ name: String, _ value: String, width: Int = 24) -> String {
        "  " + name + String(repeating: " ", count: max(1, width - name.count)) + value
    }

    /// Digits in groups of three.
    private static func grouped(_ number: Int) -> String {
        let digits = Array(String(number))
        return digits.enumerated().reduce(into: "") { text, item in
            if item.offset > 0, (digits.count - item.offset) % 3 == 0 { text += "," }
            text.append(item.element)
        }
    }
}
