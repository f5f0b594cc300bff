import Foundation
import TAVSEConfiguration
import TAVSEModel
import Testing

/// The shortest complete configuration.
let minimal = "experiment_name: a\ndata: {root: /d}\n"

/// What is wrong with a text; empty when nothing is.
func errors(
    _ text: String, _ overrides: [ConfigurationOverride] = [], environment: [String: String] = [:]
) -> [String] {
    do throws(ConfigurationErrors) {
        _ = try Configuration(text: text, source: "f", overrides: overrides, environment: environment)
        return []
    } catch {
        return error.errors.map(\.description)
    }
}

@Suite struct ReadingTests {
    @Test("22-override-with-hash: --set takes the value literally, or refuses what would be cut")
    func literalSettings() throws {
        let text = "experiment_name: a\ndata:\n  root: /d\n"
        let read = try Configuration(
            text: text,
            overrides: [
                .set("training.checkpoint_dir=/w/run #2"), .set("data.stage_to=a: 3 #x"),
                .set("training.log_dir=\"/l #1\""), .set("data.noise_dir=*n"), .set("training.lr=2e-3"),
            ])
        #expect(read.training.checkpointDir == "/w/run #2")
        #expect(read.data.stageTo == "a: 3 #x")
        #expect(read.training.logDir == "/l #1")
        #expect(read.data.noiseDir == "*n" && read.training.lr == 2e-3)
        let refused: [ConfigurationOverride] = [
            .set("data.val_snr_levels=[0, 5] # only two"), .set("experiment_name=\"a\" #b"),
            .set("training.lr=1e-3 #x"), .set("experiment_name= a"), .json("experiment_name: exp #3"),
        ]
        for override in refused {
            #expect(throws: ConfigurationErrors.self, "\(override)") {
                try Configuration(text: text, overrides: [override])
            }
        }
    }

    @Test("Keys that are not given keep their defaults; folders lie below the root")
    func defaults() throws {
        var expected = Configuration(experimentName: "a")
        expected.data.root = "/d"
        expected.training.checkpointDir = "/d/checkpoints"
        expected.training.logDir = "/d/logs"
        #expect(try Configuration(text: minimal) == expected)
        #expect(try Configuration(text: minimal).checkpointFolder == "/d/checkpoints/a")
    }

    @Test("Values of every kind are read, in block and in flow style")
    func values() throws {
        let configuration = try Configuration(
            text: """
                experiment_name: 42
                model:
                  active_modalities: [thermal, audio, rgb]
                  fusion: film
                  channels: [1, 8.0, 1e1]
                  heads: 2
                  gate_groups: 5
                training:
                  lr: 1e-4
                  use_amp: True
                  seed: 18446744073709551615
                  betas:
                    - .8
                    - 0.99
                visual: {augmentation: null}
                audio:
                data: {root: "/d", val_noises_per_utterance: ~, test_noises_per_utterance: 2, train_snr_range: [-5, 5]}
                """)
        #expect(configuration.experimentName == "42")
        #expect(configuration.network.modalities == [.audio, .rgb, .thermal])
        #expect(configuration.network.fusion == .film)
        #expect(configuration.network.channels == [1, 8, 10])
        #expect(configuration.training.lr == 1e-4)
        #expect(configuration.training.useAMP)
        #expect(configuration.training.seed == .max)
        #expect(configuration.training.betas == [0.8, 0.99])
        #expect(configuration.input.augmentation == nil)
        #expect(configuration.data.valNoisesPerUtterance == nil)
        #expect(configuration.data.testNoisesPerUtterance == 2)
        #expect(configuration.data.trainSNRRange == [-5, 5])
    }

    @Test("Overrides join groups, replace values, and win in their order, --set last")
    func overrides() throws {
        let configuration = try Configuration(
            text: minimal + "training: {lr: 1e-3, batch_size: 8}\n",
            overrides: [
                .json("{\"training\": {\"lr\": 2e-3, \"loss\": {\"magnitude_weight\": 0.5}}}"),
                .set("training.lr=3e-3"), .set("model.active_modalities=[audio, rgb]"),
                .set("model={fusion: film}"), .set("data.stage_to="), .set("data.noise_dir=/n=1"),
            ])
        #expect(configuration.training.lr == 3e-3)
        #expect(configuration.training.batchSize == 8)
        #expect(configuration.training.loss.magnitude == 0.5)
        #expect(configuration.training.loss.siSNR == 1)
        #expect(configuration.network.fusion == .film)
        #expect(configuration.network.modalities == [.audio, .rgb])
        #expect(configuration.data.stageTo == nil)
        #expect(configuration.data.noiseDir == "/n=1")
    }

    @Test("Data paths that are given replace those below the root")
    func dataPaths() throws {
        let root = try Configuration(
            text: minimal,
            overrides: [
                .set("data.test_manifest=/m.csv"), .set("data.rgb_lmdb=/r.lmdb"), .set("data.noise_dir=/n"),
            ]
        ).dataRoot
        #expect(root.manifest(.test) == "/m.csv")
        #expect(root.manifest(.train) == "/d/processed/metadata/train_manifest.csv")
        #expect(root.frames(.rgb) == "/r.lmdb")
        #expect(root.frames(.thermal) == "/d/processed/thermal_mouth.lmdb")
        #expect(root.noise(.val) == "/n/val")
    }

    @Test("The data root comes from TAVSE_DATA_ROOT when the file names none")
    func dataRoot() throws {
        let environment = ["TAVSE_DATA_ROOT": "/env/"]
        let configuration = try Configuration(text: "experiment_name: a", environment: environment)
        #expect(configuration.data.root == "/env/")
        #expect(configuration.logFolder == "/env/logs/a")
        #expect(try Configuration(text: minimal, environment: environment).data.root == "/d")
        let null = try Configuration(
            text: "experiment_name: a\ndata: {root: null}", environment: environment)
        #expect(null.data.root == "/env/")
        let home = try Configuration(
            text: "experiment_name: a\ndata: {root: ~/x}", environment: ["HOME": "/h"])
        #expect(home.data.root == "/h/x")
    }

    @Test("The resolved text reads back as an equal configuration, and is its own resolved text")
    func roundTrip() throws {
        var configuration = try Configuration(
            text: minimal,
            overrides: [
                .set("training.lr=0.1234567890123"), .set("training.min_lr=1e-300"),
                .set("visual.augmentation=null"),
                .set("training.seed=18446744073709551615"), .set("data.stage_to='/a \"b\\ $${X} ü😀\u{2028}'"),
                .set("model.active_modalities=[audio,thermal]"), .set("data.train_snr_range=[-7.25, 0.1]"),
            ])
        configuration.data.noiseDir = "/$${Y}/$"
        #expect(configuration.data.stageTo == "/a \"b\\ ${X} ü😀\u{2028}")
        let text = configuration.text
        let again = try Configuration(text: text)
        #expect(again == configuration)
        #expect(again.text == text)
        #expect(again.hash == configuration.hash)
        #expect(configuration.hash.count == 64)
        #expect(try JSONSerialization.jsonObject(with: Data(text.utf8)) is [String: Any])
        let keys = text.split(separator: "\n").filter { $0.hasPrefix("  \"") }.map { $0.prefix { $0 != ":" } }
        #expect(keys == keys.sorted())
        configuration.training.seed = 1
        #expect(configuration.hash != again.hash)
    }
}
