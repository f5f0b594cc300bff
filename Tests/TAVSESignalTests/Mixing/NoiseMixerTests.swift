import Foundation
import TAVSEBase
import Testing

@testable import TAVSESignal

@Suite("NoiseMixer")
struct NoiseMixerTests {
    static func noise(_ count: Int, seed: UInt64, scale: Float = 1) -> Signal {
        var generator = SplitMix64(seed: seed)
        return Signal(
            samples: (0..<count).map { _ in scale * Float.random(in: -1...1, using: &generator) },
            sampleRate: 16_000)
    }

    @Test("reaches the ratio asked for (closed form)", arguments: [-20.0, -5, 0, 2.5, 40])
    func ratio(snrDB: Double) throws {
        let speech = Self.noise(16_000, seed: 1, scale: 0.1)
        let mixture = try NoiseMixer().mix(speech: speech, noise: Self.noise(16_000, seed: 2), snrDB: snrDB)
        let achieved =
            10 * log10(NoiseMixer.meanSquare(speech.samples) / NoiseMixer.meanSquare(mixture.noise.samples))
        // Float rounding of the scaled noise.
        #expect(abs(achieved - snrDB) < 1e-6)
        for n in stride(from: 0, to: 16_000, by: 997) {
            #expect(abs(mixture.noisy.samples[n] - speech.samples[n] - mixture.noise.samples[n]) < 1e-6)
        }
    }

    @Test("lifts the noise by the pauses' share with the active speech level (closed form)")
    func active() throws {
        var speech = Self.noise(160_000, seed: 3, scale: 0.3)
        for n in 80_000..<160_000 { speech.samples[n] = 0 }
        let noise = Self.noise(160_000, seed: 4)
        let whole = try NoiseMixer(speechLevel: .rms).noiseGain(speech: speech, noise: noise, snrDB: 5)
        let active = try NoiseMixer(speechLevel: .active).noiseGain(speech: speech, noise: noise, snrDB: 5)
        // Half of the file plus at most the 200 ms hangover and the envelope's decay is active.
        let gain = 20 * log10(active / whole)
        #expect(gain < 10 * log10(2.0) + 0.01 && gain > 10 * log10(10 / 5.5))
    }

    @Test("refuses silence, unequal lengths and rates, and ratios without a gain")
    func errors() throws {
        let mixer = NoiseMixer()
        let speech = Self.noise(100, seed: 1)
        let silent = Signal(samples: [Float](repeating: 0, count: 100), sampleRate: 16_000)
        #expect(throws: MixingError.silentSpeech) { try mixer.mix(speech: silent, noise: speech, snrDB: 0) }
        #expect(throws: MixingError.silentNoise) { try mixer.mix(speech: speech, noise: silent, snrDB: 0) }
        #expect(throws: MixingError.lengthMismatch(speech: 100, noise: 99)) {
            try mixer.mix(speech: speech, noise: Self.noise(99, seed: 2), snrDB: 0)
        }
        #expect(throws: MixingError.sampleRateMismatch(speech: 16_000, noise: 8000)) {
            try mixer.mix(speech: speech, noise: Signal(samples: speech.samples, sampleRate: 8000), snrDB: 0)
        }
        for ratio in [Double.infinity, -.infinity] {
            #expect(throws: MixingError.ratioOutOfRange(ratio)) {
                try mixer.mix(speech: speech, noise: speech, snrDB: ratio)
            }
        }
        #expect(throws: MixingError.silentSpeech) {
            try NoiseMixer(speechLevel: .active).mix(speech: silent, noise: speech, snrDB: 0)
        }
    }
}

@Suite("ActiveSpeechLevel")
struct ActiveSpeechLevelTests {
    @Test("is the RMS level of a steady signal (closed form)", arguments: [0.5, 0.05, 0.01] as [Float])
    func steady(scale: Float) throws {
        let signal = NoiseMixerTests.noise(160_000, seed: 5, scale: scale)
        let level = try #require(ActiveSpeechLevel(of: signal))
        #expect(abs(10 * log10(level.meanSquare / NoiseMixer.meanSquare(signal.samples))) < 0.05)
        #expect(level.activity > 0.99)
    }

    @Test("does not depend on appended silence (property)")
    func silence() throws {
        let signal = NoiseMixerTests.noise(80_000, seed: 6, scale: 0.2)
        let padded = Signal(
            samples: signal.samples + [Float](repeating: 0, count: 320_000), sampleRate: 16_000)
        let longer = Signal(
            samples: padded.samples + [Float](repeating: 0, count: 320_000), sampleRate: 16_000)
        let first = try #require(ActiveSpeechLevel(of: padded))
        let second = try #require(ActiveSpeechLevel(of: longer))
        #expect(abs(first.levelDB - second.levelDB) < 1e-9)
        #expect(abs(first.activity / second.activity - 720.0 / 400) < 1e-9)
    }

    @Test(
        "is the active time of every threshold, counted one by one (against the recommendation's procedure)")
    func counting() throws {
        // Bursts of noise of many loudnesses with pauses shorter and longer than the hangover.
        var state: UInt64 = 5
        var samples: [Float] = []
        for burst in 0..<40 {
            for n in 0..<(400 + 900 * (burst % 7)) {
                state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
                let noise = Float(Int64(bitPattern: state) >> 40) / Float(1 << 23)
                samples.append(n < 2000 ? noise * Float(pow(2, -Double(burst % 13))) : 0)
            }
        }
        let decay = exp(-1 / (16_000 * 0.03))
        var counts = [Int](repeating: 0, count: 15)
        var pauses = [Int](repeating: 3200, count: 15)
        var (first, second, energy) = (0.0, 0.0, 0.0)
        for sample in samples {
            energy += Double(sample) * Double(sample)
            first = decay * first + (1 - decay) * Double(abs(sample))
            second = decay * second + (1 - decay) * first
            for j in 0..<15 {
                let passed = second >= pow(2, Double(j - 15))
                if passed || pauses[j] < 3200 { counts[j] += 1 }
                pauses[j] = passed ? 0 : pauses[j] + 1
            }
        }
        let levels = counts.map { 10 * log10(energy / Double($0)) }
        let excess = (0..<15).map { levels[$0] - 20 * log10(pow(2, Double($0 - 15))) - 15.9 }
        let above = try #require(excess.firstIndex { $0 <= 0 })
        #expect(above > 0)
        let share = excess[above - 1] / (excess[above - 1] - excess[above])
        let expected = levels[above - 1] + share * (levels[above] - levels[above - 1])
        let found = try #require(ActiveSpeechLevel(of: Signal(samples: samples, sampleRate: 16_000)))
        #expect(abs(found.levelDB - expected) < 1e-9)
    }

    @Test("does not exist for silence")
    func silent() {
        #expect(ActiveSpeechLevel(of: Signal(samples: [0, 0, 0], sampleRate: 16_000)) == nil)
        #expect(ActiveSpeechLevel(of: Signal(samples: [], sampleRate: 16_000)) == nil)
    }
}
