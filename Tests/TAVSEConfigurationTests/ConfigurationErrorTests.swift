import Foundation
import TAVSEConfiguration
import Testing

@Suite struct ConfigurationErrorTests {
    /// Wrong lines below `training`, which begins in line 3, and what is said about them.
    static let wrongValues: [(String, String)] = [
        ("batch_size: 0", "f:4:15: training.batch_size: expected a whole number, 1 … 65536, found 0"),
        ("batch_size: 1.5", "f:4:15: training.batch_size: expected a whole number, 1 … 65536, found 1.5"),
        ("batch_size: lots", "f:4:15: training.batch_size: expected a whole number, 1 … 65536, found lots"),
        (
            "batch_size: \"16\"",
            "f:4:15: training.batch_size: expected a whole number, 1 … 65536, found \"16\""
        ),
        ("batch_size:", "f:4:3: training.batch_size: expected a whole number, 1 … 65536, found no value"),
        (
            "batch_size: [1]", "f:4:15: training.batch_size: expected a whole number, 1 … 65536, found [1]"
        ),
        (
            "batch_size: {a: 1}",
            "f:4:15: training.batch_size: expected a whole number, 1 … 65536, found a group of keys (a …)"
        ),
        (
            "batch_size: 99999999999999999999999",
            "f:4:15: training.batch_size: expected a whole number, 1 … 65536, found 99999999999999999999999"
        ),
        (
            "batch_size: 1e400",
            "f:4:15: training.batch_size: expected a whole number, 1 … 65536, found 1e400"
        ),
        ("seed: -1", "f:4:9: training.seed: expected a whole number, 0 … 18446744073709551615, found -1"),
        ("lr: 0", "f:4:7: training.lr: expected a number > 0 and ≤ 1, found 0"),
        ("lr: .nan", "f:4:7: training.lr: expected a number > 0 and ≤ 1, found .nan"),
        ("lr: -.inf", "f:4:7: training.lr: expected a number > 0 and ≤ 1, found -.inf"),
        ("lr: 0x1p-4", "f:4:7: training.lr: expected a number > 0 and ≤ 1, found 0x1p-4"),
        ("use_amp: yes", "f:4:12: training.use_amp: expected true or false, found yes"),
        ("optimizer: sgd", "f:4:14: training.optimizer: expected adamw, found sgd"),
        (
            "betas: [0.9, 1]",
            "f:4:10: training.betas: expected a list of 2 numbers, each ≥ 0 and < 1, found [0.9, 1]"
        ),
        (
            "betas: [0.9]",
            "f:4:10: training.betas: expected a list of 2 numbers, each ≥ 0 and < 1, found [0.9]"
        ),
        (
            "betas: 0.9", "f:4:10: training.betas: expected a list of 2 numbers, each ≥ 0 and < 1, found 0.9"
        ),
        (
            "loss: 1",
            "f:4:9: training.loss: expected a group of keys (si_snr_weight, magnitude_weight), found 1"
        ),
        ("checkpoint_dir: \"a\\nb\"", "f:4:19: training.checkpoint_dir: expected a path, found \"a·b\""),
        ("batch_sise: 4", "f:4:3: training.batch_sise: unknown key; did you mean training.batch_size?"),
        (
            "segment_seconds: 4",
            "f:4:3: training.segment_seconds: unknown key; did you mean audio.segment_seconds?"
        ),
        ("lr: 0.1\n  lr: 0.2", "f:5:3: lr: given twice, first in line 4; keep one of them"),
        ("\"lr\": 0.1\n  lr: 0.2", "f:5:3: lr: given twice, first in line 4; keep one of them"),
        ("min_lr: 0.1", "f:4:11: training.min_lr: expected at most training.lr = 0.0003, found 0.1"),
        (
            "loss: {si_snr_weight: 0, magnitude_weight: 0}",
            "f:4:25: training.loss.si_snr_weight: expected a weight above 0 here or in "
                + "training.loss.magnitude_weight, found 0"
        ),
    ]

    @Test(
        "A wrong value names line, column, key, what is accepted and what was found", arguments: wrongValues)
    func values(_ line: String, _ message: String) {
        #expect(errors("\(minimal)training:\n  \(line)\n") == [message])
    }

