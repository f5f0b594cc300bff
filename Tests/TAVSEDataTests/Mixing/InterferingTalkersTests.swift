import Foundation
import TAVSEBase
import TAVSECorpus
import TAVSESignal
import TestSupport
import Testing

@testable import TAVSEData

@Suite("InterferingTalkers") struct InterferingTalkersTests {
    private static func entry(_ name: String, _ speaker: String, seconds: Double = 1) -> ManifestEntry {
        ManifestEntry(
            utterance: name, speaker: speaker, audio: "\(name).wav", frames: 28, fps: 28,
            durationSeconds: seconds, rgb: true, thermal: true)
    }

    private static let manifest = Manifest(
        entries: (0..<6).flatMap { speaker in
            (0..<4).map { entry("\(speaker)_\($0)", "\(speaker)") }
        })

    private let noise = NoiseLibrary(
        recordings: ["a", "b"].map { .init(name: $0, [Float](repeating: 0.1, count: 50000)) })

    private func mixes(
        of manifest: Manifest = manifest, snrs: [Double] = [-5, 5], counts: [Int] = [1], seed: UInt64 = 1
    ) -> [FixedMix] {
        FixedMix.all(
            of: manifest, noise: noise, snrsDB: [0], noisesPerUtterance: 1,
            talkers: TalkerLibrary(manifest), talkerSNRsDB: snrs, counts: counts, seed: seed)
    }

    private func tone(_ amplitude: Double, step: Double = 0.05, count: Int = 16000) -> Signal {
        Signal(samples: (0..<count).map { Float(amplitude * sin(Double($0) * step)) }, sampleRate: 16000)
    }

    @Test("are never of the target's speaker, drawn or fixed, and of different speakers (property)")
    func others() {
        let library = TalkerLibrary(Self.manifest)
        var generator = SplitMix64(seed: 7)
        var seen: Set<String> = []
        for target in Self.manifest.entries {
            for count in 1...3 {
                let choices = [
                    library.draw(count, against: target, using: &generator),
                    library.fixed(count, against: target, snrDB: 0, seed: 3),
                ]
                for talkers in choices {
                    let speakers = talkers.compactMap { library.entry($0)?.speaker }
                    #expect(speakers.count == count && Set(speakers).count == count)
                    #expect(!speakers.contains(target.speaker))
                    #expect(talkers.allSatisfy { (0..<16000).contains($0.offset) })
                    seen.formUnion(talkers.map(\.utterance))
                }
            }
        }
        #expect(seen.count == Self.manifest.entries.count)
    }

    @Test("stand beside the mixes with noise, one per utterance, SNR and kind (by hand)")
    func fixed() {
        let one = mixes()
        #expect(one.prefix(3).map(\.choice.noise).dropFirst() == ["talker", "talker"])
        #expect(one.count == 24 * 3)
        let all = mixes(counts: [1, 2, 3])
        #expect(all.count == 24 * 5)
        #expect(all.prefix(5).map(\.choice.noise).dropFirst() == ["talker", "babble", "talker", "babble"])
        #expect(Set(all.map(\.choice.talkers.count)) == [0, 1, 2, 3])
        let choices = mixes().map(\.choice)
        #expect(choices == mixes(seed: 1).map(\.choice))
        #expect(choices != mixes(seed: 2).map(\.choice))
    }

    @Test("do not change with other SNRs, and hardly with a further utterance (property)")
    func stable() {
        let before = mixes().filter { !$0.choice.talkers.isEmpty }.map(\.choice)
        #expect(before.allSatisfy(mixes(snrs: [-5, 0, 5]).map(\.choice).contains))
        let more = Manifest(entries: Self.manifest.entries + [Self.entry("5_new", "5")])
        let after = mixes(of: more).map(\.choice)
        let kept = before.filter(after.contains).count
        // One of 24 utterances more: about one mix in 24 changes its talker.
        #expect(kept >= before.count - 8 && kept < before.count + 1)
    }

