import ArgumentParser
import Foundation
import TAVSEBase
import TAVSEEvaluation
import TAVSEMetrics
import TAVSESignal
import TAVSEStore
import ToolSupport

struct PairCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "pair", abstract: "Print every score of one pair of recordings.",
        discussion:
            "A score that cannot be computed is shown with its reason; the exit code is 0 all the same.")

    @Argument(help: "Clean recording.", completion: .file()) var clean: String
    @Argument(help: "Enhanced recording.", completion: .file()) var enhanced: String
    @Argument(help: "Noisy recording; improvements need it.", completion: .file()) var noisy: String?
    @Option(help: MetricsOption.help) var metrics: MetricsOption?
    @Option(
        help: "Resample the recordings to this rate in Hz; part of the metrics' signatures.")
    var resample: Int?
    @Option(help: "Channel to take, from 1; without it, several channels are an error.") var channel: Int?
    @Flag(help: "Cut recordings of unequal length to the shortest.") var trim = false
    @Flag(help: "One JSON object instead of a table.") var json = false

    private var resampling: ResampledReading? { resample.map(ResampledReading.init) }

    func validate() throws {
        try metrics?.validate()
        if let resample, !ResampledReading.rates.contains(resample) {
            throw ValidationError("--resample \(resample): expected 1000 to \(Resampler.maximumRate) Hz")
        }
    }

    func run() throws {
        try EvaluateCommand.diagnostics.reportingErrors {
            let chosen = metrics?.metrics ?? MetricName.allCases.map { (shown: $0.rawValue, name: $0) }
            let signals = try read()
            let scores = MetricSuite(metrics: chosen.map(\.name)).score(
                estimate: signals[1], reference: signals[0], noisy: signals.count > 2 ? signals[2] : nil)
            let rows = zip(chosen, scores).map { choice, score in
                Row(
                    name: choice.shown, descriptor: MetricCatalog.descriptor(for: choice.name),
                    outcome: ScoreOutcome(score.result))
            }
            print(json ? json(rows) : Self.table(rows))
        }
    }

    private struct Row {
        var name: String
        var descriptor: MetricDescriptor
        var outcome: ScoreOutcome
    }

    private func read() throws -> [Signal] {
        var signals: [Signal] = []
        for path in [clean, enhanced] + (noisy.map { [$0] } ?? []) {
            let signal = try AudioFile.read(path, channel: channel)
            signals.append(resampling?.signal(signal) ?? signal)
        }
        guard trim, Set(signals.map(\.sampleRate)).count == 1, let shortest = signals.map(\.count).min()
        else {
            return signals
        }
        if let longest = signals.map(\.count).max(), longest > shortest {
            EvaluateCommand.diagnostics.say(
                "cut to \(shortest) samples, \(longest - shortest) fewer than the longest")
        }
        return signals.map { Signal(samples: Array($0.samples.prefix(shortest)), sampleRate: $0.sampleRate) }
    }

    private func json(_ rows: [Row]) -> String {
        let entries = rows.map { row in
            let fields = [
                ("value", JSONText.number(row.outcome.value)),
                ("status", JSONText.string(row.outcome.status)),
                ("reason", JSONText.string(row.outcome.reason ?? "")),
                (
                    "signature",
                    JSONText.string(
                        resampling?.signature(row.descriptor.signature) ?? row.descriptor.signature)
                ),
            ]
            return "    \(JSONText.string(row.name)): \(JSONText.object(fields))"
        }
        return "{\n  \"scores\": {\n" + entries.joined(separator: ",\n") + "\n  }\n}"
    }

    private static func table(_ rows: [Row]) -> String {
        let width = rows.map(\.name.count).max() ?? 0
        return rows.map { row in
            let name = row.name + String(repeating: " ", count: width - row.name.count)
            switch row.outcome {
            case .value(let value):
                let text = String(format: "%10.4f", value)
                return "\(name)  \(text)  \(row.descriptor.unit)"
            case .failed(let status, let reason): return "\(name)           –  \(status): \(reason)"
            }
        }.joined(separator: "\n")
    }
}
