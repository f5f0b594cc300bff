import Foundation
import TAVSEData
import TAVSEModel
import TAVSENN
import TAVSESignal
import TestSupport
import Testing

@Suite("tavse-enhance")
final class EnhanceCommandTests {
    let tool = Tool(name: "tavse-enhance")
    let folder: TemporaryFolder
    let network: Network

    init() throws {
        folder = try TemporaryFolder()
        var s = NetworkSpecification(modalities: [.audio, .thermal])
        (s.channels, s.ffnDim, s.heads) = ([1, 4, 4, 4, 4, 8], 8, 2)
        (s.visualWidth, s.gruHidden, s.fusionDim, s.fusionHeads, s.gateGroups) = (2, 4, 8, 2, 2)
        network = try Network(s, seed: 3)
        network.state.mode = .evaluation
        try Checkpoint.write(
            network.state, specification: s,
            description: CheckpointDescription(
                configuration: "{}", toolVersion: "0.1.0", epoch: 1, step: 1, validationSISNR: nil,
                dataHashes: [:], seed: 3), to: folder.path + "/best.safetensors")
        try FileManager.default.createDirectory(
            atPath: folder.path + "/in/deep", withIntermediateDirectories: true)
        try AudioFile.write(Workspace.voice(seed: 1), to: folder.path + "/in/a.wav")
        try AudioFile.write(Workspace.voice(seed: 2, count: 9000), to: folder.path + "/in/deep/b.flac")
    }

    func run(_ inputs: [String], _ more: [String] = []) throws -> Tool.Outcome {
        try tool.run(
            inputs + ["--checkpoint", "best", "--checkpoint-dir", ".", "--out", "out"] + more,
            in: folder.path)
    }

    /// The network itself is the oracle.
    @Test("enhances a folder, keeps its tree, and passes over what is there")
    func folderOfRecordings() throws {
        let outcome = try run(["in"])
        #expect(outcome.exitCode == 0, "\(outcome)")
        #expect(outcome.output.hasPrefix("2 enhanced, 0 there already, 0 failed"))
        #expect(outcome.output.contains("real-time factor"))
        #expect(outcome.errors.contains("no --thermal: every recording is enhanced without it"))
        let noisy = try AudioFile.read(folder.path + "/in/a.wav")
        let expected = try Enhancer(network).enhance(noisy.samples).wave
        let found = try AudioFile.read(folder.path + "/out/a.wav")
        #expect(found.count == noisy.count && found.sampleRate == 16000)
        // Half a step of 16 bits, and the rounding of another thread count.
        #expect(zip(found.samples, expected).allSatisfy { abs($0 - $1) <= 0.501 / 32768 })
        #expect(try AudioFile.read(folder.path + "/out/deep/b.wav").count == 9000)
        let again = try run(["in"], ["--json", "--quiet"])
        // Progress is quiet, warnings are not.
        #expect(again.exitCode == 0 && again.errors.contains("no --thermal"))
        #expect(again.output.contains("\"skipped\": 2"))
        #expect(try JSONSerialization.jsonObject(with: Data(again.output.utf8)) is [String: Any])
        #expect(try run(["in"], ["--force"]).output.hasPrefix("2 enhanced"))
    }

