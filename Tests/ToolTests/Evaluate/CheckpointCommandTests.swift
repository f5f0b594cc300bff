import Foundation
import GRDB
import TAVSEConfiguration
import TAVSECorpus
import TAVSEData
import TAVSEModel
import TAVSENN
import TAVSEStore
import Testing

/// Evaluates a tiny network with random weights on a tiny corpus through the binary.
@Suite(.serialized) struct CheckpointCommandTests {
    private let space: Workspace
    private let config: String

    /// A corpus for all tests of the process.
    private static let corpus: Result<String, any Error> = Result {
        let path = NSTemporaryDirectory() + "tavse-tool-corpus-\(ProcessInfo.processInfo.processIdentifier)"
        var settings = SyntheticCorpusSettings()
        settings.speakers = 3
        settings.utterances = 2
        settings.noiseSeconds = 5
        try SyntheticCorpus(settings, workers: 2).write(to: DataRoot(path))
        atexit {
            let process = ProcessInfo.processInfo.processIdentifier
            try? FileManager.default.removeItem(
                atPath: NSTemporaryDirectory() + "tavse-tool-corpus-\(process)")
        }
        return path
    }

    private static func yaml(_ root: String, checkpoints: String, modalities: String, snrs: String) -> String
    {
        """
        experiment_name: tiny
        model:
          active_modalities: [\(modalities)]
          channels: [1, 4, 8, 8, 8, 8]
          ffn_dim: 8
          heads: 2
          visual_width: 4
          gru_hidden: 4
          fusion_dim: 8
          fusion_heads: 2
          gate_groups: 2
        training:
          checkpoint_dir: \(checkpoints)
        data:
          root: \(root)
          test_snr_levels: [\(snrs)]
        """
    }

    init() throws {
        space = try Workspace()
        config = space.file("tiny.yaml")
        let text = Self.yaml(
            try Self.corpus.get(), checkpoints: space.file("checkpoints"), modalities: "audio, rgb",
            snrs: "-5, 0, 5, 10, 15")
        try text.write(toFile: config, atomically: true, encoding: .utf8)
        try writeCheckpoint("best", config: config, seed: 1)
    }

    private func writeCheckpoint(_ name: String, config: String, seed: UInt64) throws {
        let configuration = try Configuration(path: config)
        try space.makeFolder("checkpoints/tiny")
        let network = try Network(configuration.network, seed: seed)
        try Checkpoint.write(
            network.state, specification: network.specification,
            description: CheckpointDescription(
                configuration: configuration.text, toolVersion: "test", epoch: 1, step: 1,
                validationSISNR: nil, dataHashes: [:], seed: seed),
            to: space.file("checkpoints/tiny/\(name).safetensors"))
    }

    private func arguments(_ store: String? = nil) -> [String] {
        ["--config", config, "--db", store ?? space.store, "--quiet", "--metrics", "si_snr,stoi"]
    }

    private func scores(_ store: String) throws -> [String] {
        var lines: [String] = []
        try ResultsStore(path: store, access: .readOnly).exportScores {
            let value = $0.outcome.value.map { "\($0)" } ?? $0.outcome.status
            lines.append("\($0.system) \($0.itemKey) \($0.signal.name) \($0.metric) \(value)")
        }
        return lines.sorted()
    }

