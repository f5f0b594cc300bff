import Foundation
import TAVSEModel
import TAVSENN
import TAVSEStore
import TestSupport
import Testing

@Suite("tavse-gates") struct GatesCommandTests {
    private static let tool = Tool(name: "tavse-gates")

    private let folder: TemporaryFolder
    private let config: String
    private let checkpoint: String
    private var db: String { folder.path + "/r.sqlite" }

    /// A corpus of three speakers and a network of a few thousand random weights.
    init() throws {
        folder = try TemporaryFolder()
        let root = folder.path + "/corpus"
        let made = try Tool(name: "tavse-data").run([
            "synth", "--out", root, "--speakers", "3", "--utterances", "1", "--noise-seconds", "5", "--quiet",
        ])
        #expect(made.exitCode == 0, "\(made)")
        config = try folder.write(Self.yaml(root: root), to: "tiny.yaml")
        checkpoint = folder.path + "/tiny.safetensors"
        var specification = NetworkSpecification(modalities: [.audio, .rgb, .thermal])
        specification.channels = [1, 4, 8, 8, 8, 8]
        specification.ffnDim = 8
        specification.heads = 2
        specification.visualWidth = 4
        specification.gruHidden = 4
        specification.fusionDim = 8
        specification.fusionHeads = 2
        specification.gateGroups = 2
        try Checkpoint.write(
            Network(specification, seed: 5).state, specification: specification,
            description: CheckpointDescription(
                configuration: "{}", toolVersion: "test", epoch: 1, step: 1, validationSISNR: nil,
                dataHashes: [:], seed: 5), to: checkpoint)
    }

    private static func yaml(root: String, modalities: String = "[audio, rgb, thermal]") -> String {
        """
        experiment_name: tiny
        model:
          active_modalities: \(modalities)
          channels: [1, 4, 8, 8, 8, 8]
          ffn_dim: 8
          heads: 2
          visual_width: 4
          gru_hidden: 4
          fusion_dim: 8
          fusion_heads: 2
          gate_groups: 2
        data:
          root: \(root)
          test_snr_levels: [-5, 5]
          test_noises_per_utterance: 1
        """
    }

    private func gates(_ arguments: [String]) throws -> Tool.Outcome {
        try Self.tool.run(["--db", db] + arguments, in: folder.path)
    }

    private var network: [String] { ["--config", config, "--checkpoint", checkpoint, "--quiet"] }

    @Test("captures, reports, goes on, reports again without the network, and compares a removed camera")
    func workflow() throws {
        let first = folder.path + "/first"
        let outcome = try gates(network + ["--out", first, "--rows", "--limit", "1"])
        #expect(outcome.exitCode == 0, "\(outcome)")
        for name in ["gates.md", "gates.csv", "gates.html", "gates.json", "gate_rows.csv"] {
            #expect(
                outcome.output.contains(name) && FileManager.default.fileExists(atPath: "\(first)/\(name)"))
        }
        let whole = try gates(network + ["--out", first])
        #expect(whole.exitCode == 0 && whole.errors.contains("1 of 2 items were captured before"), "\(whole)")
        let markdown = try String(contentsOfFile: first + "/gates.md", encoding: .utf8)
        #expect(markdown.hasPrefix("# Fusion gates of tiny\n") && markdown.contains("No conclusion"))
        #expect(markdown.contains("1.0 kHz") && markdown.contains("0.04 s"))

        let again = folder.path + "/again"
        #expect(try gates(["--system", "tiny", "--out", again]).exitCode == 0)
        for name in ["gates.md", "gates.csv", "gates.html", "gates.json"] {
            let files = [first, again].map { FileManager.default.contents(atPath: "\($0)/\(name)") }
            #expect(files[0] != nil && files[0] == files[1], "\(name)")
        }

        let reduced = try gates(network + ["--modalities", "audio,thermal", "--json"])
        #expect(reduced.exitCode == 0 && reduced.output.contains("\"tiny@audio+thermal\""), "\(reduced)")
        let compared = try gates(["--json"])
        #expect(compared.output.contains("\"without rgb − with\""), "\(compared)")
        let parsed = try JSONSerialization.jsonObject(with: Data(compared.output.utf8)) as? [String: Any]
        #expect(parsed?["system"] as? String == "tiny" && parsed?["items"] as? Int == 2)
        #expect(try ResultsStore(path: db, access: .readOnly).runsWithGates().map(\.items) == [2, 2])
    }

    @Test("refuses what has no gates, and options that make no sense")
    func refuses() throws {
        let alone = try gates(network + ["--modalities", "audio"])
        #expect(alone.exitCode == 64 && alone.errors.contains("audio alone has no fusion gates"), "\(alone)")
        #expect(try gates([]).exitCode == 66)
        _ = try ResultsStore(path: db, access: .readWrite)
        let none = try gates([])
        #expect(none.exitCode == 65 && none.errors.contains("holds no gates"), "\(none)")
        #expect(try gates(["--limit", "2"]).exitCode == 64)
        #expect(try gates(["--rows"]).exitCode == 64)
        #expect(try gates(network + ["--modalities", "smell"]).exitCode == 64)
        #expect(try gates(network + ["--split", "train"]).exitCode == 64)
        #expect(try gates(["--config", folder.path + "/none.yaml"]).exitCode == 66)
        #expect(try gates(["--config", config, "--checkpoint", "none"]).exitCode == 66)
    }
}
