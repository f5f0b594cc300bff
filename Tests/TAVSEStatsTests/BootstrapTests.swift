import TAVSEBase
import TAVSEStats
import Testing

@Suite("Bootstrap")
struct BootstrapTests {
    @Test("the same bits for any number of threads (property)", arguments: Bootstrap.Statistic.allCases)
    func threads(statistic: Bootstrap.Statistic) throws {
        var sample = SyntheticSample(seed: 21)
        let d = sample.distinct(101)
        let draws = BootstrapDraws.seeded(9, replicates: 500)
        let one = try Bootstrap.distribution(of: statistic, d, draws: draws, threads: 1)
        for threads in [2, 5, nil] {
            let other = try Bootstrap.distribution(of: statistic, d, draws: draws, threads: threads)
            #expect(other.replicates == one.replicates)
        }
    }

    @Test(
        "drawn and given resamples agree to the bit, whatever instruction set drew them (property)",
        arguments: [2, 7, 8, 9, 63, 64, 65, 127, 1000])
    func drawnEqualsGiven(n: Int) throws {
        var sample = SyntheticSample(seed: 22)
        let d = sample.distinct(n)
        let generator = SplitMix64(seed: 77)
        let rows = (0..<20).map { r in
            (0..<n).map { generator.index(UInt64(r * n + $0 + 1), below: UInt32(n)) }
        }
        let drawn = try Bootstrap.distribution(of: .mean, d, draws: .seeded(77, replicates: 20))
        let given = try Bootstrap.distribution(of: .mean, d, draws: .given(rows))
        #expect(drawn.replicates == given.replicates)
    }

    @Test("a cluster bootstrap of single rows is the bootstrap of the rows (property)")
    func clusterOfRows() throws {
        var sample = SyntheticSample(seed: 23)
        let d = sample.distinct(40)
        let draws = BootstrapDraws.seeded(5, replicates: 300)
        let rows = try Bootstrap.distribution(of: .mean, d, draws: draws)
        let clusters = try ClusterBootstrap.distribution(
            of: d, clusters: ClusterLabels(Array(0..<40)), draws: draws)
        #expect(zip(rows.replicates, clusters.replicates).allSatisfy { abs($0 - $1) < 1e-15 })
        #expect(abs(try rows.bca(level: 0.9).low - clusters.bca(level: 0.9).low) < 1e-12)
    }

    @Test("adding a constant shifts every interval (property)")
    func shift() throws {
        var sample = SyntheticSample(seed: 24)
        let d = sample.distinct(60)
        let draws = BootstrapDraws.seeded(6, replicates: 400)
        let plain = try Bootstrap.distribution(of: .mean, d, draws: draws)
        let moved = try Bootstrap.distribution(of: .mean, d.map { $0 + 4 }, draws: draws)
        #expect(abs(try moved.percentile(level: 0.95).low - plain.percentile(level: 0.95).low - 4) < 1e-12)
        #expect(abs(try moved.bca(level: 0.95).high - plain.bca(level: 0.95).high - 4) < 1e-9)
        let pivot = try #require(try Bootstrap.studentizedMean(d, draws: draws, level: 0.95))
        let movedPivot = try #require(
            try Bootstrap.studentizedMean(d.map { $0 + 4 }, draws: draws, level: 0.95))
        #expect(abs(movedPivot.low - pivot.low - 4) < 1e-10)
    }

    @Test("no data gives no number, a constant gives itself")
    func degenerate() throws {
        let none = try Bootstrap.distribution(of: .mean, [], draws: .seeded(1, replicates: 10))
        #expect(none.status == .noData)
        #expect(try none.bca(level: 0.95).low.isNaN)
        #expect(none.probabilityPositive.isNaN)
        let constant = try Bootstrap.distribution(
            of: .mean, [0.1, 0.1, 0.1], draws: .seeded(1, replicates: 10))
        #expect(try constant.percentile(level: 0.95).low == 0.1)
        #expect(try constant.bca(level: 0.95).status == .degenerate)
        // One replicate, equal to the estimate: no distribution to read a bias or a quantile from.
        let single = try Bootstrap.distribution(of: .mean, [1, 2, 4], draws: .given([[0, 1, 2]]))
        let interval = try single.bca(level: 0.95)
        #expect(interval.status == .degenerate)
        #expect(interval.low == single.estimate && interval.high == single.estimate)
        #expect(interval.alphaLow == nil && interval.alphaHigh == nil)
    }

    @Test("refuses no replicates, rows of the wrong length, indices out of range, values that are not finite")
    func refusal() {
        #expect(throws: StatisticsError.notPositive(what: "bootstrap replicates", found: 0)) {
            try Bootstrap.distribution(of: .mean, [1, 2], draws: .seeded(1, replicates: 0))
        }
        #expect(throws: StatisticsError.lengthMismatch(what: "bootstrap row", expected: 2, found: 1)) {
            try Bootstrap.distribution(of: .mean, [1, 2], draws: .given([[0]]))
        }
        #expect(throws: StatisticsError.indexOutOfRange(what: "bootstrap row", index: 2, limit: 2)) {
            try Bootstrap.distribution(of: .mean, [1, 2], draws: .given([[0, 2]]))
        }
        #expect(throws: StatisticsError.self) {
            try Bootstrap.distribution(of: .median, [1, .nan], draws: .seeded(1, replicates: 5))
        }
    }
}
