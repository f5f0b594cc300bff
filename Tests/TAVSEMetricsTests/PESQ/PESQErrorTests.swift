import TAVSEMetrics
import TAVSESignal
import Testing

/// Oracle: closed form. Each guard, tripped.
@Suite("PESQ on input without a score")
struct PESQErrorTests {
    let speech = SyntheticSpeech.signal(seconds: 1, sampleRate: 16000)

    @Test("different rates are named")
    func rates() {
        let other = SyntheticSpeech.signal(seconds: 1, sampleRate: 8000)
        #expect(throws: MetricError.sampleRateMismatch(estimate: 8000, reference: 16000)) {
            try PESQ().score(estimate: other, reference: speech)
        }
    }

    @Test("rates without a standard are refused", arguments: [11025, 22050, 44100, 48000])
    func unsupported(_ rate: Int) {
        let signal = SyntheticSpeech.signal(seconds: 1, sampleRate: rate)
        #expect(throws: MetricError.unsupportedSampleRate(rate, supported: [8000, 16000])) {
            try PESQ(mode: .narrowband).score(estimate: signal, reference: signal)
        }
        #expect(throws: MetricError.unsupportedSampleRate(rate, supported: [16000])) {
            try PESQ().score(estimate: signal, reference: signal)
        }
    }

    @Test("wide-band at 8 kHz is refused")
    func widebandAt8kHz() {
        let signal = SyntheticSpeech.signal(seconds: 1, sampleRate: 8000)
        #expect(throws: MetricError.unsupportedSampleRate(8000, supported: [16000])) {
            try PESQ().score(estimate: signal, reference: signal)
        }
    }

    @Test("less than a quarter of a second is too short", arguments: [0, 1, 800, 3999])
    func tooShort(_ count: Int) {
        let short = Signal(samples: Array(speech.samples[..<count]), sampleRate: 16000)
        let error = MetricError.tooShort(count: count, minimum: 4000, unit: "samples")
        #expect(throws: error) { try PESQ().score(estimate: short, reference: speech) }
        #expect(throws: error) { try PESQ().score(estimate: speech, reference: short) }
    }

    @Test("a quarter of a second is enough")
    func shortest() throws {
        let short = Signal(samples: Array(speech.samples[2000..<6000]), sampleRate: 16000)
        #expect(try PESQ().score(estimate: short, reference: short) > 4.6)
    }

    @Test("silence is named")
    func silence() {
        let silence = Signal(samples: [Float](repeating: 0, count: 16000), sampleRate: 16000)
        #expect(throws: MetricError.silent(.estimate)) {
            try PESQ().score(estimate: silence, reference: speech)
        }
        #expect(throws: MetricError.silent(.reference)) {
            try PESQ().score(estimate: speech, reference: silence)
        }
    }

    @Test(
        "a constant is named as silent, with words", arguments: PESQ.Mode.allCases, [0.25, -1e-6] as [Float])
    func constant(_ mode: PESQ.Mode, _ value: Float) {
        let constant = Signal(samples: [Float](repeating: value, count: 16000), sampleRate: 16000)
        #expect(throws: MetricError.constant(.reference, value: value)) {
            try PESQ(mode: mode).score(estimate: speech, reference: constant)
        }
        #expect(throws: MetricError.constant(.estimate, value: value)) {
            try PESQ(mode: mode).score(estimate: constant, reference: speech)
        }
        let error = MetricError.constant(.reference, value: 0.25)
        #expect(error.code == "silent_reference")
        #expect(
            error.description == "the reference is silent: all samples are 0.25, a constant without sound")
    }

    @Test("more than 50 utterances have a finite score, and none is split")
    func manyUtterances() throws {
        // 56 bursts of 0.6 s, each 0.3 s apart: the ITU program's arrays hold 50.
        let talk = SyntheticSpeech.signal(seconds: 0.9 * 56, sampleRate: 8000)
        let noise = SyntheticSpeech.signal(seconds: 0.9 * 56, sampleRate: 8000, seed: 9)
        let estimate = Signal(
            samples: zip(talk.samples, noise.samples).map { $0 + 0.1 * $1 }, sampleRate: 8000)
        let analysis = try PESQ.analyze(estimate: estimate, reference: talk, mode: .narrowband)
        #expect(analysis.utterances.count > 50)
        #expect(analysis.mosLQO > 1 && analysis.mosLQO < 4.55)
        for (previous, next) in zip(analysis.utterances, analysis.utterances.dropFirst()) {
            #expect(previous.start < previous.end && previous.end <= next.end)
        }
    }

    @Test("NaN and infinity are found where they are", arguments: [Float.nan, .infinity, -.infinity])
    func nonFinite(_ value: Float) {
        var broken = speech
        broken.samples[1234] = value
        #expect(throws: MetricError.nonFinite(.estimate, index: 1234)) {
            try PESQ().score(estimate: broken, reference: speech)
        }
        #expect(throws: MetricError.nonFinite(.reference, index: 1234)) {
            try PESQ().score(estimate: speech, reference: broken)
        }
    }

    @Test(
        "hostile signals give a finite score in range or a reason, and never crash",
        arguments: PESQ.Mode.allCases)
    func hostile(_ mode: PESQ.Mode) {
        let count = 6000
        let shapes: [[Float]] = [
            [Float](repeating: 1, count: count),
            (0..<count).map { $0 == 3000 ? 1 : 0 },
            (0..<count).map { $0 % 2 == 0 ? 1 : -1 },
            (0..<count).map { Float($0) * Float.leastNonzeroMagnitude },
            (0..<count).map { $0 % 100 == 0 ? 3e38 : -3e38 },
            (0..<count).map { $0 < 5990 ? 0 : 1 },
            Array(speech.samples[..<count]),
        ]
        for reference in shapes {
            for estimate in shapes {
                for extra in [0, 40000] {
                    let longer = estimate + [Float](repeating: 0, count: extra)
                    do throws(MetricError) {
                        let score = try PESQ(mode: mode).score(
                            estimate: Signal(samples: longer, sampleRate: 16000),
                            reference: Signal(samples: reference, sampleRate: 16000))
                        #expect(score.isFinite)
                        let descriptor = PESQ(mode: mode).descriptor
                        #expect(score >= (descriptor.lowerBound ?? 0) - 1e-9)
                        #expect(score <= (descriptor.upperBound ?? 0) + 1e-9)
                    } catch {
                        #expect(!error.description.isEmpty)
                    }
                }
            }
        }
    }
}