    @Test("evaluates the best checkpoint: table, files, samples, comparison (closed form)")
    func whole() throws {
        let first = try Tool.eval.run(arguments() + ["--save-samples", "5"])
        #expect(first.exitCode == 0, "\(first)")
        for text in ["tiny: ", "by SNR in dB", "by noise", "oracle", "real-time factor"] {
            #expect(first.output.contains(text), "\(text) in \(first)")
        }
        let folder = space.file("checkpoints/tiny/eval")
        let data = try Data(contentsOf: URL(fileURLWithPath: folder + "/eval_metrics.json"))
        let json = try #require(try JSONSerialization.jsonObject(with: data) as? [String: [String: Any]])
        #expect(Set(json.keys) == ["si_snr", "stoi", "evaluation"])
        let items = try #require(json["evaluation"]?["n_items"] as? Int)
        #expect(json["evaluation"]?["system"] as? String == "tiny")
        #expect((json["evaluation"]?["real_time_factor"] as? Double ?? 0) > 0)
        let bySNR = try #require(json["si_snr"]?["by_snr"] as? [String: [String: Any]])
        #expect(Set(bySNR.keys) == ["-5", "0", "5", "10", "15"])
        for entry in bySNR.values {
            #expect(entry["n"] as? Int == items / 5)
            #expect(Set(entry.keys) == ["mean", "n", "noisy", "improvement", "oracle"])
        }
        let samples = try FileManager.default.contentsOfDirectory(atPath: folder + "/samples")
        #expect(samples.count == 5 * 4 && samples.contains("sample0000_clean.wav"))

        let second = try Tool.eval.run(
            arguments() + ["--control", "shuffle", "--compare-with", "tiny", "--save-samples", "0"])
        #expect(second.exitCode == 0, "\(second)")
        #expect(second.output.contains("tiny+shuffle") && second.output.contains("verdict"), "\(second)")
        let third = try Tool.eval.run(
            arguments() + ["--modalities", "audio", "--json", "--save-samples", "0"])
        #expect(third.exitCode == 0 && third.output.contains("\"tiny@audio\""), "\(third)")
        #expect(FileManager.default.fileExists(atPath: folder + "/tiny_audio/eval_metrics.json") == false)
        #expect(FileManager.default.fileExists(atPath: folder + "/tiny@audio/eval_metrics.json"))
        let systems = try ResultsStore(path: space.store, access: .readOnly).runs().map(\.run.system)
        #expect(systems == ["tiny", "tiny+shuffle", "tiny@audio"])
    }

    @Test("survives SIGKILL at any moment and ends with the same scores (property)")
    func killed() throws {
        for seconds in [0.3, 0.6] {
            let tool = try Tool.eval.start(arguments() + ["--jobs", "1"])
            while tool.isRunning,
                (try? ResultsStore(path: space.store, access: .readOnly).runs().isEmpty) != false
            { Thread.sleep(forTimeInterval: 0.01) }
            Thread.sleep(forTimeInterval: seconds)
            tool.send(SIGKILL)
            _ = tool.wait()
        }
        let rest = try Tool.eval.run(arguments() + ["--resume"])
        #expect(rest.exitCode == 0, "\(rest)")
        let whole = try Tool.eval.run(arguments(space.file("whole.sqlite")))
        #expect(whole.exitCode == 0, "\(whole)")
        #expect(try scores(space.store) == scores(space.file("whole.sqlite")))
    }

    @Test("says what is wrong with checkpoint, modalities, comparison or data, before any work (closed form)")
    func refused() throws {
        func expect(_ arguments: [String], _ exitCode: Int32, _ words: String...) throws {
            let outcome = try Tool.eval.run(arguments)
            #expect(outcome.exitCode == exitCode, "\(outcome)")
            for text in words { #expect(outcome.errors.contains(text), "\(text) in \(outcome)") }
        }
        try expect(arguments() + ["--checkpoint", "latest"], 66, "latest.safetensors", "best.safetensors")
        try expect(arguments() + ["--modalities", "audio,thermal"], 64, "thermal", "audio, rgb")
        try expect(arguments() + ["--modalities", "rgb"], 64, "audio")
        try expect(arguments() + ["--modalities", "audio", "--control", "zero"], 64, "zero")
        try expect(arguments() + ["--compare-with", "nobody"], 64, "nobody")
        try expect(arguments() + ["--split", "train"], 64, "train")
        try expect(arguments() + ["--resume"], 66, "--resume")
        try expect(
            arguments() + ["--set", "model.fusion=film", "--set", "model.heads=4"], 64,
            "fusion: cross_attention in the checkpoint, film in the configuration", "heads: 2 in")
        try expect(arguments() + ["--set", "data.root=\(space.file("none"))"], 66, "test_manifest.csv")
        try space.write(Data("not a checkpoint".utf8), "broken.safetensors")
        try expect(
            arguments() + ["--checkpoint", space.file("broken.safetensors")], 65, "broken.safetensors")
        try expect(["--config", space.file("none.yaml")], 66, "none.yaml")
    }
}
