import Foundation
import TAVSESignal
import Testing

@testable import TAVSEMetrics

/// Oracle: the plain loop in double, or exact equality where both do the same arithmetic.
@Suite("PESQ stages")
struct PESQStageTests {
    private static func noise(_ count: Int, seed: UInt64 = 5) -> [Float] {
        var state = seed
        return (0..<count).map { _ in
            state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
            return Float(Int64(bitPattern: state) >> 33) / Float(1 << 30)
        }
    }

    @Test("sections side by side give the same bits as one after the other", arguments: [8000, 16000])
    func sectionBank(_ rate: Int) {
        let sections = PESQ.Format(sampleRate: rate).alignmentFilter
        var fast = Self.noise(5000)
        var plain = fast
        PESQ.Biquad.cascade(&fast, count: 4000, sections: sections)
        for section in sections { PESQ.Biquad.filter(&plain, range: 0..<4000, with: section) }
        #expect(fast == plain)
    }

    @Test("vector powers agree with the C library's", arguments: [0.23, 0.2552, 1.2] as [Float])
    func vectorPower(_ exponent: Float) {
        for base: Float in [1e-3, 0.5, 0.999, 1, 1.001, 3, 7.77, 1e3, 12345.6, 1e9] {
            let value = VectorPower.power(SIMD8(repeating: base), SIMD8(repeating: exponent))[3]
            let exact = pow(Double(base), Double(exponent))
            // Half a unit in the last place of the logarithm (up to 30), times ln 2.
            #expect(abs(Double(value) - exact) <= 2e-6 * exact)
        }
    }

