import Foundation
import TAVSEData
import TAVSESignal
import Testing

@Suite("SpeechMixer") struct SpeechMixerTests {
    private let noise = NoiseLibrary.Recording(
        name: "n", (0..<1000).map { Float(sin(Double($0) * 0.7)) * 0.3 })

    private func tone(_ amplitude: Double, count: Int = 16000) -> Signal {
        Signal(samples: (0..<count).map { Float(amplitude * sin(Double($0) * 0.05)) }, sampleRate: 16000)
    }

    @Test("reaches the SNR asked for (closed form, mean squares)", arguments: [-10.0, 0, 7.5, 20])
    func ratio(snr: Double) throws {
        let speech = tone(0.02)
        let mixed = try SpeechMixer(speechLevel: .rms).mix(
            speech, utterance: "u", with: noise, MixChoice(noise: "n", offset: 17, snrDB: snr))
        #expect(mixed.scale == 1)
        func power(_ x: [Double]) -> Double { x.reduce(0) { $0 + $1 * $1 } }
        let added = zip(mixed.noisy.samples, mixed.clean.samples).map { Double($0) - Double($1) }
        let ratio = 10 * log10(power(speech.samples.map(Double.init)) / power(added))
        // Float rounding of the sum, relative 6e-8 of the speech.
        #expect(abs(ratio - snr) < 1e-4)
    }

    @Test("says how to make the mix again: noisy = clean + gain · noise from the offset (closed form)")
    func recipe() throws {
        let choice = MixChoice(noise: "n", offset: 990, snrDB: -5)
        let mixed = try SpeechMixer().mix(tone(0.5), utterance: "u", with: noise, choice)
        #expect(mixed.scale < 1)
        let stretch = noise.stretch(from: 990, count: 16000)
        #expect(stretch[9] == noise.samples[999] && stretch[10] == noise.samples[0])
        for n in stride(from: 0, to: 16000, by: 97) {
            let expected = Double(mixed.clean.samples[n]) + mixed.noiseGain * Double(stretch[n])
            #expect(abs(Double(mixed.noisy.samples[n]) - expected) < 2e-7)
        }
    }

    @Test("prevents clipping by one factor on speech and noise (property)")
    func clipping() throws {
        let mixed = try SpeechMixer().mix(
            tone(0.9), utterance: "u", with: noise, MixChoice(noise: "n", offset: 0, snrDB: -10))
        let largest = mixed.noisy.samples.map { abs($0) }.max() ?? 0
        #expect(abs(Double(largest) - SpeechMixer.peak) < 1e-6)
        #expect(abs(Double(mixed.clean.samples[100]) - mixed.scale * Double(tone(0.9).samples[100])) < 1e-7)
    }

    @Test("names utterance and noise when there is nothing to mix")
    func silent() {
        do throws(DataError) {
            _ = try SpeechMixer().mix(
                Signal(samples: [Float](repeating: 0, count: 100), sampleRate: 16000), utterance: "quiet",
                with: noise,
                MixChoice(noise: "n", offset: 0, snrDB: 0))
            Issue.record("mixed")
        } catch {
            #expect(error.description.hasPrefix("quiet: cannot be mixed with n from sample 0"))
        }
    }
}

@Suite("FixedMix") struct FixedMixTests {
    private static func entry(_ name: String) -> ManifestEntry {
        ManifestEntry(
            utterance: name, speaker: "1", audio: "a.wav", frames: 28, fps: 28, durationSeconds: 1, rgb: true,
            thermal: true)
    }

    private let noise = NoiseLibrary(
        recordings: ["d", "a", "c", "b"].map { .init(name: $0, [Float](repeating: 0.1, count: 50000)) })

    @Test("covers every utterance, SNR and environment in a fixed order (by hand)")
    func all() {
        let manifest = Manifest(entries: [Self.entry("u"), Self.entry("v")])
        let mixes = FixedMix.all(
            of: manifest, noise: noise, snrsDB: [-5, 0], noisesPerUtterance: nil, seed: 1)
        #expect(mixes.count == 16)
        #expect(mixes.prefix(5).map(\.choice.noise) == ["a", "b", "c", "d", "a"])
        #expect(mixes.prefix(5).map(\.choice.snrDB) == [-5, -5, -5, -5, 0])
        #expect(Set(mixes.map(\.choice.offset)).count == 16)
    }

    @Test("does not change when other utterances, SNRs or environments come and go (property)")
    func stable() {
        let few = FixedMix.all(
            of: Manifest(entries: [Self.entry("v")]), noise: noise, snrsDB: [0], noisesPerUtterance: 2,
            seed: 1)
        let many = FixedMix.all(
            of: Manifest(entries: [Self.entry("u"), Self.entry("v")]), noise: noise, snrsDB: [-5, 0],
            noisesPerUtterance: 2, seed: 1)
        #expect(few.count == 2 && many.count == 8)
        for mix in few { #expect(many.contains { $0.entry == 1 && $0.choice == mix.choice }) }
        let other = FixedMix.all(
            of: Manifest(entries: [Self.entry("v")]), noise: noise, snrsDB: [0], noisesPerUtterance: 2,
            seed: 2)
        #expect(other.map(\.choice.offset) != few.map(\.choice.offset))
    }
}
