import Foundation
import TAVSECorpus
import TAVSEData
import TestSupport

/// A corpus of a few seconds, made once, and folders in which a tiny network is trained on it.
final class TrainWorkspace {
    let folder: TemporaryFolder

    private static let corpus = Result { () throws -> TemporaryFolder in
        let folder = try TemporaryFolder()
        var settings = SyntheticCorpusSettings()
        settings.speakers = 3
        settings.utterances = 4
        settings.noiseSeconds = 5
        try SyntheticCorpus(settings, workers: 2).write(to: DataRoot(folder.path))
        return folder
    }

    /// The same relative paths in every workspace, so that files can be compared byte for byte.
    init(_ name: String = "one", epochs: Int = 3, extra: String = "") throws {
        folder = try TemporaryFolder()
        let text = """
            experiment_name: tiny
            model:
              active_modalities: [audio, thermal]
              channels: [1, 4, 4, 4, 4, 8]
              modality_dropout: 0.3
              ffn_dim: 8
              heads: 2
              visual_width: 2
              gru_hidden: 4
              fusion_dim: 8
              fusion_heads: 2
              gate_groups: 2
            audio:
              segment_seconds: 0.4
            data:
              root: \(try Self.corpus.get().path)
              val_snr_levels: [0]
            training:
              batch_size: 1
              grad_accum_steps: 1
              lr: 3e-3
              warmup_steps: 2
              max_epochs: \(epochs)
              patience: \(epochs + 1)
              log_interval: 3
              checkpoint_interval: 2
              checkpoint_dir: checkpoints
              log_dir: logs
            \(extra)
            """
        _ = try folder.write(text, to: "tiny.yaml")
    }

    private static let tool = Tool(name: "tavse-train")

    func start(_ arguments: String...) throws -> RunningTool {
        try Self.tool.start(["--config", "tiny.yaml"] + arguments, in: folder.path)
    }

    func run(_ arguments: String..., environment: [String: String] = [:]) throws -> Tool.Outcome {
        try Self.tool.run(["--config", "tiny.yaml"] + arguments, in: folder.path, environment: environment)
    }

    var statePath: String { folder.path + "/checkpoints/tiny/state.safetensors" }

    /// Waits until the first state is on the disk.
    func waitForState(of running: RunningTool) {
        while running.isRunning, !FileManager.default.fileExists(atPath: statePath) {
            Thread.sleep(forTimeInterval: 0.001)
        }
    }

    /// Everything that has to be the same in every run: all checkpoints, the state, and the metrics.
    func results() throws -> [String: Data] {
        var files: [String: Data] = [:]
        let checkpoints = folder.path + "/checkpoints/tiny"
        for name in try FileManager.default.contentsOfDirectory(atPath: checkpoints)
        where !name.hasPrefix(".lock") {
            files[name] = try Data(contentsOf: URL(fileURLWithPath: checkpoints + "/" + name))
        }
        files["metrics.csv"] = try Data(
            contentsOf: URL(fileURLWithPath: folder.path + "/logs/tiny/metrics.csv"))
        return files
    }
}
