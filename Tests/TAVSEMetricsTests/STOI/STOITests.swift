import Foundation
import TAVSESignal
import Testing

@testable import TAVSEMetrics

@Suite("STOI and ESTOI")
struct STOITests {
    static let metrics: [any SpeechMetric] = [STOI(), ESTOI()]

    @Test("have the published third-octave bands (reference)")
    func bands() throws {
        let rows = ReferencePairs.rows("tables/stoi_third_octave_bands.csv")
        #expect(rows.count == ThirdOctaveBands.count)
        for (bins, row) in zip(ThirdOctaveBands.bins, rows) {
            #expect(String(bins.lowerBound) == row["first_fft_bin"])
            #expect(String(bins.upperBound - 1) == row["last_fft_bin"])
        }
    }

    @Test(
        "are 1 for the same signal at any gain and rate (closed form)",
        arguments: [8000, 10_000, 16_000, 44_100, 48_000])
    func identical(rate: Int) throws {
        let signal = TestSignals.bursts(2 * rate, seed: 3, rate: rate)
        let louder = Signal(samples: signal.samples.map { 4 * $0 }, sampleRate: rate)
        for metric in Self.metrics {
            #expect(abs(try metric.score(estimate: signal, reference: signal) - 1) < 1e-12)
            #expect(abs(try metric.score(estimate: louder, reference: signal) - 1) < 1e-12)
        }
    }

    @Test("fall as noise rises (property)")
    func monotone() throws {
        let signal = TestSignals.bursts(48_000, seed: 4)
        let noise = TestSignals.noise(48_000, seed: 5)
        for metric in Self.metrics {
            let scores = try ([0.01, 0.1, 1, 10] as [Float]).map {
                try metric.score(estimate: TestSignals.sum(signal, noise, gain: $0), reference: signal)
            }
            #expect(scores == scores.sorted(by: >))
            #expect(scores.allSatisfy { $0 > -1 && $0 <= 1 })
        }
    }

    @Test("ignore what happens in the reference's pauses (property)")
    func pauses() throws {
        let signal = TestSignals.bursts(32_000, seed: 6)
        let padded = Signal(samples: signal.samples + TestSignals.silence(16_000).samples, sampleRate: 16_000)
        var noisy = padded
        // Past the last frame that touches the speech.
        for n in 33_000..<48_000 { noisy.samples[n] = 0.5 }
        for metric in Self.metrics {
            let clean = try metric.score(estimate: padded, reference: padded)
            #expect(abs(try metric.score(estimate: noisy, reference: padded) - clean) < 1e-9)
        }
    }

    @Test("say how many frames a short file lacks instead of making up a number", arguments: [1, 300, 3200])
    func tooShort(count: Int) {
        // At 10 kHz: frames of 256 every 128 that end before the end, and one lost in adding them up.
        let length = (count * 5 + 7) / 8
        let frames = max(0, (length - 256 + 127) / 128 - 1)
        let signal = TestSignals.noise(count, seed: 7)
        let unit = "frames of 25.6 ms with speech (hop 12.8 ms)"
        for metric in Self.metrics {
            #expect(throws: MetricError.tooShort(count: frames, minimum: 30, unit: unit)) {
                try metric.score(estimate: signal, reference: signal)
            }
        }
    }

    @Test("refuse rates that cannot be resampled sensibly", arguments: [1, 999, 768_001, Int(Int32.max)])
    func rates(rate: Int) {
        let signal = TestSignals.noise(1000, seed: 8, rate: rate)
        for metric in Self.metrics {
            let error = #expect(throws: MetricError.self) {
                try metric.score(estimate: signal, reference: signal)
            }
            #expect(error?.code == "undefined")
        }
    }
}
