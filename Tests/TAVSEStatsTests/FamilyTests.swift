import TAVSEStats
import Testing

@Suite("Families of tests")
struct FamilyTests {
    @Test(
        "adjusted values are monotone in p, at most 1, at least p, and Holm ≤ Bonferroni, Hommel ≤ Hochberg ≤ Holm"
    )
    func order() throws {
        var sample = SyntheticSample(seed: 31)
        let p = (0..<30).map { _ in sample.uniform() * sample.uniform() * sample.uniform() }
        let all = try Dictionary(
            uniqueKeysWithValues: MultipleTesting.allCases.map { ($0, try $0.adjust(p, family: 40)) })
        for (_, adjusted) in all {
            for i in p.indices {
                #expect(adjusted[i] >= p[i] * (1 - 1e-15) && adjusted[i] <= 1)
                for j in p.indices where p[i] < p[j] { #expect(adjusted[i] <= adjusted[j]) }
            }
        }
        let slack = 1 + 1e-14
        for i in p.indices {
            let bonferroni = try #require(all[.bonferroni])[i], holm = try #require(all[.holm])[i]
            let hochberg = try #require(all[.hochberg])[i], hommel = try #require(all[.hommel])[i]
            #expect(holm <= bonferroni * slack && hochberg <= holm * slack && hommel <= hochberg * slack)
        }
    }

    @Test(
        "a test that could not be run counts as p = 1 and stays not a number",
        arguments: MultipleTesting.allCases)
    func missing(method: MultipleTesting) throws {
        let adjusted = try method.adjust([0.01, .nan, 0.2], family: 5)
        let filled = try method.adjust([0.01, 1, 0.2], family: 5)
        #expect(adjusted[1].isNaN)
        #expect(adjusted[0] == filled[0] && adjusted[2] == filled[2])
    }

    @Test("Hommel by closed testing: the largest Simes p over all subsets that hold the test (closed form)")
    func hommelClosure() throws {
        let p = [0.011, 0.02, 0.022, 0.09, 0.3]
        for family in [5, 6, 8] {
            let all = p + Array(repeating: 1.0, count: family - p.count)
            var expected = [Double](repeating: 0, count: p.count)
            for subset in 1..<(1 << family) {
                let members = all.indices.filter { subset >> $0 & 1 == 1 }
                let sorted = members.map { all[$0] }.sorted()
                let simes =
                    sorted.indices.map { Double(sorted.count) * sorted[$0] / Double($0 + 1) }.min() ?? 1
                for i in members where i < p.count { expected[i] = max(expected[i], simes) }
            }
            let adjusted = try MultipleTesting.hommel.adjust(p, family: family)
            for i in p.indices { #expect(abs(adjusted[i] - min(1, expected[i])) <= 1e-15) }
        }
        #expect(try MultipleTesting.hommel.adjust([1e-9], family: 1_000_000)[0] <= 1e-3 * (1 + 1e-12))
    }

    @Test("refuses a family smaller than its tests and a p outside 0…1")
    func refusal() {
        #expect(throws: StatisticsError.familyTooSmall(planned: 1, tests: 2)) {
            try MultipleTesting.holm.adjust([0.1, 0.2], family: 1)
        }
        #expect(
            throws: StatisticsError.tooLargeForExact(what: "planned family", count: .max, limit: 10_000_000)
        ) { try MultipleTesting.by.adjust([0.1], family: .max) }
        #expect(throws: StatisticsError.notAProbability(what: "p-value", found: 1.5)) {
            try MultipleTesting.bh.adjust([1.5])
        }
    }

    @Test(
        "the guide's threshold is the same number read over 30 tests and over 6 pairs per metric (closed form)"
    )
    func guideThreshold() {
        #expect(0.05 / 30 == 0.01 / 6)
    }

    @Test("Friedman: no block, one block, ragged and tied blocks")
    func friedmanDegenerate() throws {
        #expect(try FriedmanTest([]).status == .noData)
        #expect(try FriedmanTest([[1, 2, 3]]).status == .notEstimable)
        #expect(try FriedmanTest([[1, 1], [2, 2]]).status == .constant)
        #expect(throws: StatisticsError.lengthMismatch(what: "Friedman block", expected: 2, found: 1)) {
            try FriedmanTest([[1, 2], [1]])
        }
    }

    @Test("the range of two normals is a normal difference: P(Q > q) = 2Φ(−q/√2) (closed form)")
    func rangeOfTwo() {
        for q in [0.1, 1, 2.772, 5, 12, 30] {
            let expected = 2 * Normal.upperTail(q / 2.0.squareRoot())
            #expect(abs(StudentizedRange.upperTail(q, groups: 2) - expected) <= 1e-12 * expected)
        }
    }

    @Test("TOST is the (1 − 2α) interval inside the bounds (property)")
    func equivalence() throws {
        for estimate in [-0.3, 0.0, 0.1, 0.24] {
            let test = try EquivalenceTest(
                estimate: estimate, standardError: 0.07, df: 26, low: -0.25, high: 0.25)
            #expect(test.isEquivalent == (test.interval.low > -0.25 && test.interval.high < 0.25))
        }
        #expect(throws: StatisticsError.emptyInterval(low: 1, high: 1)) {
            try EquivalenceTest(estimate: 0, standardError: 1, df: 2, low: 1, high: 1)
        }
    }

    @Test("paired t: status of every degenerate sample")
    func pairedT() throws {
        #expect(PairedTTest([]).status == .noData)
        #expect(PairedTTest([1]).status == .notEstimable)
        #expect(PairedTTest([0, 0]).status == .allZero)
        #expect(PairedTTest([2, 2]).t == .infinity)
        #expect(PairedTTest([1, .nan, 3]).n == 2)
    }

    @Test("distribution functions take any argument without a trap")
    func hostileArguments() {
        for x in [Double.nan, .infinity, -.infinity, 1e308, -1e308, 0] {
            for df in [0.0, -1, .nan, 1e-3, 1, 1e300] {
                _ = StudentT.cdf(x, df: df)
                _ = StudentT.quantile(x, df: df)
                _ = ChiSquared.upperTail(x, df: df)
                _ = FisherF.upperTail(x, df1: df, df2: 3)
            }
            _ = Normal.quantile(x)
            _ = StudentizedRange.upperTail(x, groups: 4)
        }
        #expect(StudentT.cdf(.nan, df: 3).isNaN)
        #expect(Normal.quantile(0) == -.infinity)
    }
}
