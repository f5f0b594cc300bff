import Foundation
import TAVSESignal
import Testing

@testable import TAVSEMetrics

@Suite("MetricSuite and MetricCatalog")
struct MetricSuiteTests {
    @Test("describe every metric once, under its own name and signature")
    func catalog() {
        #expect(MetricCatalog.all.map(\.name) == MetricName.allCases)
        #expect(Set(MetricCatalog.all.map(\.signature)).count == MetricName.allCases.count)
        for descriptor in MetricCatalog.all {
            #expect(!descriptor.title.isEmpty && !descriptor.source.isEmpty)
            #expect(descriptor.signature.contains("|v:"))
        }
        #expect(MetricCatalog.name("pesq") == .pesqWideband)
        #expect(MetricCatalog.name("SI-SNR") == .siSNR)
        #expect(MetricCatalog.name("nonsense") == nil)
    }

    @Test("give together what each metric gives alone, bit for bit (property)")
    func sharing() {
        let reference = TestSignals.bursts(32_000, seed: 1)
        let noisy = TestSignals.sum(reference, TestSignals.noise(32_000, seed: 2), gain: 0.2)
        let estimate = TestSignals.sum(reference, TestSignals.noise(32_000, seed: 3), gain: 0.05)
        let together = MetricSuite().score(estimate: estimate, reference: reference, noisy: noisy)
        for score in together {
            let alone = MetricSuite(metrics: [score.metric])
                .score(estimate: estimate, reference: reference, noisy: noisy)
            #expect(alone.map(\.result) == [score.result], "\(score.metric.rawValue)")
            #expect(score.milliseconds >= 0)
        }
        #expect(together.filter { (try? $0.result.get()) == nil }.map(\.metric) == [.sir])
    }

    @Test("give the same bits on any number of threads (property)")
    func threads() {
        let reference = TestSignals.bursts(16_000, seed: 4)
        let estimate = TestSignals.sum(reference, TestSignals.noise(16_000, seed: 5), gain: 0.1)
        let suite = MetricSuite()
        let expected = suite.score(estimate: estimate, reference: reference).map(\.result)
        nonisolated(unsafe) var equal = [Bool](repeating: false, count: 16)
        equal.withUnsafeMutableBufferPointer { results in
            nonisolated(unsafe) let results = results
            DispatchQueue.concurrentPerform(iterations: 16) { i in
                results[i] = suite.score(estimate: estimate, reference: reference).map(\.result) == expected
            }
        }
        #expect(equal.allSatisfy { $0 })
    }

    @Test("keep the order asked for and drop repetitions")
    func order() {
        let suite = MetricSuite(metrics: [.sdr, .stoi, .sdr])
        #expect(suite.metrics == [.sdr, .stoi])
        #expect(suite.descriptors.map(\.name) == [.sdr, .stoi])
        let signal = TestSignals.noise(9, seed: 1)
        #expect(MetricSuite(metrics: []).score(estimate: signal, reference: signal).isEmpty)
    }

    /// PESQ accepts unequal lengths and has its own tests.
    static let others = MetricName.allCases.filter {
        ![.pesqWideband, .pesqNarrowband, .pesqRaw].contains($0)
    }

    @Test("turn every bad pair into its reason, for every metric", arguments: others)
    func badInput(name: MetricName) {
        let good = TestSignals.bursts(16_000, seed: 6)
        let silent = TestSignals.silence(16_000)
        var broken = good
        broken.samples[123] = .infinity
        func reason(_ estimate: Signal, _ reference: Signal) -> MetricError? {
            let score = MetricSuite(metrics: [name]).score(
                estimate: estimate, reference: reference, noisy: good)
            guard case .failure(let error) = score[0].result else { return nil }
            return error
        }
        let slower = Signal(samples: good.samples, sampleRate: 8000)
        #expect(reason(good, slower) == .sampleRateMismatch(estimate: 16_000, reference: 8000))
        let shorter = Signal(samples: Array(good.samples.dropLast()), sampleRate: 16_000)
        #expect(reason(good, shorter) == .lengthMismatch(estimate: 16_000, reference: 15_999))
        #expect(reason(good, silent) == .silent(.reference))
        #expect(reason(silent, good) == .silent(.estimate))
        #expect(reason(broken, good) == .nonFinite(.estimate, index: 123))
        #expect(reason(good, broken) == .nonFinite(.reference, index: 123))
        let empty = Signal(samples: [], sampleRate: 16_000)
        #expect(reason(empty, empty) == .tooShort(count: 0, minimum: 1, unit: "samples"))
    }

    @Test("never crash or return a number that is not one, whatever the samples (property)")
    func extremes() {
        let tiny = (0..<9000).map { $0 % 3 == 0 ? Float.leastNonzeroMagnitude : 0 }
        let huge = (0..<9000).map { $0 % 2 == 0 ? Float.greatestFiniteMagnitude : -1 }
        let click = (0..<9000).map { $0 == 4500 ? Float(1) : 0 }
        let constant = [Float](repeating: 1, count: 9000)
        let noise = TestSignals.noise(9000, seed: 9)
        let all = [tiny, huge, click, constant].map { Signal(samples: $0, sampleRate: 16_000) } + [noise]
        let suite = MetricSuite(metrics: Self.others)
        for reference in all {
            for estimate in all {
                for score in suite.score(estimate: estimate, reference: reference, noisy: noise) {
                    if case .success(let value) = score.result { #expect(value.isFinite, "\(score.metric)") }
                }
            }
        }
    }
}