    /// Settings that do not fit together or are wrong in other groups.
    static let wrongSettings: [(String, String)] = [
        ("experiment_name=a/b", "experiment_name: expected a folder name"),
        ("experiment_name=..", "experiment_name: expected a folder name"),
        ("experiment_name=", "experiment_name: expected a folder name"),
        ("model.active_modalities=[rgb]", "expected a list of audio and any of rgb, thermal, each once"),
        ("model.active_modalities=[audio, rgb, rgb]", "each once, found [audio, rgb, rgb]"),
        ("model.active_modalities=[audio, radar]", "each once, found [audio, radar]"),
        ("model.fusion=concat", "expected cross_attention, concat_mlp, film, found concat"),
        ("model.channels=[2, 8]", "model.channels: expected 1 and then one positive number per level"),
        ("model.channels=[1, 7]", "model.channels: expected an even last number"),
        ("model.heads=7", "model.heads: expected a divisor of 512, found 7"),
        ("model.gate_groups=3", "model.gate_groups: expected a divisor of 512, found 3"),
        ("model.fusion_heads=3", "model.fusion_heads: expected a divisor of fusion_dim = 256, found 3"),
        ("audio.sample_rate=8000", "audio.sample_rate: expected 16000, the rate of the data, found 8000"),
        ("audio.n_fft=511", "audio.n_fft: expected an even number, found 511"),
        ("audio.win_length=513", "audio.win_length: expected at most n_fft = 512, found 513"),
        ("audio.hop_length=201", "audio.hop_length: expected at most half of win_length = 400, found 201"),
        (
            "audio.segment_seconds=0.01",
            "audio.segment_seconds: expected a number ≥ 0.1 and ≤ 600, found 0.01"
        ),
        (
            "visual.roi_size=64",
            "visual.roi_size: expected 96, the size of the data, or 48, 32, 24 or 16, found 64"
        ),
        ("visual.fps=0", "visual.fps: expected a number > 0 and ≤ 1000, found 0"),
        ("visual.augmentation.jitter=25", "expected a whole number, 0 … 24, found 25"),
        ("data.train_snr_range=[15, -10]", "expected the lower number first, found [15, -10]"),
        ("data.train_snr_range=[-10, 0, 10]", "expected a list of 2 numbers, each ≥ −100 and ≤ 100"),
        ("data.test_snr_levels=[]", "expected a list of 1 … 100 numbers, each ≥ −100 and ≤ 100, found []"),
        ("data.test_snr_levels=[0, 5, 0]", "data.test_snr_levels: expected each level once"),
        ("trainig.lr=1", "trainig: unknown key; did you mean training?"),
        (
            "zzzzzzzz=1",
            "zzzzzzzz: unknown key; known here: experiment_name, model, training, audio, visual, data"
        ),
        ("training", "expected KEY=VALUE"),
        ("training..lr=1", "expected KEY=VALUE"),
        ("training.lr=[", "not valid YAML"),
        ("training.lr=*x", "training.lr: expected a number > 0 and ≤ 1, found *x"),
    ]

    @Test("A wrong --set names the option, the key and what is accepted", arguments: wrongSettings)
    func settings(_ setting: String, _ message: String) throws {
        let found = errors(minimal, [.set(setting)])
        #expect(found.count == 1)
        let first = try #require(found.first)
        #expect(first.hasPrefix("--set " + setting) && first.contains(message), "\(first)")
    }

    @Test("A camera needs a frame per crop; a spectrum needs more than half a transform")
    func segments() {
        let camera = errors(
            minimal,
            [
                .set("audio.segment_seconds=0.1"), .set("visual.fps=4"),
                .set("model.active_modalities=[audio,rgb]"),
            ])
        #expect(camera.count == 1 && camera[0].contains("at least one video frame, 1 / visual.fps = 0.25 s"))
        #expect(errors(minimal, [.set("audio.segment_seconds=0.1"), .set("visual.fps=4")]).isEmpty)
        let spectrum = errors(minimal, [.set("audio.segment_seconds=0.1"), .set("audio.n_fft=3200")])
        #expect(spectrum.count == 1 && spectrum[0].contains("more than half of audio.n_fft = 3200 samples"))
    }

