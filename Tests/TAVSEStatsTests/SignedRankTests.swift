import TAVSEStats
import Testing

@Suite("Signed-rank test")
struct SignedRankTests {
    @Test("swapping the systems flips z and swaps the sides (property)", arguments: ZeroMethod.allCases)
    func antisymmetry(method: ZeroMethod) throws {
        var sample = SyntheticSample(seed: 1)
        let d = sample.differences(40)
        let test = try SignedRankTest(differences: d, zeroMethod: method)
        let swapped = try SignedRankTest(differences: d.map { -$0 }, zeroMethod: method)
        #expect(test.rPlus == swapped.rMinus)
        #expect(test.approximate().z == -swapped.approximate().z)
        #expect(try test.exact().less == swapped.exact().greater)
        #expect(try test.exact().twoSided == swapped.exact().twoSided)
    }

    @Test("permuting the rows changes nothing (property)")
    func permutation() throws {
        var sample = SyntheticSample(seed: 2)
        let d = sample.differences(60)
        let test = try SignedRankTest(differences: d)
        let reversed = try SignedRankTest(differences: d.reversed())
        #expect(test.rPlus == reversed.rPlus)
        #expect(test.automatic().p == reversed.automatic().p)
    }

    @Test("the exact p equals a count of all sign patterns, with ties and zeros (closed form)")
    func enumeration() throws {
        let d = [0.0, 0.5, -0.5, 1, 1, 2, -3, 0, 4, 4, 4]
        let ranks = try SignedRanks(d)
        let weights = ranks.doubledSigned.map { abs($0) }
        let observed = ranks.doubledSigned.filter { $0 > 0 }.reduce(0, +)
        var atMost = 0
        var atLeast = 0
        for pattern in 0..<(1 << weights.count) {
            var sum: Int64 = 0
            for (bit, weight) in weights.enumerated() where pattern >> bit & 1 == 1 { sum += weight }
            if sum <= observed { atMost += 1 }
            if sum >= observed { atLeast += 1 }
        }
        let total = Double(1 << weights.count)
        let p = try SignedRankTest(ranks).exact()
        #expect(p.less == Double(atMost) / total)
        #expect(p.greater == Double(atLeast) / total)
    }

    @Test("a tolerance joins ties and zeros that round-off has split")
    func tolerance() throws {
        let d = [0.3 - 0.1 - 0.2, 0.1 + 0.2, 0.3, -0.3]
        #expect(try SignedRanks(d).nZero == 0)
        let ranks = try SignedRanks(d, tieTolerance: 1e-9)
        #expect(ranks.nZero == 1)
        #expect(ranks.tieSizes == [3])
    }

    @Test("no data, all zero and one pair have their own results")
    func degenerate() throws {
        #expect(try SignedRankTest(differences: []).status == .noData)
        let zero = try SignedRankTest(differences: [0, 0])
        #expect(zero.status == .allZero)
        #expect(try zero.exact() == .one)
        let single = try SignedRankTest(differences: [2]).exact()
        #expect(single == PValues(twoSided: 1, less: 1, greater: 0.5))
    }

    @Test("refuses an exact law beyond its limit and a tolerance that is no number")
    func refusal() throws {
        var sample = SyntheticSample(seed: 3)
        let test = try SignedRankTest(differences: sample.distinct(1001))
        #expect(
            throws: StatisticsError.tooLargeForExact(what: "exact signed-rank test", count: 1001, limit: 1000)
        ) { try test.exact() }
        #expect(test.automatic().method == .approx)
        #expect(throws: StatisticsError.self) { try SignedRanks([1], tieTolerance: .nan) }
    }
}

@Suite("Hodges–Lehmann")
struct HodgesLehmannTests {
    @Test("equals the sorted Walsh averages themselves (direct)", arguments: [1, 2, 7, 60, 333])
    func direct(n: Int) throws {
        var sample = SyntheticSample(seed: UInt64(n))
        for d in [sample.differences(n), sample.distinct(n), Array(repeating: 0, count: n)] {
            var walsh: [Double] = []
            for i in 0..<n { for j in i..<n { walsh.append(0.5 * d[i] + 0.5 * d[j]) } }
            walsh.sort()
            let estimate = HodgesLehmann(d)
            let interval = try estimate.interval(level: 0.95, law: .normal)
            #expect(interval.low == walsh[interval.k - 1])
            #expect(interval.high == walsh[walsh.count - interval.k])
            let middle = 0.5 * walsh[(walsh.count - 1) / 2] + 0.5 * walsh[walsh.count / 2]
            #expect(abs(estimate.estimate - middle) <= 1e-16)
        }
    }

    @Test("adding a constant shifts estimate and interval (property)")
    func shift() throws {
        var sample = SyntheticSample(seed: 5)
        let d = sample.distinct(200)
        let plain = try HodgesLehmann(d).interval(level: 0.9)
        let moved = try HodgesLehmann(d.map { $0 + 2 }).interval(level: 0.9)
        #expect(abs(moved.low - plain.low - 2) < 1e-14)
        #expect(abs(moved.high - plain.high - 2) < 1e-14)
    }

    @Test("100,000 differences need no quadratic memory, tied or not")
    func large() throws {
        var sample = SyntheticSample(seed: 6)
        let d = sample.distinct(100_000)
        let estimate = HodgesLehmann(d)
        // Uniform on (−0.45, 0.55): symmetric about 0.05, standard error 0.0009.
        #expect(abs(estimate.estimate - 0.05) < 0.005)
        let tied = HodgesLehmann(d.map { ($0 * 10).rounded() / 10 })
        #expect(tied.walshCount == 5_000_050_000)
        #expect(abs(tied.estimate - 0.05) < 0.051)
    }

    @Test("huge values do not overflow, and no data is not a number")
    func extremes() throws {
        #expect(HodgesLehmann([1.7e308, 1.7e308]).estimate == 1.7e308)
        #expect(HodgesLehmann([]).estimate.isNaN)
        #expect(try HodgesLehmann([]).interval(level: 0.95).low.isNaN)
        #expect(throws: StatisticsError.notAProbability(what: "confidence level", found: 1)) {
            try HodgesLehmann([1]).interval(level: 1)
        }
    }
}