    @Test("reach the SNR between active levels (closed form)", arguments: [-15.0, 0, 5])
    func ratio(snr: Double) throws {
        let speech = tone(0.02)
        // Half of it is silent, which the level of active speech leaves out.
        var other = tone(0.1, step: 0.11)
        for n in 8000..<16000 { other.samples[n] = 0 }
        let choice = MixChoice(talkers: [InterferingTalker(utterance: "o", offset: 0)], snrDB: snr)
        let mixed = try SpeechMixer().mix(speech, utterance: "u", among: [other], choice)
        let mixer = NoiseMixer(speechLevel: .active)
        let expected = (mixer.level(of: speech) / mixer.level(of: other)).squareRoot() * pow(10, -snr / 20)
        #expect(mixed.choice == choice)
        #expect(abs(mixed.noiseGain / mixed.scale / expected - 1) < 1e-12)
        for n in stride(from: 0, to: 16000, by: 97) {
            let sum = Double(mixed.clean.samples[n]) + mixed.noiseGain * Double(other.samples[n])
            #expect(abs(Double(mixed.noisy.samples[n]) - sum) < 2e-7)
        }
    }

    @Test("several talk at the same level, and the SNR is against their sum (closed form)")
    func babble() throws {
        let (speech, a, b) = (tone(0.02), tone(0.3, step: 0.11), tone(0.004, step: 0.17))
        let choice = MixChoice(
            talkers: ["a", "b"].map { InterferingTalker(utterance: $0, offset: 0) }, snrDB: 0)
        #expect(choice.noise == "babble")
        let mixed = try SpeechMixer(speechLevel: .rms).mix(speech, utterance: "u", among: [a, b], choice)
        func meanSquare(_ x: [Double]) -> Double { x.reduce(0) { $0 + $1 * $1 } / Double(x.count) }
        let added = zip(mixed.noisy.samples, mixed.clean.samples).map { Double($0) - Double($1) }
        let clean = mixed.clean.samples.map(Double.init)
        // Tones of other frequencies are uncorrelated but for the ends of the file.
        #expect(abs(10 * log10(meanSquare(clean) / meanSquare(added))) < 0.05)
    }

    @Test("repeat when shorter than the speech, and skip pauses when longer (by hand)")
    func lengths() throws {
        let short = tone(0.1, step: 0.11, count: 6000)
        let choice = MixChoice(talkers: [InterferingTalker(utterance: "o", offset: 5990)], snrDB: 0)
        let mixed = try SpeechMixer().mix(tone(0.02), utterance: "u", among: [short], choice)
        let added = Double(mixed.noisy.samples[20]) - Double(mixed.clean.samples[20])
        #expect(abs(added - mixed.noiseGain * Double(short.samples[10])) < 2e-7)
        var long = tone(0.1, step: 0.11, count: 64000)
        for n in 0..<40000 { long.samples[n] = 0 }
        let skipped = try SpeechMixer().mix(
            tone(0.02), utterance: "u", among: [long],
            MixChoice(talkers: [InterferingTalker(utterance: "o", offset: 1000)], snrDB: 0))
        #expect(skipped.choice.talkers == [InterferingTalker(utterance: "o", offset: 33000)])
    }

