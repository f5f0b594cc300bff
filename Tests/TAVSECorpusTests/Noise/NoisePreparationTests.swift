import Foundation
import TAVSEBase
import TAVSECorpus
import TAVSEData
import TAVSESignal
import TestSupport
import Testing

@Suite("NoisePreparation") struct NoisePreparationTests {
    private func write(
        _ path: String, rate: Int, seconds: Double, level: Float = 0.1, in folder: TemporaryFolder
    ) throws {
        let place = folder.file(path)
        try FileManager.default.createDirectory(
            atPath: (place as NSString).deletingLastPathComponent, withIntermediateDirectories: true)
        let samples = (0..<Int(seconds * Double(rate))).map { level * Float(sin(Double($0) * 0.1)) }
        try AudioFile.write(Signal(samples: samples, sampleRate: rate), to: place)
    }

    @Test(
        "takes one channel of DEMAND's folders, joins other folders, resamples, and splits disjointly (by hand)"
    )
    func layouts() throws {
        let folder = try TemporaryFolder()
        for name in ["DKITCHEN", "NPARK", "OOFFICE"] {
            try write("corpus/\(name)/ch01.wav", rate: 48000, seconds: 1, level: 0.2, in: folder)
            try write("corpus/\(name)/ch02.wav", rate: 48000, seconds: 1, level: 0.4, in: folder)
        }
        try write("corpus/street.wav", rate: 16000, seconds: 0.5, in: folder)
        try write("corpus/metro/a.wav", rate: 8000, seconds: 1, in: folder)
        try write("corpus/metro/b.wav", rate: 16000, seconds: 1, in: folder)
        _ = try folder.write("read me", to: "corpus/README.txt")
        let root = DataRoot(folder.file("root"))
        let preparation = NoisePreparation(NoisePreparation.Settings(source: folder.file("corpus")))
        var shown: [Int] = []
        let environments = try preparation.run(into: root, workers: 2) { done, total, _ in
            shown.append(done)
            #expect(total == 5)
        }
        #expect(shown == [2, 4, 5])
        #expect(environments.map(\.name) == ["DKITCHEN", "NPARK", "OOFFICE", "metro", "street"])
        var found: [Split: [String]] = [:]
        for split in Split.allCases { found[split] = try NoiseLibrary.environments(in: root.noise(split)) }
        #expect(SplitCheck.leaks(manifests: [:], noise: found).isEmpty)
        #expect(found.values.allSatisfy { !$0.isEmpty })
        for environment in environments {
            let signal = try AudioFile.read(root.noise(environment.split) + "/\(environment.name).wav")
            #expect(signal.sampleRate == 16000)
            #expect(
                signal.count
                    == (environment.name == "metro" ? 32000 : environment.name == "street" ? 8000 : 16000))
            let peak = signal.samples.map { abs($0) }.max() ?? 0
            if environment.name == "NPARK" { #expect(abs(peak - 0.2) < 0.02) }
        }
        // The same again changes nothing.
        #expect(try preparation.run(into: root, workers: 1).map(\.name) == environments.map(\.name))
    }

    @Test("12-noise-leak-by-copy: copies, clipping, channels and offsets are said; verify finds the leak")
    func oddRecordings() throws {
        let folder = try TemporaryFolder()
        var generator = SplitMix64(seed: 4)
        func noise(_ level: Float, _ count: Int = 16_000) -> [Float] {
            (0..<count).map { _ in level * Float.random(in: -1...1, using: &generator) }
        }
        try FileManager.default.createDirectory(
            atPath: folder.file("corpus"), withIntermediateDirectories: true)
        func put(_ samples: [Float], _ name: String) throws {
            try AudioFile.write(
                Signal(samples: samples, sampleRate: 16_000), to: folder.file("corpus/\(name).wav"),
                encoding: .float32)
        }
        let plain = noise(0.1)
        try put(plain, "plain")
        try put(plain.map { 0.5 * $0 }, "copy")
        try put(noise(5), "loud")
        try put(noise(0.1).map { $0 + 0.2 }, "biased")
        try put(noise(0.1, 24_000).enumerated().map { $0.offset < 8000 ? $0.element : 0 }, "paused")
        var settings = NoisePreparation.Settings(source: folder.file("corpus"))
        settings.overrides = [
            "plain": .train, "copy": .test, "loud": .train, "biased": .val, "paused": .train,
        ]
        let root = DataRoot(folder.file("root"))
        let found = try NoisePreparation(settings).run(into: root, workers: 2)
        func notes(_ name: String) -> String {
            found.first { $0.name == name }?.notes.joined(separator: "; ") ?? ""
        }
        #expect(notes("loud").contains("scaled by") && notes("biased").contains("offset (DC) of 0.2"))
        #expect(notes("paused").contains("digital silence for 1.0 s from 0.5 s on"), "\(notes("paused"))")
        #expect(notes("plain").isEmpty)
        let loud = try AudioFile.read(root.noise(.train) + "/loud.wav").samples
        #expect((loud.map { abs($0) }.max() ?? 0) < 0.995)
        let biased = try AudioFile.read(root.noise(.val) + "/biased.wav").samples
        #expect(abs(biased.reduce(0, +) / Float(biased.count)) < 0.01)
        let report = try DataVerification(root, workers: 1).run()
        let leaks = report.findings.filter { $0.check == "leak" }
        #expect(leaks.count == 1 && leaks.first?.message.contains("plain.wav") == true, "\(leaks)")
        #expect(report.findings.contains { $0.check == "silent_stretch" && $0.severity == .warning })
    }

    @Test("an import that fails leaves nothing behind")
    func aborted() throws {
        let folder = try TemporaryFolder()
        for name in ["a", "b", "c"] {
            try write("corpus/\(name).wav", rate: 16000, seconds: 0.2, in: folder)
        }
        _ = try folder.write("no audio", to: "corpus/d.wav")
        let root = DataRoot(folder.file("root"))
        #expect(throws: DataError.self) {
            try NoisePreparation(NoisePreparation.Settings(source: folder.file("corpus"))).run(
                into: root, workers: 1)
        }
        for split in Split.allCases {
            #expect(try FileManager.default.contentsOfDirectory(atPath: root.noise(split)).isEmpty)
        }
        #expect(!FileManager.default.fileExists(atPath: root.processed + "/.noise-import"))
    }

    @Test("obeys overrides and rejects unknown names")
    func overrides() throws {
        let folder = try TemporaryFolder()
        for name in ["a", "b", "c", "d"] {
            try write("corpus/\(name).wav", rate: 16000, seconds: 0.1, in: folder)
        }
        var settings = NoisePreparation.Settings(source: folder.file("corpus"))
        settings.overrides = ["a": .test, "b": .val]
        let plan = try NoisePreparation(settings).plan()
        #expect(plan.map(\.split) == [.test, .val, .train, .train])
        settings.overrides = ["z": .test]
        #expect(throws: DataError.setting("split", reason: "no environment 'z'; there are a, b, c, d")) {
            try NoisePreparation(settings).plan()
        }
    }

    @Test("needs three environments")
    func few() throws {
        let folder = try TemporaryFolder()
        try write("corpus/a.wav", rate: 16000, seconds: 0.1, in: folder)
        #expect(throws: DataError.self) {
            try NoisePreparation(NoisePreparation.Settings(source: folder.file("corpus"))).plan()
        }
        #expect(throws: DataError.missingInput(path: folder.file("none"))) {
            try NoisePreparation(NoisePreparation.Settings(source: folder.file("none"))).plan()
        }
    }
}