    @Test("a correlation grown piece by piece equals the direct sum")
    func growingCorrelation() {
        let reference = Self.noise(300, seed: 1).map { max(0, $0) }
        let estimate = Self.noise(260, seed: 2).map { max(0, $0) }
        for shift in [-40, 0, 25] {
            var growing = PESQ.GrowingCorrelation(
                reference: reference, estimate: estimate, shift: shift, span: 20..<280)
            for end in stride(from: 100, through: 280, by: 12) {
                growing.extend(to: 20..<end)
                #expect(
                    growing.bestLag
                        == directLag(reference, estimate, window: 20..<end, shift: shift))
            }
            growing.reset()
            for start in stride(from: 200, through: 20, by: -12) {
                growing.extend(to: start..<280)
                #expect(
                    growing.bestLag
                        == directLag(reference, estimate, window: start..<280, shift: shift))
            }
        }
    }

    private func directLag(_ reference: [Float], _ estimate: [Float], window: Range<Int>, shift: Int) -> Int {
        let first = max(window.lowerBound, -shift)
        let end = min(estimate.count, window.upperBound + shift)
        var best = 0
        var greatest = 0.0
        for lag in -window.count...window.count {
            var sum = 0.0
            for frame in first..<window.upperBound {
                let other = frame + shift + lag
                if other >= first + shift, other < end {
                    sum += Double(reference[frame]) * Double(estimate[other])
                }
            }
            if sum > greatest {
                greatest = sum
                best = lag
            }
        }
        return best
    }

    @Test("long parts of a split replace samples of the alignment window, the last that reaches one wins")
    func splitWindow() throws {
        let a = Self.noise(1000, seed: 3).map { max(0, $0) }
        let b = Self.noise(1000, seed: 4).map { max(0, $0) }
        let hann = PESQ.hannWindow(512)
        func part(_ reference: Range<Int>, _ estimate: Range<Int>) -> PESQ.SplitWindow.Part {
            var part = PESQ.SplitWindow.Part()
            part.reference = reference
            part.estimate = estimate
            return part
        }
        func shape(_ parts: [PESQ.SplitWindow.Part]) -> [Float]? {
            PESQ.SplitWindow.shape(hann: hann, parts: parts, reference: a, estimate: b)
        }
        // 771 + 772 − 1 = 1542 values end just before 3·512 + 6; one more reaches the window.
        #expect(shape([part(0..<771, 0..<772)]) == nil)
        #expect(shape([part(5..<6, 0..<1000)]) == nil)
        let reached = try #require(shape([part(3..<775, 9..<781)]))
        #expect(Array(reached[1...]) == Array(hann[1...]))
        // Value 1542 of 772 by 772: lag 771, the first frame against the last.
        #expect(abs(reached[0] - a[3] * b[780]) < 1e-6)

        let both = try #require(shape([part(0..<900, 0..<900), part(100..<900, 50..<850)]))
        // 1799 values reach sample 256, the later part's 1599 reach sample 56.
        #expect(Array(both[257...]) == Array(hann[257...]))
        for sample in [0, 56, 57, 256] {
            let (first, second, count) = sample > 56 ? (0, 0, 900) : (100, 50, 800)
            let lag = 1542 + sample - (count - 1)
            let sum = (0..<count - lag).reduce(0.0) {
                $0 + Double(a[first + $1]) * Double(b[second + $1 + lag])
            }
            #expect(abs(Double(both[sample]) - sum) < 1e-4)
        }
    }

    @Test("the envelope correlation finds a shift, and nothing in silence")
    func envelopeCorrelation() {
        let pattern = Self.noise(80).map { abs($0) }
        let silence = [Float](repeating: 0, count: 30)
        let lag = PESQ.EnvelopeCorrelation.bestLag(
            reference: (pattern + silence)[...], estimate: (silence + pattern)[...])
        #expect(lag == 30)
        #expect(PESQ.EnvelopeCorrelation.bestLag(reference: silence[...], estimate: pattern[...]) == 0)
        #expect(PESQ.EnvelopeCorrelation.bestLag(reference: [], estimate: pattern[...]) == 0)
    }

    @Test("votes for two neighbouring lags tie, and the first wins")
    func histogramTie() {
        var histogram = PESQ.LagHistogram(window: 1024)
        for lag in [38, 37] { histogram.add(0.3, at: lag) }
        #expect(histogram.best.lag == 37)
        // The triangle is 16 lags wide: each vote gives 15/16 of itself to its neighbour.
        #expect(abs(histogram.best.confidence - (1 + 15.0 / 16) / 2) < 1e-12)
    }

    @Test("lags wrap around the circle")
    func histogramWrap() {
        var histogram = PESQ.LagHistogram(window: 512)
        histogram.add(1, at: 511)
        #expect(histogram.best.lag == -1)
    }

    @Test("speech between silences is active, silence is not")
    func voiceActivity() {
        var samples = [Float](repeating: 0, count: 64 * 600)
        let speech = 64 * 200..<64 * 400
        for (index, sample) in zip(speech, Self.noise(speech.count)) { samples[index] = sample }
        let activity = PESQ.VoiceActivity(samples: samples, count: samples.count, frame: 64)
        // Two softened frames on either side.
        #expect(activity.bursts == [198..<402])
        #expect(activity.logPower[199] == 0 || activity.power[199] > 0)
        #expect(activity.logPower[..<198].allSatisfy { $0 == 0 })
    }

    @Test("the level filter passes 1 kHz and stops 100 Hz")
    func levelFilter() {
        let gains = PESQ.FilterTables.levelBand.gains(
            relativeTo: 1000, sampleRate: 16000, transformLength: 16000)
        #expect(gains[1000] == 1)
        #expect(gains[100] < 1e-20)
        // Half way between −500 dB at 300 Hz and 0 dB at 350 Hz.
        #expect(abs(gains[325] - 3.1622777e-13) < 1e-18)
    }

    @Test(
        "filter gains are the table's lines in dB, bin by bin (closed form)",
        arguments: [(8000, 256), (8000, 8192), (16000, 1000), (16000, 65536)])
    func filterGains(sampleRate: Int, length: Int) {
        let points = PESQ.FilterTables.receivingHandset.points
        let gains = PESQ.FilterTables.receivingHandset.gains(
            relativeTo: 1000, sampleRate: sampleRate, transformLength: length)
        #expect(gains.count == length / 2 + 1)
        for (bin, gain) in gains.enumerated() {
            let frequency = Double(bin * sampleRate) / Double(length)
            let high = points.firstIndex { $0.frequencyHz >= frequency && $0.frequencyHz > 0 } ?? 1
            let (from, to) = (points[high - 1], points[high])
            let share = (frequency - from.frequencyHz) / (to.frequencyHz - from.frequencyHz)
            let expected = pow(10, (from.gainDB + share * (to.gainDB - from.gainDB) - 12) / 20)
            #expect(abs(Double(gain) - expected) < 1e-7 * expected)
        }
    }
}