    @Test("A wrong --override names the option and its line")
    func override() {
        #expect(
            errors(minimal, [.json("{\"training\":\n{\"lr\": 2}}")])
                == ["--override:2:8: training.lr: expected a number > 0 and ≤ 1, found 2"])
        #expect(errors(minimal, [.json("{\"training\": ")]).first?.hasPrefix("--override:") == true)
        #expect(
            errors(minimal, [.json("")]) == [
                "--override: holds no settings; expected at least one"
            ])
        #expect(errors(minimal, [.json("3")]).first?.contains("expected a group of keys") == true)
    }

    @Test("Everything wrong is said at once, in the order of the file, missing keys last")
    func allAtOnce() {
        let found = errors(
            """
            experiment_name: x y
            experiment_nam: 1
            model: {fusion: none, fusion: film, heads: 0}
            training:
              lr: ${NO_SUCH}
              seed: 1
              seed: 2
            """)
        #expect(
            found == [
                "f:3:23: fusion: given twice, first in line 3; keep one of them",
                "f:7:3: seed: given twice, first in line 6; keep one of them",
                "f:5:7: training.lr: ${NO_SUCH} has no value; set it in the environment or in .env, or write "
                    + "${NO_SUCH:-default}",
                "f:1:18: experiment_name: expected a folder name: 1 … 100 letters, digits, and . _ + = - inside, "
                    + "beginning with a letter or digit, found x y",
                "f:2:1: experiment_nam: unknown key; did you mean experiment_name?",
                "f:3:44: model.heads: expected a whole number, 1 … 65536, found 0",
                "f: data.root: missing; add `root: FOLDER` under `data`, or set TAVSE_DATA_ROOT in the environment "
                    + "or in .env",
            ])
        #expect(errors("data: {root: /d}") == ["f: experiment_name: missing; add `experiment_name: NAME`"])
    }

    @Test(
        "A text that is no settings is refused with words",
        arguments: [
            ("", "f: holds no settings"), ("# nothing\n---\n", "f: holds no settings"),
            ("- a\n- b", "f:1:1: expected a group of keys"), ("hello", "f:1:1: expected a group of keys"),
            ("a: [1", "not valid YAML"), ("a: b: c", "f:1:5: not valid YAML"),
            ("a: 1\n---\nb: 2", "not valid YAML: but found another document"),
            ("a: \u{1}", "not valid YAML: control characters are not allowed"),
            ("? [a, b]\n: 1", "a key must be a name"), ("a: !thing 3", "tag !thing means nothing here"),
            ("experiment_name: ${1A}", "neither ${NAME} nor ${NAME:-default}"),
            ("experiment_name: ${A", "${ without }"),
            (String(repeating: "[", count: 5000), "not valid YAML"),
            (String(repeating: "[", count: 500) + String(repeating: "]", count: 500), "nested too deeply"),
        ])
    func texts(_ text: String, _ message: String) {
        #expect(errors(text).contains { $0.contains(message) }, "\(errors(text))")
    }

    @Test("Aliases that multiply are refused at once")
    func aliasBomb() {
        var text = "a0: &a0 [x, x, x, x, x, x, x, x, x]\n"
        for level in 1...8 {
            text +=
                "a\(level): &a\(level) ["
                + Array(repeating: "*a\(level - 1)", count: 9).joined(separator: ", ")
                + "]\n"
        }
        #expect(errors(text) == ["f: more than 24 aliases (*name)"])
        let few = "a: &a [\(Array(repeating: "x", count: 9000).joined(separator: ","))]\nb: [*a, *a, *a]\n"
        #expect(errors(few).contains { $0.contains("too many values") })
    }

    @Test("An alias stands for its value")
    func alias() throws {
        let configuration = try Configuration(
            text: "experiment_name: a\ndata: {root: /d, val_snr_levels: &l [1, 2], test_snr_levels: *l}")
        #expect(configuration.data.testSNRLevels == [1, 2])
    }
}
