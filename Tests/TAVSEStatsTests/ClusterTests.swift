import TAVSEStats
import Testing

@Suite("Clustered differences")
struct ClusterTests {
    @Test(
        "swapping systems flips the sign, permuting rows changes nothing, a constant shifts the interval (property)"
    )
    func properties() throws {
        var sample = SyntheticSample(seed: 11)
        let d = sample.distinct(90)
        let labels = (0..<90).map { $0 * 7 % 13 }
        let clusters = ClusterLabels(labels)
        let mean = try ClusterRobustMean(d, clusters: clusters)
        let swapped = try ClusterRobustMean(d.map { -$0 }, clusters: clusters)
        #expect(swapped.mean == -mean.mean)
        #expect(swapped.cr2 == mean.cr2)
        #expect(swapped.p.twoSided == mean.p.twoSided)

        let reversed = try ClusterRobustMean(d.reversed(), clusters: ClusterLabels(labels.reversed()))
        #expect(reversed.mean == mean.mean)
        #expect(abs(reversed.cr2 - mean.cr2) <= 1e-15)
        let test = try ClusteredSignedRank(SignedRanks(d), clusters: clusters)
        let permuted = try ClusteredSignedRank(
            SignedRanks(d.reversed()), clusters: ClusterLabels(labels.reversed()))
        #expect(test == permuted)
        let flipped = try ClusteredSignedRank(SignedRanks(d.map { -$0 }), clusters: clusters)
        #expect(flipped.t == -test.t)
        #expect(flipped.exact.twoSided == test.exact.twoSided)

        let interval = try mean.interval(level: 0.95)
        let moved = try ClusterRobustMean(d.map { $0 + 3 }, clusters: clusters).interval(level: 0.95)
        #expect(abs(moved.low - interval.low - 3) < 1e-12)
        #expect(abs(moved.high - interval.high - 3) < 1e-12)
    }

    @Test("clusters of one row give the ordinary standard error and m − 1 degrees of freedom (closed form)")
    func singletons() throws {
        var sample = SyntheticSample(seed: 12)
        let d = sample.distinct(25)
        let mean = try ClusterRobustMean(d, clusters: ClusterLabels(Array(0..<25)))
        let summary = Summary(d)
        #expect(abs(mean.cr2 - summary.standardError) < 1e-16)
        #expect(abs(mean.df - 24) < 1e-12)
        #expect(abs(mean.designEffect - 1) < 1e-12)
        #expect(mean.icc.isNaN)
    }

    @Test("exact sign-flip p equals a count of all patterns (closed form)")
    func enumeration() throws {
        let d = [3.0, -1, 2, 2, 0.5, -0.5, 1, 4, -2]
        let clusters = ClusterLabels([0, 0, 1, 1, 2, 3, 4, 5, 6])
        let sums = [2.0, 4, 0.5, -0.5, 1, 4, -2]
        let total = sums.reduce(0, +)
        var atLeast = 0
        var atMost = 0
        for pattern in 0..<128 {
            var sum = 0.0
            for (bit, value) in sums.enumerated() { sum += pattern >> bit & 1 == 1 ? -value : value }
            if sum >= total - 1e-9 { atLeast += 1 }
            if sum <= total + 1e-9 { atMost += 1 }
        }
        let p = try SignFlipTest(d, clusters: clusters).p
        #expect(p.greater == Double(atLeast) / 128)
        #expect(p.less == Double(atMost) / 128)
    }

    @Test("beyond 40 clusters the drawn p is near the normal one, never 0, and the same for the same seed")
    func monteCarlo() throws {
        var sample = SyntheticSample(seed: 13)
        let d = sample.distinct(300)
        let clusters = ClusterLabels((0..<300).map { $0 % 100 })
        let ranks = try SignedRanks(d)
        let test = try ClusteredSignedRank(ranks, clusters: clusters)
        #expect(test.isMonteCarlo)
        #expect(test.smallestP == 2e-5)
        #expect(try test == ClusteredSignedRank(ranks, clusters: clusters))
        // Monte Carlo error at B = 99,999 is below 0.002; the normal form adds a little at m = 100.
        #expect(abs(test.exact.twoSided - test.approximate.twoSided) < 0.01)
        let sure = try SignFlipTest(d.map { $0 + 10 }, clusters: clusters)
        #expect(sure.p.greater == 1e-5)
    }

    @Test("the limit of 40 clusters is counted, its smallest p exactly 2^−39 (closed form)")
    func largestExact() throws {
        let clusters = ClusterLabels(Array(0..<40))
        let test = try SignFlipTest((1...40).map(Double.init), clusters: clusters)
        #expect(!test.isMonteCarlo)
        #expect(test.p.twoSided == 0x1p-39)
    }

    @Test("degenerate inputs have a status each")
    func degenerate() throws {
        let none = try ClusterRobustMean([], clusters: ClusterLabels([]))
        #expect(none.status == .noData)
        #expect(none.mean.isNaN)
        #expect(try ClusterRobustMean([1], clusters: ClusterLabels([0])).status == .notEstimable)
        let one = try ClusterRobustMean([1, 2], clusters: ClusterLabels([0, 0]))
        #expect(one.status == .tooFewClusters)
        #expect(one.mean == 1.5)
        #expect(try one.interval(level: 0.95).low.isNaN)
        let zero = try ClusterRobustMean([0, 0, 0], clusters: ClusterLabels([0, 1, 1]))
        #expect(zero.status == .allZero)
        #expect(zero.p == .one)
        #expect(try zero.interval(level: 0.95) == ConfidenceInterval(level: 0.95, low: 0, high: 0))
        let constant = try ClusterRobustMean([2, 2, 2], clusters: ClusterLabels([0, 1, 1]))
        #expect(constant.status == .constant)
        #expect(constant.t == .infinity)
        #expect(constant.p.twoSided == 0)
        let flat = try ClusterRobustMean([1, -1, 1, -1], clusters: ClusterLabels([0, 0, 1, 1]))
        #expect(flat.status == .noClusterSpread)
        #expect(flat.p == .one)
    }

    @Test("refuses labels of another length and values that are not finite")
    func refusal() {
        #expect(throws: StatisticsError.lengthMismatch(what: "cluster labels", expected: 2, found: 1)) {
            try ClusterRobustMean([1, 2], clusters: ClusterLabels([0]))
        }
        #expect(throws: StatisticsError.notFinite(what: "differences", index: 1, found: .infinity)) {
            try SignFlipTest([1, .infinity], clusters: ClusterLabels([0, 1]))
        }
    }

    @Test("selecting rows renumbers clusters in their order")
    func selecting() {
        let labels = ClusterLabels(names: ["b", "a", "c", "b"])
        #expect(labels.index == [1, 0, 2, 1])
        let some = labels.selecting([3, 2])
        #expect(some.index == [0, 1])
        #expect(some.count == 2)
    }
}
