import Foundation
import TAVSECorpus
import TAVSEData
import TAVSESignal
import TestSupport
import Testing

@Suite("SyntheticCorpus") struct SyntheticCorpusTests {
    private func make(_ folder: TemporaryFolder, _ name: String, seed: UInt64 = 5, workers: Int = 2) throws
        -> DataRoot
    {
        var settings = SyntheticCorpusSettings()
        settings.speakers = 3
        settings.utterances = 2
        settings.seed = seed
        settings.noiseSeconds = 5
        let root = DataRoot(folder.file(name))
        try SyntheticCorpus(settings, workers: workers).write(to: root)
        return root
    }

    @Test("gives the same bytes for the same seed on any number of threads, others for another (property)")
    func deterministic() throws {
        let folder = try TemporaryFolder()
        let one = try TemporaryFolder.contents(of: make(folder, "one", workers: 1).processed)
        let two = try TemporaryFolder.contents(of: make(folder, "two", workers: 3).processed)
        let other = try TemporaryFolder.contents(of: make(folder, "other", seed: 6).processed)
        #expect(Set(one.keys) == Set(two.keys))
        for (name, bytes) in one { #expect(two[name] == bytes, "\(name)") }
        #expect(other["noise/train/white.wav"] != one["noise/train/white.wav"])
        #expect(other["rgb_mouth.lmdb/data.mdb"] != one["rgb_mouth.lmdb/data.mdb"])
    }

    @Test("has disjoint splits, 16 kHz audio of the stated length and every frame (property)")
    func layout() throws {
        let folder = try TemporaryFolder()
        let root = try make(folder, "root")
        var manifests: [Split: Manifest] = [:]
        var noise: [Split: [String]] = [:]
        for split in Split.allCases {
            manifests[split] = try Manifest(path: root.manifest(split))
            noise[split] = try FileManager.default.contentsOfDirectory(atPath: root.noise(split))
        }
        try SplitCheck.require(manifests: manifests, noise: noise)
        #expect(manifests.values.reduce(0) { $0 + $1.entries.count } == 6)
        let rgb = try FrameStore(path: root.frames(.rgb)).reader()
        let thermal = try FrameStore(path: root.frames(.thermal)).reader()
        let codec = try JPEGCodec()
        for entry in manifests.values.flatMap(\.entries) {
            let speech = try AudioFile.read(root.processed + "/" + entry.audio)
            #expect(speech.sampleRate == 16000)
            #expect(abs(speech.durationSeconds - entry.durationSeconds) < 1e-9)
            #expect(entry.frames == Int(entry.durationSeconds * 28))
            for frame in 0..<entry.frames {
                try rgb.withFrame(utterance: entry.utterance, frame: frame) { bytes throws(DataError) in
                    guard let bytes else { throw .cancelled }
                    let image = try codec.decode(bytes)
                    #expect(image.width == 96 && image.height == 96)
                }
                try thermal.withFrame(utterance: entry.utterance, frame: frame) { bytes throws(DataError) in
                    guard let bytes else { throw .cancelled }
                    let header = try PNGCodec.header(bytes)
                    #expect(header.width == 96 && header.channels == 1 && header.depth == 8)
                }
            }
        }
    }

    @Test("does nothing when the same corpus is there, and does not replace another one unasked")
    func idempotent() throws {
        let folder = try TemporaryFolder()
        let root = try make(folder, "root")
        var settings = SyntheticCorpusSettings()
        settings.speakers = 3
        settings.utterances = 2
        settings.seed = 5
        settings.noiseSeconds = 5
        #expect(try SyntheticCorpus(settings, workers: 1).write(to: root).wasPresent)
        settings.seed = 6
        do throws(DataError) {
            _ = try SyntheticCorpus(settings, workers: 1).write(to: root)
            Issue.record("replaced")
        } catch {
            guard case .cannotWrite(root.processed, _) = error else {
                Issue.record("another error: \(error)")
                return
            }
        }
        #expect(try SyntheticCorpus(settings, workers: 2).write(to: root, overwrite: true).utterances == 6)
    }

    @Test("names the setting that is out of range")
    func settings() {
        var settings = SyntheticCorpusSettings()
        settings.speakers = 2
        #expect(throws: DataError.setting("speakers", reason: "expected 3 … 9999, found 2")) {
            try settings.validate()
        }
        settings = SyntheticCorpusSettings()
        settings.thermalBits = 12
        #expect(throws: DataError.setting("thermal-bits", reason: "expected 8 or 16, found 12")) {
            try settings.validate()
        }
    }
}
