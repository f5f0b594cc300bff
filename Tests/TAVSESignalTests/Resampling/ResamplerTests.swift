import Foundation
import TAVSEBase
import Testing

@testable import TAVSESignal

@Suite("Resampler")
struct ResamplerTests {
    @Test(
        "has the lengths and spot values of the reference filters at every rate (reference: Octave's design)")
    func octaveFilters() throws {
        let url = try #require(Reference.file("metrics", "tables/stoi_resample_filters.csv"))
        for row in try Reference.rows(url) {
            let rate = try #require(row["sample_rate"].flatMap { Int($0) })
            let resampler = Resampler(from: rate, to: 10_000, design: .octave)
            #expect(String(resampler.up) == row["up_p"], "\(rate)")
            #expect(String(resampler.down) == row["down_q"], "\(rate)")
            #expect(String(resampler.taps.count) == row["taps"], "\(rate)")
            let half = resampler.taps.count / 2
            for (column, tap) in [
                ("h_centre", 0), ("h_centre_plus_1", 1),
                ("h_centre_plus_max_pq", max(resampler.up, resampler.down)),
            ] {
                let expected = try #require(row[column].flatMap { Double($0) })
                // The third lies on a zero crossing of the sinc: absolute, relative to the largest tap.
                #expect(abs(resampler.taps[half + tap] - expected) < 1e-15 * resampler.taps[half] * 10)
            }
        }
    }

    @Test("has the reference's 581 taps from 16 to 10 kHz to 1e-16 (reference: Octave's design)")
    func octaveTaps() throws {
        let url = try #require(Reference.file("metrics", "tables/stoi_resample_filter_16k_to_10k.csv"))
        let expected = try Reference.rows(url).compactMap { $0["h"].flatMap { Double($0) } }
        let taps = Resampler(from: 16_000, to: 10_000, design: .octave).taps
        #expect(taps.count == expected.count)
        for (tap, value) in zip(taps, expected) { #expect(abs(tap - value) < 1e-16) }
    }

    @Test(
        "equals zero insertion, convolution and decimation written out (closed form)",
        arguments: [(16_000, 10_000), (8000, 10_000), (44_100, 16_000), (3, 2), (2, 3), (7, 1), (1, 5)])
    func definition(input: Int, output: Int) {
        var generator = SplitMix64(seed: 9)
        let x = (0..<257).map { _ in Double.random(in: -1...1, using: &generator) }
        for design in [Resampler.Design.octave, .highQuality] {
            let resampler = Resampler(from: input, to: output, design: design)
            let y = resampler.resample(x)
            let half = resampler.taps.count / 2
            #expect(y.count == (x.count * resampler.up + resampler.down - 1) / resampler.down)
            for k in y.indices {
                var sum = 0.0
                for n in x.indices {
                    let t = k * resampler.down - n * resampler.up
                    if abs(t) <= half { sum += x[n] * resampler.taps[half + t] * Double(resampler.up) }
                }
                #expect(abs(y[k] - sum) < 1e-13)
            }
        }
    }

    @Test(
        "is flat to 1e-5 dB up to 95 % of the lower Nyquist frequency and 120 dB down beyond it (closed form)",
        arguments: [(48_000, 16_000), (44_100, 16_000), (8000, 16_000), (16_000, 48_000)])
    func response(input: Int, output: Int) {
        let resampler = Resampler(from: input, to: output)
        let rate = Double(input * resampler.up)
        let half = resampler.taps.count / 2
        func magnitude(_ hertz: Double) -> Double {
            var sum = resampler.taps[half]
            for t in 1...half {
                sum += 2 * resampler.taps[half + t] * cos(2 * .pi * hertz / rate * Double(t))
            }
            return abs(sum)
        }
        let nyquist = Double(min(input, output)) / 2
        for step in 0...95 {
            #expect(abs(20 * log10(magnitude(nyquist * Double(step) / 100))) < 1e-5)
        }
        for step in 0...400 {
            let hertz = nyquist * (1 + Double(step) / 100)
            if hertz < rate / 2 { #expect(20 * log10(magnitude(hertz)) < -119.5) }
        }
    }

    @Test(
        "gives by transforms what it gives by sums, and exact zeros in digital silence (reference: direct sums)",
        arguments: [(16_000, 10_000), (8000, 10_000), (48_000, 10_000), (48_000, 16_000), (16_000, 48_000)])
    func blocks(input: Int, output: Int) {
        var generator = SplitMix64(seed: 11)
        for length in [4000, 9999, 30_001] {
            var x = (0..<length).map { _ in Double.random(in: -1...1, using: &generator) }
            for n in 0..<300 { x[n] = 0 }
            for n in 1200..<2900 { x[n] = 0 }
            for n in (length - 700)..<length { x[n] = 0 }
            for design in [Resampler.Design.octave, .highQuality] {
                let resampler = Resampler(from: input, to: output, design: design)
                let fast = resampler.resample(x)
                let direct = resampler.direct(x, count: resampler.outputCount(for: length))
                #expect(fast.count == direct.count)
                for (a, b) in zip(fast, direct) where abs(a - b) > 1e-13 || (b == 0 && a != 0) {
                    Issue.record("\(input) → \(output), \(length) samples: \(a) and \(b)")
                    break
                }
            }
        }
    }

    @Test("keeps a tone's amplitude and phase (closed form)")
    func tone() {
        let input = (0..<48_000).map { sin(2 * .pi * 1000 * Double($0) / 48_000) }
        let output = Resampler(from: 48_000, to: 16_000).resample(input)
        for n in 1000..<15_000 { #expect(abs(output[n] - sin(2 * .pi * 1000 * Double(n) / 16_000)) < 2e-6) }
    }

    @Test("returns the same samples at the same rate, and nothing for nothing")
    func identity() {
        #expect(Resampler(from: 16_000, to: 16_000).resample([1, 2, 3]) == [1, 2, 3])
        #expect(Resampler(from: 16_000, to: 8000).resample([Double]()).isEmpty)
        #expect(Resampler(from: 44_100, to: 16_000).outputCount(for: 1 << 50) == 408_489_762_119_773)
    }
}
