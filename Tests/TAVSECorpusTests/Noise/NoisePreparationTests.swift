import Foundation
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
        #expect(try preparation.run(into: root, workers: 1) == environments)
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
