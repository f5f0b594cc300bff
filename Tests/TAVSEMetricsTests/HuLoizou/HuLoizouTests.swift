import Foundation
import TAVSESignal
import Testing

@testable import TAVSEMetrics

@Suite("Measures on short frames")
struct HuLoizouTests {
    static let distances: [any SpeechMetric] = [
        LogLikelihoodRatio(), CepstralDistance(), WeightedSpectralSlope(), LSD(),
    ]
    static let ratios: [any SpeechMetric] = [SegmentalSNR(), FrequencyWeightedSegmentalSNR()]

    @Test("are at their best for the same signal (closed form)", arguments: [8000, 16_000, 44_100])
    func identical(rate: Int) throws {
        let signal = TestSignals.noise(rate, seed: 1, rate: rate)
        for metric in Self.distances {
            #expect(
                abs(try metric.score(estimate: signal, reference: signal)) < 1e-6, "\(metric.descriptor.name)"
            )
        }
        for metric in Self.ratios {
            let score = try metric.score(estimate: signal, reference: signal)
            #expect(abs(score - 35) < 1e-12, "\(metric.descriptor.name)")
        }
    }

    @Test("get worse as noise rises (property)")
    func monotone() throws {
        let signal = TestSignals.bursts(32_000, seed: 2)
        let noise = TestSignals.noise(32_000, seed: 3)
        for metric in Self.distances + Self.ratios {
            let scores = try ([0.001, 0.01, 0.1, 1] as [Float]).map {
                try metric.score(estimate: TestSignals.sum(signal, noise, gain: $0), reference: signal)
            }
            let isBetterHigh = metric.descriptor.direction == .higherIsBetter
            #expect(
                scores == scores.sorted(by: isBetterHigh ? (>) : (<)), "\(metric.descriptor.name) \(scores)")
        }
    }

    @Test("stay within the bounds they state (property)", arguments: [1, 1e-4] as [Float])
    func bounds(scale: Float) throws {
        let signal = TestSignals.bursts(16_000, seed: 4)
        let estimate = TestSignals.noise(16_000, seed: 5, scale: scale)
        for metric in Self.distances + Self.ratios {
            let score = try metric.score(estimate: estimate, reference: signal)
            #expect(score >= metric.descriptor.lowerBound ?? -.infinity)
            #expect(score <= metric.descriptor.upperBound ?? .infinity)
        }
    }

    @Test(
        "segmental SNR is the ratio itself for noise proportional to the signal (closed form)",
        arguments: [0.5, 0.125] as [Float])
    func segmental(gain: Float) throws {
        let signal = TestSignals.noise(16_000, seed: 7)
        let estimate = Signal(samples: signal.samples.map { $0 * (1 - gain) }, sampleRate: 16_000)
        let score = try SegmentalSNR().score(estimate: estimate, reference: signal)
        // Float rounding of the estimate.
        #expect(abs(score + 20 * log10(Double(gain))) < 1e-5)
    }

    @Test("do not move with gain where they compare shapes (property)")
    func gain() throws {
        let signal = TestSignals.bursts(16_000, seed: 8)
        let estimate = TestSignals.sum(signal, TestSignals.noise(16_000, seed: 9), gain: 0.1)
        let louder = Signal(samples: estimate.samples.map { $0 * 2 }, sampleRate: 16_000)
        let shapes: [any SpeechMetric] = [
            LogLikelihoodRatio(), CepstralDistance(), FrequencyWeightedSegmentalSNR(),
        ]
        for metric in shapes {
            let before = try metric.score(estimate: estimate, reference: signal)
            #expect(abs(try metric.score(estimate: louder, reference: signal) - before) < 1e-9)
        }
    }

    @Test("average the lowest 95 %, halves away from zero (closed form)")
    func trimming() {
        // 20 values: 19 are kept; 30 values: round(28.5) = 29.
        #expect(ShortFrames.trimmedMean((1...20).map(Double.init)) == 10)
        #expect(ShortFrames.trimmedMean((1...30).map(Double.init)) == 15)
        #expect(ShortFrames.trimmedMean([7]) == 7)
    }

    @Test("need one whole frame and its hop")
    func tooShort() {
        let short = TestSignals.noise(599, seed: 10)
        for metric in [LogLikelihoodRatio(), WeightedSpectralSlope(), SegmentalSNR()] as [any SpeechMetric] {
            #expect(throws: MetricError.tooShort(count: 599, minimum: 600, unit: "samples")) {
                try metric.score(estimate: short, reference: short)
            }
        }
    }

    @Test("need a rate that holds the bands", arguments: [1, 16, 999, 768_001, Int(Int32.max)])
    func rates(rate: Int) {
        let signal = TestSignals.noise(2000, seed: 11, rate: rate)
        for metric in Self.distances + Self.ratios {
            let error = #expect(throws: MetricError.self) {
                try metric.score(estimate: signal, reference: signal)
            }
            #expect(error?.code == "undefined")
        }
    }

    @Test("composites ask for PESQ's rates", arguments: Composite.Scale.allCases)
    func composites(scale: Composite.Scale) {
        let signal = TestSignals.bursts(44_100, seed: 12, rate: 44_100)
        #expect(throws: MetricError.unsupportedSampleRate(44_100, supported: [8000, 16_000])) {
            try Composite(scale).score(estimate: signal, reference: signal)
        }
    }
}
