import Foundation
import TAVSECorpus
import TAVSEData
import TAVSESignal
import TestSupport
import Testing

@Suite("DataVerification") struct DataVerificationTests {
    /// A corpus of 3 speakers, built once; every test damages a copy.
    private static let shared: Result<(TemporaryFolder, DataRoot), any Error> = Result {
        let folder = try TemporaryFolder()
        var settings = SyntheticCorpusSettings()
        settings.speakers = 3
        settings.utterances = 2
        settings.noiseSeconds = 5
        let root = DataRoot(folder.file("root"))
        try SyntheticCorpus(settings, workers: 2).write(to: root)
        return (folder, root)
    }

    private func damaged(_ damage: (DataRoot, ManifestEntry) throws -> Void) throws -> VerifyReport {
        let folder = try TemporaryFolder()
        let root = DataRoot(folder.file("copy"))
        try FileManager.default.copyItem(atPath: Self.shared.get().1.path, toPath: root.path)
        let entry = try #require(try Manifest(path: root.manifest(.train)).entries.first)
        try damage(root, entry)
        return try DataVerification(root, workers: 2).run()
    }

    private func edit(_ path: String, _ change: (inout [UInt8]) -> Void) throws {
        var bytes = [UInt8](try Data(contentsOf: URL(fileURLWithPath: path)))
        change(&bytes)
        try Data(bytes).write(to: URL(fileURLWithPath: path))
    }

    private func put(
        _ bytes: [UInt8], _ root: DataRoot, _ modality: Camera, _ utterance: String, _ frame: Int
    ) throws {
        let writer = try FrameStoreWriter(path: root.frames(modality), durable: false)
        try writer.write([.init(utterance: utterance, frame: frame, bytes: bytes)])
        try writer.finish()
    }

    @Test("finds nothing in a sound data root, and counts it (property)")
    func sound() throws {
        let report = try damaged { _, _ in }
        #expect(report.findings.isEmpty && !report.hasErrors)
        #expect(report.splits.map(\.utterances) == [2, 2, 2])
        #expect(report.splits.map { $0.noise.count } == [6, 3, 5])
        #expect(report.splits.allSatisfy { $0.missing.values.allSatisfy { $0 == 0 } })
    }