    @Test("that are silent are named")
    func silent() {
        do throws(DataError) {
            _ = try SpeechMixer().mix(
                tone(0.02), utterance: "u", among: [tone(0)],
                MixChoice(talkers: [InterferingTalker(utterance: "quiet", offset: 0)], snrDB: 0))
            Issue.record("mixed")
        } catch {
            #expect(
                error
                    == .audio(
                        path: "quiet", reason: "silent; it cannot be the talker that interferes with u"))
        }
    }

    // MARK: - Datasets

    private static let shared: Result<(TemporaryFolder, DataRoot), any Error> = Result {
        let folder = try TemporaryFolder()
        var settings = SyntheticCorpusSettings()
        settings.speakers = 6
        settings.utterances = 2
        settings.noiseSeconds = 5
        let root = DataRoot(folder.file("root"))
        try SyntheticCorpus(settings, workers: 2).write(to: root)
        return (folder, root)
    }

    private func dataset(_ split: Split, _ change: (inout DatasetSettings) -> Void) throws -> SpeechDataset {
        var settings =
            split == .train
            ? DatasetSettings.training(modalities: [], snrsDB: [0], seed: 3)
            : .evaluation(modalities: [], snrsDB: [0], seed: 3, noisesPerUtterance: 1)
        change(&settings)
        return try SpeechDataset(root: Self.shared.get().1, split: split, settings: settings)
    }

    @Test("make up the share of drawn mixes that was asked for (property)", arguments: [0.0, 0.5, 1])
    func share(share: Double) throws {
        let dataset = try dataset(.train) {
            $0.talkers = .drawn(share: share, lowestDB: -15, highestDB: 5, counts: [1, 2])
        }
        var kinds: [String] = []
        for epoch in 0..<10 {
            let loader = try BatchLoader(
                dataset, order: dataset.shuffledOrder(epoch: epoch), epoch: epoch, batchSize: 4, workers: 2)
            while let batch = try loader.next() {
                for example in batch.examples {
                    let choice = try #require(example.choice)
                    kinds.append(choice.talkers.isEmpty ? "noise" : choice.noise)
                    if !choice.talkers.isEmpty { #expect((-15...5).contains(choice.snrDB)) }
                }
            }
        }
        let talkers = Double(kinds.count { $0 != "noise" }) / Double(kinds.count)
        // 80 examples: three standard deviations of a share of one half are 0.17.
        #expect(abs(talkers - share) <= (share == 0.5 ? 0.17 : 0))
        #expect(Set(kinds).isSuperset(of: share == 0 ? ["noise"] : ["talker", "babble"]))
        #expect((dataset.noise == nil) == (share == 1))
    }

    @Test("are left out with a notice where the split has one speaker, and an error where nothing is left")
    func oneSpeaker() throws {
        let plain = try dataset(.val) { $0.talkers = .fixed(snrsDB: [], counts: [1]) }
        let asked = try dataset(.val) { $0.talkers = .fixed(snrsDB: [-5, 5], counts: [1]) }
        #expect(plain.notices.isEmpty && asked.notices.count == 1)
        #expect(asked.notices[0].contains("val_manifest.csv has utterances of 1 speaker, too few"))
        #expect(asked.count == plain.count)
        let few = try dataset(.test) { $0.talkers = .fixed(snrsDB: [0], counts: [1, 2, 3]) }
        #expect(few.notices.count == 1 && few.notices[0].contains("2 or 3"))
        #expect(few.count == 2 * 2 * 2)
        #expect(throws: DataError.self) {
            var settings = DatasetSettings.training(modalities: [], snrsDB: [0], seed: 3)
            settings.talkers = .drawn(share: 1, lowestDB: 0, highestDB: 0, counts: [1])
            _ = try SpeechDataset(root: Self.shared.get().1, split: .val, settings: settings)
        }
    }

    @Test(
        "are refused with settings that make no sense",
        arguments: [
            TalkerPlan.drawn(share: 1.5, lowestDB: 0, highestDB: 1, counts: [1]),
            .drawn(share: 0.5, lowestDB: 2, highestDB: 1, counts: [1]),
            .drawn(share: 0.5, lowestDB: 0, highestDB: 1, counts: []),
            .drawn(share: 0.5, lowestDB: 0, highestDB: 1, counts: [4]),
            .fixed(snrsDB: [0], counts: [1]),
        ])
    func settings(plan: TalkerPlan) {
        #expect(throws: DataError.self) { try dataset(.train) { $0.talkers = plan } }
    }
}
