import TAVSESignal
import Testing

@testable import TAVSEMetrics

/// Speech-like test signals, computed, so that nothing here needs a file.
enum SyntheticSpeech {
    /// Voiced bursts of a falling pitch with pauses; seeded, so always the same.
    static func signal(seconds: Double, sampleRate: Int, seed: UInt64 = 1) -> Signal {
        var state = seed
        var samples = [Float](repeating: 0, count: Int(seconds * Double(sampleRate)))
        var phase = 0.0
        for index in samples.indices {
            let time = Double(index) / Double(sampleRate)
            let burst = time.truncatingRemainder(dividingBy: 0.9)
            let pitch = 210 - 90 * burst
            phase += pitch / Double(sampleRate)
            phase -= phase.rounded(.down)
            state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
            let noise = Double(Int64(bitPattern: state) >> 33) / Double(1 << 30)
            let voice = burst < 0.6 ? (1 - 2 * phase) * (0.3 + 0.7 * burst) : 0
            samples[index] = Float(0.3 * voice + 0.02 * noise * (burst < 0.6 ? 1 : 0.05))
        }
        return Signal(samples: samples, sampleRate: sampleRate)
    }

    static func scaled(_ signal: Signal, by gain: Float) -> Signal {
        Signal(samples: signal.samples.map { $0 * gain }, sampleRate: signal.sampleRate)
    }
}

@Suite("PESQ")
struct PESQTests {
    struct Setting: CustomTestStringConvertible {
        let mode: PESQ.Mode
        let rate: Int
        var testDescription: String { "\(mode) at \(rate) Hz" }
    }

    static let settings = PESQ.Mode.allCases.flatMap { mode in
        mode.supportedSampleRates.map { Setting(mode: mode, rate: $0) }
    }

    // Closed form: no disturbance gives raw 4.5 and its mapping.
    @Test("identical signals score the best there is", arguments: settings)
    func identical(_ setting: Setting) throws {
        let speech = SyntheticSpeech.signal(seconds: 3, sampleRate: setting.rate)
        let best =
            switch setting.mode {
            case .wideband: 4.643888
            case .narrowband: 4.548638
            case .raw: 4.5
            }
        let metric = PESQ(mode: setting.mode)
        let score = try metric.score(estimate: speech, reference: speech)
        #expect(abs(score - best) < 1e-5)
        #expect(abs((metric.descriptor.upperBound ?? 0) - best) < 1e-5)
    }

    @Test("is unchanged when both signals are scaled", arguments: settings)
    func commonGain(_ setting: Setting) throws {
        let metric = PESQ(mode: setting.mode)
        let reference = SyntheticSpeech.signal(seconds: 2, sampleRate: setting.rate)
        let estimate = noisy(reference)
        let score = try metric.score(estimate: estimate, reference: reference)
        // Powers of two change no bit after the division by the common peak.
        for gain: Float in [1 / 1024, 0.25, 2] {
            #expect(
                try metric.score(
                    estimate: SyntheticSpeech.scaled(estimate, by: gain),
                    reference: SyntheticSpeech.scaled(reference, by: gain)) == score)
        }
    }

    @Test("levels the two signals, so that one signal's gain hardly matters", arguments: settings)
    func oneGain(_ setting: Setting) throws {
        let metric = PESQ(mode: setting.mode)
        let reference = SyntheticSpeech.signal(seconds: 2, sampleRate: setting.rate)
        let estimate = noisy(reference)
        let score = try metric.score(estimate: estimate, reference: reference)
        let louder = try metric.score(estimate: SyntheticSpeech.scaled(estimate, by: 3), reference: reference)
        // Only float rounding of the level differs.
        #expect(abs(score - louder) < 1e-3)
    }

    @Test("noise lowers the score", arguments: settings)
    func noiseLowers(_ setting: Setting) throws {
        let metric = PESQ(mode: setting.mode)
        let reference = SyntheticSpeech.signal(seconds: 2, sampleRate: setting.rate)
        let mild = try metric.score(estimate: noisy(reference, level: 0.003), reference: reference)
        let strong = try metric.score(estimate: noisy(reference, level: 0.1), reference: reference)
        #expect(mild > strong)
        let descriptor = metric.descriptor
        #expect(strong >= descriptor.lowerBound ?? .infinity)
        #expect(mild <= descriptor.upperBound ?? -.infinity)
    }

    @Test("raw and narrow-band are one analysis; signatures tell the modes apart")
    func modes() throws {
        let reference = SyntheticSpeech.signal(seconds: 1, sampleRate: 8000)
        let estimate = noisy(reference)
        let raw = try PESQ(mode: .raw).score(estimate: estimate, reference: reference)
        let mapped = try PESQ(mode: .narrowband).score(estimate: estimate, reference: reference)
        #expect(PESQ.Mapping.mosLQO(raw: raw, wideband: false) == mapped)
        #expect(Set(PESQ.Mode.allCases.map { PESQ(mode: $0).descriptor.signature }).count == 3)
    }

    @Test("gives the same bits on many threads at once")
    func concurrency() async throws {
        let reference = SyntheticSpeech.signal(seconds: 2, sampleRate: 16000)
        let estimate = noisy(reference)
        let alone = try PESQ.analyze(estimate: estimate, reference: reference)
        let together = try await withThrowingTaskGroup(of: PESQ.Analysis.self) { group in
            for _ in 0..<8 {
                group.addTask { try PESQ.analyze(estimate: estimate, reference: reference) }
            }
            return try await group.reduce(into: []) { $0.append($1) }
        }
        #expect(together.allSatisfy { $0 == alone })
    }

    @Test("signals of different lengths are compared over the longer one")
    func lengths() throws {
        let reference = SyntheticSpeech.signal(seconds: 2, sampleRate: 16000)
        let shorter = Signal(samples: Array(reference.samples.dropLast(3000)), sampleRate: 16000)
        #expect(try PESQ().score(estimate: shorter, reference: reference) < 4.6)
        #expect(try PESQ().score(estimate: reference, reference: shorter) < 4.6439)
    }

    private func noisy(_ signal: Signal, level: Float = 0.02) -> Signal {
        var state: UInt64 = 99
        let samples = signal.samples.map { sample in
            state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
            return sample + level * Float(Int64(bitPattern: state) >> 33) / Float(1 << 30)
        }
        return Signal(samples: samples, sampleRate: signal.sampleRate)
    }
}
