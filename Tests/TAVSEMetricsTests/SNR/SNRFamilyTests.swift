import Foundation
import TAVSESignal
import Testing

@testable import TAVSEMetrics

@Suite("SNR, SI-SNR, SI-SDR")
struct SNRFamilyTests {
    /// A reference and noise orthogonal to it, free of mean, that only need exact floats.
    static let reference = Signal(samples: (0..<4096).map { $0 % 2 == 0 ? 0.5 : -0.5 }, sampleRate: 16_000)
    static let orthogonal = Signal(samples: (0..<4096).map { $0 % 4 < 2 ? 0.5 : -0.5 }, sampleRate: 16_000)

    @Test(
        "are 20·log₁₀ of the amplitude ratio for orthogonal noise (closed form)",
        arguments: [0.5, 0.0625, 2] as [Float])
    func orthogonal(gain: Float) throws {
        let estimate = TestSignals.sum(Self.reference, Self.orthogonal, gain: gain)
        let expected = -20 * log10(Double(gain))
        for metric in [SNR(), SISNR(), SISDR()] as [any SpeechMetric] {
            let score = try metric.score(estimate: estimate, reference: Self.reference)
            #expect(abs(score - expected) < 1e-12)
        }
    }

    @Test(
        "do not change with the estimate's scale and sign, SNR aside (property)",
        arguments: [-1, 0.125, 4] as [Float])
    func scale(factor: Float) throws {
        let reference = TestSignals.noise(8000, seed: 1)
        let estimate = TestSignals.sum(reference, TestSignals.noise(8000, seed: 2), gain: 0.3)
        let scaled = Signal(samples: estimate.samples.map { factor * $0 }, sampleRate: 16_000)
        for metric in [SISNR(), SISDR()] as [any SpeechMetric] {
            let before = try metric.score(estimate: estimate, reference: reference)
            #expect(abs(try metric.score(estimate: scaled, reference: reference) - before) < 1e-12)
        }
    }

    @Test("SI-SNR forgives an offset that SI-SDR counts (closed form)")
    func offset() throws {
        let estimate = TestSignals.sum(Self.reference, Self.orthogonal, gain: 0.5)
        let raised = Signal(samples: estimate.samples.map { $0 + 1 }, sampleRate: 16_000)
        let before = try SISNR().score(estimate: estimate, reference: Self.reference)
        #expect(abs(try SISNR().score(estimate: raised, reference: Self.reference) - before) < 1e-12)
        // ‖ŝ − s‖² gains 1 per sample: 0.25 / (0.0625 + 1).
        let expected = 10 * log10(0.25 / 1.0625)
        #expect(abs(try SISDR().score(estimate: raised, reference: Self.reference) - expected) < 1e-12)
    }

    @Test("are infinite, as a reason, when nothing is left over")
    func infinite() {
        for metric in [SNR(), SISNR(), SISDR(), SDR()] as [any SpeechMetric] {
            #expect(throws: MetricError.infinite(positive: true)) {
                try metric.score(estimate: Self.reference, reference: Self.reference)
            }
        }
        for metric in [SISNR(), SISDR()] as [any SpeechMetric] {
            #expect(throws: MetricError.infinite(positive: false)) {
                try metric.score(estimate: Self.orthogonal, reference: Self.reference)
            }
        }
    }

    @Test("SI-SNR calls a constant silent")
    func constant() throws {
        let constant = Signal(samples: [Float](repeating: 0.1, count: 4096), sampleRate: 16_000)
        #expect(throws: MetricError.constant(.estimate, value: 0.1)) {
            try SISNR().score(estimate: constant, reference: Self.reference)
        }
        #expect(throws: MetricError.constant(.reference, value: 0.1)) {
            try SISNR().score(estimate: Self.reference, reference: constant)
        }
    }

    @Test("SI-SNRi is the difference of two SI-SNR, and blames the noisy signal for its faults")
    func improvement() throws {
        let noisy = TestSignals.sum(Self.reference, Self.orthogonal, gain: 0.5)
        let estimate = TestSignals.sum(Self.reference, Self.orthogonal, gain: 0.125)
        let metric = SISNRImprovement()
        let gain = try metric.score(estimate: estimate, reference: Self.reference, noisy: noisy)
        #expect(abs(gain - 20 * log10(4.0)) < 1e-12)
        #expect(throws: MetricError.missingNoisy) {
            try metric.score(estimate: estimate, reference: Self.reference)
        }
        #expect(throws: MetricError.silent(.noisy)) {
            try metric.score(estimate: estimate, reference: Self.reference, noisy: TestSignals.silence(4096))
        }
        var broken = noisy
        broken.samples[7] = .nan
        #expect(throws: MetricError.nonFinite(.noisy, index: 7)) {
            try metric.score(estimate: estimate, reference: Self.reference, noisy: broken)
        }
        let error = #expect(throws: MetricError.self) {
            try metric.score(estimate: estimate, reference: Self.reference, noisy: Self.reference)
        }
        #expect(error?.code == "undefined")
    }
}
