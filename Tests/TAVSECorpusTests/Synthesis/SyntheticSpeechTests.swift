import Foundation
import TAVSECorpus
import TAVSEData
import TAVSEMetrics
import TAVSESignal
import TestSupport
import Testing

/// Metrics built for human speech must treat synthetic speech as speech: find it active, and rank noise levels.
@Suite("Synthetic speech") struct SyntheticSpeechTests {
    private static func corpus(_ folder: TemporaryFolder) throws -> DataRoot {
        var settings = SyntheticCorpusSettings()
        settings.speakers = 4
        settings.utterances = 1
        settings.noiseSeconds = 5
        let root = DataRoot(folder.file("root"))
        try SyntheticCorpus(settings, workers: 2).write(to: root)
        return root
    }

    @Test(
        "is accepted by PESQ and STOI, which fall with the SNR and are at their top for clean speech (property)"
    )
    func metrics() throws {
        let folder = try TemporaryFolder()
        let root = try Self.corpus(folder)
        let noise = try NoiseLibrary(folder: root.noise(.train)).recording("babble_canteen")
        for entry in try Manifest(path: root.manifest(.train)).entries {
            let clean = try AudioFile.read(root.processed + "/" + entry.audio)
            let metric = PESQ(mode: .wideband)
            let intelligibility = STOI()
            #expect(try intelligibility.score(estimate: clean, reference: clean) > 0.9999)
            var previous = try metric.score(estimate: clean, reference: clean)
            var previousSTOI = 1.0
            // The highest value P.862.2's mapping can give.
            #expect(previous > 4.6)
            for snr in [30.0, 15, 0] {
                let choice = MixChoice.fixed(seed: 1, utterance: entry.utterance, noise: noise, snrDB: snr)
                let mixed = try SpeechMixer().mix(clean, utterance: entry.utterance, with: noise, choice)
                let score = try metric.score(estimate: mixed.noisy, reference: mixed.clean)
                #expect(score < previous)
                previous = score
                let stoi = try intelligibility.score(estimate: mixed.noisy, reference: mixed.clean)
                #expect(stoi < previousSTOI)
                previousSTOI = stoi
            }
        }
    }

    @Test("has pauses, a natural level and no clipping (property, ITU-T P.56)")
    func level() throws {
        let folder = try TemporaryFolder()
        let root = try Self.corpus(folder)
        for split in Split.allCases {
            for entry in try Manifest(path: root.manifest(split)).entries {
                let clean = try AudioFile.read(root.processed + "/" + entry.audio)
                let active = try #require(ActiveSpeechLevel(of: clean))
                #expect((-32 ... -18).contains(active.levelDB))
                #expect((0.5...0.98).contains(active.activity))
                #expect(clean.samples.allSatisfy { abs($0) < 0.95 })
                #expect((1.2...7).contains(clean.durationSeconds))
            }
        }
    }
}
