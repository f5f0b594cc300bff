import Foundation
import TAVSEBase
import TAVSESignal
import Testing

@testable import TAVSEMetrics

@Suite("BSS Eval")
struct BSSEvalTests {
    /// Σ u[n]·v[n + k]
    static func correlation(_ u: [Double], _ v: [Double], lag: Int) -> Double {
        (0..<max(0, u.count - lag)).reduce(0) { $0 + u[$1] * v[$1 + lag] }
    }

    @Test(
        "correlates over all lags as the sum says, at lengths around its blocks (closed form)",
        arguments: [1, 5, 511, 512, 513, 1024, 1537])
    func correlations(count: Int) {
        let u = TestSignals.noise(count, seed: 1).samples.map(Double.init)
        let v = TestSignals.noise(count, seed: 2).samples.map(Double.init)
        let computed = LagCorrelations.compute([u, v], pairs: [(u: 0, v: 0), (u: 0, v: 1), (u: 1, v: 0)])
        for (lags, pair) in zip(computed, [(u, u), (u, v), (v, u)]) {
            for lag in stride(from: 0, to: 512, by: 37) {
                let expected = Self.correlation(pair.0, pair.1, lag: lag)
                #expect(abs(lags[lag] - expected) < 1e-13 * Double(count + 10))
            }
        }
    }

    @Test("Levinson's energy is the one of a dense solve (reference: Cholesky)")
    func levinson() {
        var generator = SplitMix64(seed: 3)
        let n = 64
        // Correlations of a real signal make a positive definite matrix.
        let x = (0..<400).map { _ in Double.random(in: -1...1, using: &generator) }
        let r = (0..<n).map { Self.correlation(x, x, lag: $0) }
        let b = (0..<n).map { _ in Double.random(in: -1...1, using: &generator) }
        let dense = (0..<n).flatMap { i in (0..<n).map { r[abs(i - $0)] } }
        let expected = BlockCholesky(size: n, matrix: dense).energy(b)
        let energy = ToeplitzProjection.energy(autocorrelation: r, crossCorrelation: b)
        #expect(abs(energy - expected) < 1e-12 * expected)
    }

    @Test("Cholesky's energy is that of a 2 × 2 solve by hand, dependent columns left out (closed form)")
    func cholesky() {
        // A = [4 2; 2 3], b = (2, 5): A⁻¹b = (−0.5, 2), bᵀA⁻¹b = 9.
        #expect(abs(BlockCholesky(size: 2, matrix: [4, 2, 2, 3]).energy([2, 5]) - 9) < 1e-14)
        // The second column repeats the first: only one of them counts.
        #expect(abs(BlockCholesky(size: 2, matrix: [4, 4, 4, 4]).energy([2, 2]) - 1) < 1e-14)
    }

    @Test("SDR forgives a filter of up to 512 taps and nothing longer (property)")
    func filtered() throws {
        let reference = TestSignals.noise(20_000, seed: 4)
        var estimate = TestSignals.silence(20_000)
        for (delay, gain) in [(0, 0.5), (100, -0.3), (511, 0.2)] as [(Int, Float)] {
            for n in delay..<20_000 { estimate.samples[n] += gain * reference.samples[n - delay] }
        }
        // What runs over the end is lost; 511 of 20 000 samples at most.
        #expect(try SDR().score(estimate: estimate, reference: reference) > 20)
        let late = [Float](repeating: 0, count: 600) + reference.samples.dropLast(600)
        let shifted = Signal(samples: late, sampleRate: 16_000)
        #expect(try SDR().score(estimate: shifted, reference: reference) < 0)
    }

    @Test("SDR of independent noise is that of the ratio, less what 512 taps explain (closed form)")
    func noise() throws {
        let reference = TestSignals.noise(200_000, seed: 5)
        let estimate = TestSignals.sum(reference, TestSignals.noise(200_000, seed: 6), gain: 0.1)
        // 512 free taps take 512/200 000 of the noise: 0.011 dB; the draw's own deviation is of that size.
        #expect(abs(try SDR().score(estimate: estimate, reference: reference) - 20) < 0.1)
    }

    @Test("finds who is who, and the SIR of a leak (closed form)")
    func permutation() throws {
        let sources = (0..<3).map { TestSignals.noise(30_000, seed: UInt64(10 + $0)) }
        // Estimate e is source (e + 1) mod 3, with a tenth of source e.
        let estimates = (0..<3).map { TestSignals.sum(sources[($0 + 1) % 3], sources[$0], gain: 0.1) }
        let result = try BSSEval(estimates: estimates, references: sources)
        #expect(result.permutation == [2, 0, 1])
        for source in 0..<3 {
            let ratios = result.ratios[result.permutation[source]][source]
            // Correlations of finite noise over 512 lags move the split by a few tenths.
            #expect(abs(ratios.sir - 20) < 0.5)
            #expect(ratios.sar > 100)
        }
    }

    @Test("one source has no interference: SIR is undefined, SAR is SDR")
    func single() throws {
        let reference = TestSignals.noise(8000, seed: 20)
        let estimate = TestSignals.sum(reference, TestSignals.noise(8000, seed: 21), gain: 0.3)
        let error = #expect(throws: MetricError.self) {
            try SIR().score(estimate: estimate, reference: reference)
        }
        #expect(error?.code == "undefined")
        let sdr = try SDR().score(estimate: estimate, reference: reference)
        #expect(try SAR().score(estimate: estimate, reference: reference) == sdr)
        let ratios = try BSSEval(estimates: [estimate], references: [reference]).ratios[0][0]
        #expect(ratios.sir == .infinity)
        #expect(abs(ratios.sdr - sdr) < 1e-9)
    }

    @Test("refuses counts that do not match, unequal lengths and silence")
    func errors() {
        let a = TestSignals.noise(1000, seed: 30)
        let b = TestSignals.noise(1000, seed: 31)
        let shorter = TestSignals.noise(999, seed: 32)
        #expect(throws: MetricError.self) { try BSSEval(estimates: [], references: []) }
        #expect(throws: MetricError.self) { try BSSEval(estimates: [a], references: [a, b]) }
        #expect(throws: MetricError.lengthMismatch(estimate: 1000, reference: 999)) {
            try BSSEval(estimates: [a, shorter], references: [b, shorter])
        }
        #expect(throws: MetricError.silent(.reference)) {
            try BSSEval(estimates: [a, b], references: [b, TestSignals.silence(1000)])
        }
    }
}
