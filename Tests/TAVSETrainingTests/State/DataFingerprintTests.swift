import Foundation
import TAVSEData
import TestSupport
import Testing

@testable import TAVSETraining

/// A resume on data that is not what the run began with.
@Suite("DataFingerprint")
struct DataFingerprintTests {
    private let data: TemporaryFolder
    private let experiment: TinyExperiment
    private var root: DataRoot { DataRoot(data.path) }

    /// A copy of the corpus that a test may change, and an experiment begun on it.
    init() throws {
        data = try TemporaryFolder()
        try FileManager.default.copyItem(
            atPath: DataRoot(TinyCorpus.root()).processed, toPath: DataRoot(data.path).processed)
        var experiment = try TinyExperiment([.audio, .thermal])
        experiment.configuration.data.root = data.path
        self.experiment = experiment
        _ = try experiment.trainer()
    }

    /// What a resume says has changed; nil when it starts.
    private func refusal(_ experiment: TinyExperiment? = nil) throws -> String? {
        do {
            _ = try (experiment ?? self.experiment).trainer(resumes: true)
            return nil
        } catch TrainingError.dataChanged(_, let changes) {
            let error = TrainingError.dataChanged(path: "state", changes: changes)
            #expect(error.description.hasSuffix(". Put the data back, or give another experiment_name"))
            #expect(changes.allSatisfy { $0.contains(data.path) }, "\(changes)")
            return changes.joined(separator: "; ")
        }
    }

    private func change(_ path: String, _ body: (inout Data) -> Void) throws {
        let file = URL(fileURLWithPath: path)
        var bytes = try Data(contentsOf: file)
        body(&bytes)
        try bytes.write(to: file)
    }

    private func entry() throws -> ManifestEntry {
        try #require(try Manifest(path: root.manifest(.val)).entries.first { $0.thermal })
    }

    private func write(_ frames: [FrameStoreWriter.Frame]) throws {
        let writer = try FrameStoreWriter(path: root.frames(.thermal), durable: false)
        try writer.write(frames)
        try writer.finish()
    }

    /// Property.
    @Test("unchanged data is gone on with, also as a copy elsewhere, and what is not used may change")
    func unchanged() throws {
        #expect(try refusal() == nil)
        let copy = try TemporaryFolder()
        try FileManager.default.copyItem(atPath: root.processed, toPath: DataRoot(copy.path).processed)
        var moved = experiment
        moved.configuration.data.root = copy.path
        #expect(try refusal(moved) == nil)
        for path in [root.frames(.rgb), root.noise(.test), root.manifest(.test)] {
            try FileManager.default.removeItem(atPath: path)
        }
        #expect(try refusal() == nil)
    }

    @Test("a manifest with another row is named, with both hashes, and stands for what follows from it")
    func manifest() throws {
        let path = root.manifest(.train)
        var manifest = try Manifest(path: path)
        manifest.entries.removeLast()
        try manifest.write(to: path)
        let text = try #require(try refusal())
        #expect(text.hasPrefix("train_manifest (\(path)) had SHA-256 "), "\(text)")
        #expect(text.contains(/had SHA-256 [0-9a-f]{16}…, has [0-9a-f]{16}…$/), "\(text)")
        #expect(!text.contains(";"))
    }

    @Test("a frame store with more or fewer frames is named, with both counts", arguments: [1, 5])
    func frameCount(more: Int) throws {
        let before = try FrameStore(path: root.frames(.thermal)).count
        try write((0..<more).map { .init(utterance: "another", frame: $0, bytes: [1, 2, 3]) })
        #expect(
            try refusal()
                == "thermal frames (\(root.frames(.thermal))) were \(before), are \(before + more)")
    }

    @Test("frames of the same number with other pixels are found")
    func frames() throws {
        let entry = try entry()
        try write(
            (0..<entry.frames).map { .init(utterance: entry.utterance, frame: $0, bytes: [9, 9, 9, 9]) })
        let text = try #require(try refusal())
        #expect(text.hasPrefix("val_thermal (\(root.frames(.thermal))) had SHA-256 "), "\(text)")
    }

    @Test("recordings and noise of the same length with other sound are found")
    func sound() throws {
        let speech = root.processed + "/" + (try entry().audio)
        try change(speech) { $0[$0.count / 2] ^= 1 }
        #expect(try #require(try refusal()).hasPrefix("val_audio ("))
        try change(speech) { $0[$0.count / 2] ^= 1 }
        #expect(try refusal() == nil)
        let name = try #require(try NoiseLibrary.environments(in: root.noise(.train)).first)
        try change(root.noise(.train) + "/\(name).wav") { $0[$0.count / 2] ^= 1 }
        #expect(try #require(try refusal()).hasPrefix("train_noise_sound (\(root.noise(.train)))"))
    }

    @Test("another list of noise recordings is named once")
    func noiseList() throws {
        let folder = root.noise(.train)
        let name = try #require(try NoiseLibrary.environments(in: folder).first)
        try FileManager.default.copyItem(atPath: "\(folder)/\(name).wav", toPath: "\(folder)/zz.wav")
        let text = try #require(try refusal())
        #expect(text.hasPrefix("train_noise (\(folder)) had SHA-256 ") && !text.contains(";"), "\(text)")
    }

    @Test("what an older state does not say is a warning, not a refusal")
    func older() throws {
        let dataset = { split in
            try SpeechDataset(
                root: root, split: split, settings: experiment.configuration.datasetSettings(split))
        }
        let fingerprint = try DataFingerprint(
            [(.train, try dataset(.train)), (.val, try dataset(.val))], frameStores: [:])
        #expect(
            Set(fingerprint.hashes.keys)
                == Set(
                    ["manifest", "noise", "noise_sound", "audio", "thermal"]
                        .flatMap { ["train_\($0)", "val_\($0)"] }))
        let kept = fingerprint.hashes.filter { $0.key.hasSuffix("_manifest") || $0.key.hasSuffix("_noise") }
        let comparison = fingerprint.compared(
            to: TrainingState(
                toolVersion: "0", configuration: "{}", threads: 1, dataHashes: kept,
                progress: TrainingProgress(), logPositions: [:]))
        #expect(comparison.changes.isEmpty)
        #expect(
            comparison.unknown == [
                "train_audio", "train_noise_sound", "train_thermal", "val_audio", "val_noise_sound",
                "val_thermal",
            ])
    }
}
