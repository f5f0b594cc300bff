import Foundation
import TestSupport
import Testing

/// The guide's workflow at its smallest, through the binaries alone: what one tool writes, the next one reads.
@Suite("The whole workflow") struct WorkflowTests {
    private static let network = """
        model:
          channels: [1, 4, 4, 4, 4, 8]
          heads: 2
          ffn_dim: 8
          visual_width: 2
          gru_hidden: 2
          fusion_dim: 4
          fusion_heads: 2
          gate_groups: 2
        training: {batch_size: 2, lr: 3e-3, warmup_steps: 1, max_epochs: 1, num_workers: 1, threads: 1}
        audio: {segment_seconds: 0.5}
        data:
          root: ${TAVSE_DATA_ROOT}
          val_snr_levels: [0]
          test_snr_levels: [-5, 5]
          test_noises_per_utterance: 1
        """

    private static func run(_ tool: String, _ arguments: String..., in folder: String) throws -> Tool.Outcome
    {
        let outcome = try Tool(name: tool).run(
            arguments, in: folder, environment: ["TAVSE_DATA_ROOT": folder + "/data"])
        #expect(outcome.exitCode == 0, "\(tool) \(arguments): \(outcome)")
        return outcome
    }

    @Test("corpus, two variants, scores, comparison, gates and an enhanced file (property)")
    func workflow() throws {
        let folder = try TemporaryFolder()
        let place = folder.path
        let files = FileManager.default
        _ = try Self.run(
            "tavse-data", "synth", "--out", "data", "--speakers", "3", "--utterances", "2", "--seed", "7",
            in: place)
        _ = try Self.run("tavse-data", "verify", "data", in: place)
        try Data(Self.network.utf8).write(to: URL(fileURLWithPath: place + "/base.yaml"))
        for (name, modalities) in [("plain", "[audio]"), ("seeing", "[audio, rgb]")] {
            let text = """
                extends: base.yaml
                experiment_name: \(name)
                model: {active_modalities: \(modalities)}
                """
            try Data(text.utf8).write(to: URL(fileURLWithPath: place + "/\(name).yaml"))
            _ = try Self.run("tavse-train", "--config", "\(name).yaml", "--quiet", in: place)
            _ = try Self.run(
                "tavse-eval", "--config", "\(name).yaml", "--checkpoint", "best", "--db", "results.sqlite",
                "--metrics", "si_snr,stoi", "--quiet", in: place)
            #expect(files.fileExists(atPath: place + "/data/checkpoints/\(name)/eval/eval_metrics.json"))
        }
        _ = try Self.run("tavse-report", "--db", "results.sqlite", "--out", "report", in: place)
        let report = try String(contentsOfFile: place + "/report/report.md", encoding: .utf8)
        for name in ["plain", "seeing", "noisy input", "oracle mask"] {
            #expect(report.contains(name), "\(name) in \(report)")
        }
        _ = try Self.run(
            "tavse-gates", "--config", "seeing.yaml", "--checkpoint", "best", "--db", "results.sqlite",
            "--out", "gates", "--quiet", in: place)
        let gates = try String(contentsOfFile: place + "/gates/gates.md", encoding: .utf8)
        #expect(gates.contains("rgb gate"), "\(gates)")
        let noisy = try #require(
            files.contentsOfDirectory(atPath: place + "/data/checkpoints/plain/eval/samples")
                .first { $0.hasSuffix("_noisy.wav") })
        _ = try Self.run(
            "tavse-enhance", "data/checkpoints/plain/eval/samples/\(noisy)", "--config", "plain.yaml",
            "--out",
            "enhanced", "--quiet", in: place)
        #expect(files.fileExists(atPath: place + "/enhanced/\(noisy)"))
    }
}