    @Test("takes the checkpoint of a configuration's experiment, the best unless told")
    func configured() throws {
        try FileManager.default.createDirectory(
            atPath: folder.path + "/models/tiny", withIntermediateDirectories: true)
        try FileManager.default.moveItem(
            atPath: folder.path + "/best.safetensors", toPath: folder.path + "/models/tiny/best.safetensors")
        _ = try folder.write(
            "experiment_name: tiny\ndata:\n  root: unused\ntraining:\n  checkpoint_dir: models\n",
            to: "tiny.yaml"
        )
        let common = ["in/a.wav", "--out", "out", "--config", "tiny.yaml", "--quiet"]
        func outcome(_ more: String...) throws -> Tool.Outcome {
            try tool.run(common + more, in: folder.path)
        }
        let best = try outcome()
        #expect(best.exitCode == 0 && best.output.hasPrefix("1 enhanced"), "\(best)")
        let latest = try outcome("--checkpoint", "latest")
        #expect(
            latest.exitCode == 66 && latest.errors.contains("models/tiny has best.safetensors"), "\(latest)")
        let elsewhere = try outcome("--set", "training.checkpoint_dir=nowhere")
        #expect(elsewhere.exitCode == 66 && elsewhere.errors.contains("nowhere/tiny"), "\(elsewhere)")
        let file = try outcome("--force", "--checkpoint", "models/tiny/best.safetensors")
        #expect(file.exitCode == 0, "\(file)")
        let both = try outcome("--checkpoint-dir", "models/tiny")
        #expect(both.exitCode == 64 && both.errors.contains("give one"), "\(both)")
        let unknown = try outcome("--set", "training.checkpoint_folder=x")
        #expect(unknown.exitCode == 64 && unknown.errors.contains("checkpoint_dir"), "\(unknown)")
        let none = try tool.run(["in/a.wav", "--out", "out"], in: folder.path)
        #expect(none.exitCode == 64 && none.errors.contains("--config FILE"), "\(none)")
        let idle = try run(["in/a.wav"], ["--set", "training.lr=1e-4"])
        #expect(idle.exitCode == 64 && idle.errors.contains("needs --config"), "\(idle)")
    }

    @Test("goes past bad recordings and says why")
    func badRecordings() throws {
        _ = try folder.write("not audio", to: "in/c.wav")
        try AudioFile.write(
            Signal(samples: [0, .nan, 0], sampleRate: 16000), to: folder.path + "/in/d.wav",
            encoding: .float32)
        let outcome = try run(["in"])
        #expect(outcome.exitCode == 3, "\(outcome)")
        #expect(outcome.output.hasPrefix("2 enhanced, 0 there already, 2 failed"))
        #expect(outcome.errors.contains("in/c.wav: not an audio file"))
        #expect(outcome.errors.contains("in/d.wav: sample 1 is NaN or infinite"))
        #expect(!FileManager.default.fileExists(atPath: folder.path + "/out/c.wav"))
    }

    @Test("resamples other rates and writes FLAC when asked")
    func rates() throws {
        try AudioFile.write(
            Workspace.voice(seed: 5, rate: 48000, count: 48000), to: folder.path + "/studio.wav")
        let outcome = try run(["studio.wav"], ["--format", "flac"])
        #expect(outcome.exitCode == 0, "\(outcome)")
        #expect(outcome.errors.contains("1 recording resampled, studio.wav from 48000 Hz"))
        let found = try AudioFile.read(folder.path + "/out/studio.flac")
        #expect(found.sampleRate == 16000 && found.count == 16000)
    }

    @Test(
        "28-output-inside-input: the output folder is left out of the inputs; the same command again is idle")
    func outputInside() throws {
        func again() throws -> Tool.Outcome {
            try tool.run(["in", "--checkpoint", "best.safetensors", "--out", "in/enhanced"], in: folder.path)
        }
        #expect(try again().output.hasPrefix("2 enhanced, 0 there already, 0 failed"))
        let second = try again()
        #expect(
            second.exitCode == 0 && second.output.hasPrefix("0 enhanced, 2 there already, 0 failed"),
            "\(second)")
    }

    @Test("29-quiet-hides-clipping: --quiet hides progress, not warnings")
    func quietWarnings() throws {
        let voice = Workspace.voice(seed: 3)
        try AudioFile.write(
            Signal(samples: voice.samples.map { 100 * $0 }, sampleRate: 16000), to: folder.path + "/loud.wav",
            encoding: .float32)
        let outcome = try run(["loud.wav"], ["--quiet"])
        #expect(outcome.exitCode == 0 && outcome.errors.contains("cut at full scale"), "\(outcome)")
    }

    @Test("36-stale-enhanced: outputs of another checkpoint or recording are made again")
    func stale() throws {
        #expect(try run(["in/a.wav"]).output.hasPrefix("1 enhanced"))
        #expect(try run(["in/a.wav"]).output.hasPrefix("0 enhanced, 1 there already"))
        try AudioFile.write(Workspace.voice(seed: 9, count: 8000), to: folder.path + "/in/a.wav")
        let changed = try run(["in/a.wav"])
        #expect(changed.output.hasPrefix("1 enhanced") && changed.errors.contains("made again"), "\(changed)")
        #expect(try AudioFile.read(folder.path + "/out/a.wav").count == 8000)
        let other = try Network(network.specification, seed: 4)
        try Checkpoint.write(
            other.state, specification: network.specification,
            description: CheckpointDescription(
                configuration: "{}", toolVersion: "0.1.0", epoch: 1, step: 1, validationSISNR: nil,
                dataHashes: [:], seed: 4), to: folder.path + "/best.safetensors")
        #expect(try run(["in/a.wav"]).output.hasPrefix("1 enhanced"))
        // A file that does not say what made it is kept, and named.
        try AudioFile.write(Workspace.voice(seed: 9), to: folder.path + "/out/a.wav")
        let foreign = try run(["in/a.wav"])
        #expect(
            foreign.output.hasPrefix("0 enhanced, 1 there already") && foreign.errors.contains("--force"),
            "\(foreign)")
    }

    @Test("11-unpadded-frames: pictures in the order of their numbers; a count that does not fit is said")
    func frameOrder() throws {
        func write(_ count: Int, _ place: String, _ name: (Int) -> String) throws {
            let path = folder.path + "/\(place)/a"
            try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
            for n in 0..<count {
                let bytes = try PNGCodec.encode(
                    Raster(width: 96, height: 96, channels: 1, fill: UInt8(5 * n)))
                try Data(bytes).write(to: URL(fileURLWithPath: path + "/" + name(n)))
            }
            _ = try folder.write("not a picture", to: place + "/a/._frame1.png")
        }
        try write(42, "padded") { String(format: "%03d.png", $0) }
        try write(42, "plain") { "frame\($0).png" }
        try write(20, "half") { "frame\($0).png" }
        let padded = try run(["in/a.wav"], ["--thermal", "padded"])
        #expect(padded.exitCode == 0 && !padded.errors.contains("frames;"), "\(padded)")
        let expected = try AudioFile.read(folder.path + "/out/a.wav").samples
        #expect(try run(["in/a.wav"], ["--thermal", "plain", "--force"]).exitCode == 0)
        #expect(try AudioFile.read(folder.path + "/out/a.wav").samples == expected)
        let half = try run(["in/a.wav"], ["--thermal", "half", "--quiet"])
        #expect(half.exitCode == 0 && half.errors.contains("20 thermal frames"), "\(half)")
    }

    @Test("38-small-things: --out naming a file is 73, a name that begins with a dash gets a hint and 64")
    func smallThings() throws {
        _ = try folder.write("x", to: "file")
        let onFile = try tool.run(
            ["in/a.wav", "--checkpoint", "best.safetensors", "--out", "file"], in: folder.path)
        #expect(onFile.exitCode == 73 && onFile.errors.contains("it is a file"), "\(onFile)")
        try FileManager.default.copyItem(
            atPath: folder.path + "/in/a.wav", toPath: folder.path + "/-dash.wav")
        let common = ["--checkpoint", "best.safetensors", "--out", "out"]
        let dash = try tool.run(["-dash.wav"] + common, in: folder.path)
        #expect(dash.exitCode == 64 && dash.errors.contains("./-dash.wav"), "\(dash)")
        let separated = try tool.run(common + ["--", "-dash.wav"], in: folder.path)
        #expect(separated.exitCode == 0 && separated.output.hasPrefix("1 enhanced"), "\(separated)")
    }

    @Test("01-symlinked-folder: linked folders are followed")
    func linked() throws {
        try AudioFile.write(Workspace.voice(seed: 1), to: folder.path + "/in/deep/c.wav")
        try FileManager.default.moveItem(atPath: folder.path + "/in/deep", toPath: folder.path + "/disk")
        try FileManager.default.createSymbolicLink(
            atPath: folder.path + "/in/deep", withDestinationPath: folder.path + "/disk")
        #expect(try run(["in"]).output.hasPrefix("3 enhanced"))
    }

    @Test("uses pictures of a folder, and refuses those of another size")
    func pictures() throws {
        let frames = folder.path + "/mouths/a"
        try FileManager.default.createDirectory(atPath: frames, withIntermediateDirectories: true)
        for n in 0..<42 {
            let bytes = try PNGCodec.encode(
                Raster(width: 96, height: 96, channels: 1, fill: UInt8(5 * n)))
            try Data(bytes).write(to: URL(fileURLWithPath: frames + String(format: "/%03d.png", n)))
        }
        let outcome = try run(["in/a.wav"], ["--thermal", "mouths", "--json"])
        #expect(outcome.exitCode == 0, "\(outcome)")
        #expect(outcome.output.contains("\"video\": [\"thermal\"]"))
        let seen = try AudioFile.read(folder.path + "/out/a.wav").samples
        #expect(try run(["in/a.wav"], ["--force"]).exitCode == 0)
        #expect(try AudioFile.read(folder.path + "/out/a.wav").samples != seen)
        let small = try PNGCodec.encode(Raster(width: 8, height: 8, channels: 1))
        try Data(small).write(to: URL(fileURLWithPath: frames + "/000.png"))
        let refused = try run(["in/a.wav"], ["--thermal", "mouths", "--force"])
        #expect(refused.exitCode == 3)
        #expect(refused.errors.contains("8x8 with 1 channels, expected mouth crops of 96x96"))
    }

    @Test("wrong command lines and missing files have their own exit codes")
    func usage() throws {
        #expect(try run(["nothing.wav"]).exitCode == 66)
        #expect(try run(["in"], ["--modalities", "audio,rgb"]).exitCode == 64)
        #expect(try run(["in"], ["--modalities", "thermal"]).exitCode == 64)
        #expect(try run(["in"], ["--thermal", "nowhere"]).exitCode == 66)
        #expect(try run(["in", "in/a.wav"]).exitCode == 64)
        let onto = try tool.run(
            ["in", "--checkpoint", "best.safetensors", "--out", "in"], in: folder.path)
        #expect(onto.exitCode == 64 && onto.errors.contains("choose another --out"))
        let missing = try tool.run(
            ["in", "--checkpoint", "latest", "--checkpoint-dir", ".", "--out", "out"], in: folder.path)
        #expect(missing.exitCode == 66 && missing.errors.contains("has best.safetensors"))
        _ = try folder.write("garbage!", to: "bad.safetensors")
        let bad = try tool.run(
            ["in", "--checkpoint", "bad.safetensors", "--out", "out"], in: folder.path)
        #expect(bad.exitCode == 65, "\(bad)")
    }
}