    @Test("names the check that each kind of damaged sound fails")
    func audio() throws {
        func checks(_ damage: (String) throws -> Void) throws -> [String] {
            try damaged { root, entry in try damage(root.processed + "/" + entry.audio) }.findings.map(
                \.check)
        }
        #expect(try checks { try FileManager.default.removeItem(atPath: $0) } == ["audio_missing"])
        #expect(try checks { try edit($0) { $0 = [] } } == ["audio_unreadable"])
        #expect(try checks { try edit($0) { $0.removeLast(2000) } } == ["audio_unreadable"])
        #expect(try checks { try edit($0) { $0 = Array("not a wave file".utf8) } } == ["audio_unreadable"])
        #expect(
            try checks { path in
                let signal = try AudioFile.read(path)
                try AudioFile.write(Signal(samples: signal.samples, sampleRate: 8000), to: path)
            } == ["audio_rate"])
        #expect(
            try checks { path in
                let signal = try AudioFile.read(path)
                try AudioFile.write(
                    Signal(samples: Array(signal.samples.dropLast(100)), sampleRate: 16000), to: path)
            } == ["audio_length"])
        #expect(
            try checks { path in
                var signal = try AudioFile.read(path)
                signal.samples = signal.samples.map { _ in 0 }
                try AudioFile.write(signal, to: path)
            } == ["silence"])
        #expect(
            try checks { path in
                var signal = try AudioFile.read(path)
                signal.samples = signal.samples.map { $0 * 100 }
                try AudioFile.write(signal, to: path)
            } == ["clipping"])
    }

    @Test("names the check that each kind of damaged frame fails")
    func frames() throws {
        let black = try PNGCodec.encode(Raster(width: 96, height: 96, channels: 1))
        let small = try PNGCodec.encode(Raster.pattern(side: 64, channels: 1))
        func checks(_ damage: (DataRoot, ManifestEntry) throws -> Void) throws -> Set<String> {
            Set(try damaged(damage).findings.map(\.check))
        }
        #expect(
            try checks { root, entry in
                for frame in 0..<entry.frames { try put([1, 2, 3], root, .rgb, entry.utterance, frame) }
            }.isSuperset(of: ["undecodable", "frozen"]))
        #expect(
            try checks { root, entry in
                for frame in 0..<entry.frames { try put(black, root, .thermal, entry.utterance, frame) }
            } == ["black", "frozen"])
        #expect(
            try checks { root, entry in
                for frame in 0..<entry.frames { try put(small, root, .thermal, entry.utterance, frame) }
            }.contains("frame_size"))
        #expect(
            try checks { root, entry in try put(black, root, .thermal, entry.utterance, 5000) } == [
                "frames_beyond"
            ])
        #expect(
            try checks { root, _ in try put(black, root, .thermal, "stranger", 0) } == ["frames_unlisted"])
        #expect(
            try checks { root, entry in
                let other = try Manifest(path: root.manifest(.test)).entries[0].utterance
                let shared = try PNGCodec.encode(Raster.pattern(side: 96, channels: 1))
                try put(shared, root, .thermal, entry.utterance, 1)
                try put(shared, root, .thermal, other, 1)
            } == ["frames_duplicate"])
    }

    @Test("names damage of the store itself and does not die of it")
    func store() throws {
        #expect(
            try damaged { root, _ in try FileManager.default.removeItem(atPath: root.frames(.rgb)) }
                .findings.map(\.check) == ["frame_store"])
        let truncated = try damaged { root, _ in
            try edit(root.frames(.rgb) + "/data.mdb") { $0.removeLast(9000) }
        }
        #expect(truncated.findings.map(\.check) == ["frame_store"])
        #expect(truncated.findings[0].message.contains("truncated"))
        // Every page in turn: either the walk notices, or the damage lies in a picture and decoding does.
        for page in stride(from: 2, to: 400, by: 57) {
            let report = try damaged { root, _ in
                try edit(root.frames(.thermal) + "/data.mdb") { bytes in
                    for k in 0..<64 where page * 4096 + k < bytes.count { bytes[page * 4096 + k] = 0xA5 }
                }
            }
            #expect(report.findings.allSatisfy { $0.check == "frame_store" || $0.check == "undecodable" })
        }
    }

    @Test("finds leaks between splits and wrong manifests")
    func manifests() throws {
        let leak = try damaged { root, entry in
            var test = try Manifest(path: root.manifest(.test))
            test.entries[0].speaker = entry.speaker
            try test.write(to: root.manifest(.test))
            try FileManager.default.copyItem(
                atPath: root.noise(.train) + "/white.wav", toPath: root.noise(.test) + "/white.wav")
        }
        #expect(leak.findings.map(\.check) == ["leak", "leak"])
        #expect(leak.hasErrors)
        let count = try damaged { root, _ in
            var train = try Manifest(path: root.manifest(.train))
            train.entries[0].durationSeconds += 0.5
            try train.write(to: root.manifest(.train))
        }
        #expect(Set(count.findings.map(\.check)) == ["frame_count", "audio_length"])
        let broken = try damaged { root, _ in
            try Data("utterance\n".utf8).write(to: URL(fileURLWithPath: root.manifest(.val)))
        }
        #expect(
            broken.findings.contains { $0.check == "manifest" && $0.message.contains("val_manifest.csv:1") })
    }

    @Test("throws only when there is nothing to verify")
    func missing() throws {
        let folder = try TemporaryFolder()
        #expect(throws: DataError.missingInput(path: folder.file("none/processed"))) {
            try DataVerification(DataRoot(folder.file("none")), workers: 1).run()
        }
    }

    @Test("prints a table and at most so many findings of each check (by hand)")
    func text() throws {
        let report = try damaged { root, _ in
            for entry in try Manifest(path: root.manifest(.train)).entries {
                try FileManager.default.removeItem(atPath: root.processed + "/" + entry.audio)
            }
        }
        let text = report.text(limit: 1)
        #expect(text.hasPrefix("split  utterances  speakers"))
        #expect(text.contains("… 1 more of [audio_missing]"))
        #expect(text.hasSuffix("2 errors, 0 warnings"))
    }
}
