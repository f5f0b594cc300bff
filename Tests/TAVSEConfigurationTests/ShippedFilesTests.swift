import Foundation
import TAVSEConfiguration
import TAVSEModel
import Testing

@Suite struct ShippedFilesTests {
    static let root = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
        .deletingLastPathComponent()

    /// Every file of `configs/` that is an experiment; `base.yaml` is only extended.
    static let files: [String] = {
        let folder = root.appendingPathComponent("configs").path
        let names = FileManager.default.enumerator(atPath: folder)?.compactMap { $0 as? String } ?? []
        return names.filter { $0.hasSuffix(".yaml") && !$0.hasSuffix("base.yaml") }.sorted()
    }()

    static func read(_ name: String) throws -> Configuration {
        try Configuration(
            path: root.path + "/configs/" + name, environment: ["TAVSE_DATA_ROOT": "/data"])
    }

    @Test("Every experiment is read without a notice, and the names differ")
    func experiments() throws {
        #expect(Self.files.count >= 15)
        var names: Set<String> = []
        for file in Self.files {
            let configuration = try Self.read(file)
            #expect(configuration.data.root == "/data")
            #expect(configuration.notices.filter { $0.contains("nothing") } == [], "\(file)")
            #expect(names.insert(configuration.experimentName).inserted, "\(file)")
            #expect(try Configuration(text: configuration.text) == configuration)
        }
    }

    @Test(
        "The four variants are the defaults of the settings but for name, root and cameras",
        arguments: [
            ("audio_only", [Modality.audio]), ("audio_rgb", [.audio, .rgb]),
            ("audio_thermal", [.audio, .thermal]), ("audio_rgb_thermal", [.audio, .rgb, .thermal]),
        ])
    func variants(_ name: String, _ modalities: [Modality]) throws {
        var expected = Configuration(experimentName: name)
        expected.network.modalities = modalities
        expected.data.root = "/data"
        expected.training.checkpointDir = "/data/checkpoints"
        expected.training.logDir = "/data/logs"
        #expect(try Self.read(name + ".yaml") == expected)
    }

    @Test("The reference in the documentation lists every key with type, default and meaning")
    func documentation() throws {
        let text = try String(
            contentsOf: Self.root.appendingPathComponent("docs/configuration.md"), encoding: .utf8)
        let missing = ConfigurationKey.all.map(\.documentationRow).filter { !text.contains($0) }
        #expect(missing.isEmpty, "docs/configuration.md lacks:\n\(missing.joined(separator: "\n"))")
        let rows = text.split(separator: "\n").filter { $0.hasPrefix("| `") && !$0.hasPrefix("| `--") }
        #expect(rows.count == ConfigurationKey.all.count)
    }
}
