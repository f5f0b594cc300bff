import TAVSEStats
import Testing

@Suite struct CorrelationTests {
    /// Two ties on either side, one of them shared.
    private static let x = [0.1, 0.4, 0.35, 0.8, 0.8, 0.15, 0.62, 0.2]
    private static let y = [3.0, 1.5, 2.5, -1.0, 0.5, 3.5, 0.5, 2.0]
    private static let speakers = ClusterLabels([0, 0, 1, 1, 2, 2, 3, 3])

    @Test("agrees with SciPy 1.17.1 (reference, to round-off)")
    func scipy() throws {
        let pearson = try Correlation.pearson.coefficient(Self.x, Self.y)
        let spearman = try Correlation.spearman.coefficient(Self.x, Self.y)
        #expect(abs(pearson - -0.9236039677330571) < 1e-14)
        #expect(abs(spearman - -0.933734939759036) < 1e-14)
    }

    @Test(
        "resamples whole speakers with ranks taken anew, as SciPy finds on the drawn rows (reference, to round-off)"
    )
    func resamples() throws {
        let rows = [[0, 1, 2, 3], [0, 0, 1, 2], [3, 3, 1, 0], [2, 1, 1, 3], [0, 2, 2, 3]]
        let expected: [(Correlation, Double, Double)] = [
            (.pearson, -0.9434836080669136, -0.9239571473228095),
            (.spearman, -0.9330443726124007, -0.88951138658083),
        ]
        for (kind, low, high) in expected {
            let result = try ClusterCorrelation(
                Self.x, Self.y, clusters: Self.speakers, kind: kind, draws: .given(rows))
            #expect(result.status == .ok && result.n == 8 && result.clusterCount == 4)
            #expect(abs(result.interval.low - low) < 1e-14)
            #expect(abs(result.interval.high - high) < 1e-14)
            // All five resamples are below 0: twice (0 + 1)/(5 + 1).
            #expect(abs(result.p - 1.0 / 3) < 1e-15)
        }
    }

    @Test("is 1 for a rising and −1 for a falling line, whatever their slopes (closed form)")
    func lines() throws {
        for kind in Correlation.allCases {
            #expect(abs(try kind.coefficient([1, 2, 4], [10, 20, 40]) - 1) < 1e-15)
            #expect(abs(try kind.coefficient([1, 2, 4], [0.3, 0.2, 0]) - -1) < 1e-15)
        }
        #expect(abs(try Correlation.spearman.coefficient([1, 2, 3, 4], [1, 10, 11, 1000]) - 1) < 1e-15)
    }

    @Test("is not defined without spread, with one row, or with one speaker, and says which (closed form)")
    func undefined() throws {
        for kind in Correlation.allCases {
            #expect(try kind.coefficient([1, 1, 1], [1, 2, 3]).isNaN)
            #expect(try kind.coefficient([1], [1]).isNaN)
            #expect(try kind.coefficient([], []).isNaN)
        }
        func status(_ x: [Double], _ speakers: [Int]) throws -> EstimateStatus {
            let result = try ClusterCorrelation(
                x, [1, 2, 3, 4], clusters: ClusterLabels(speakers), kind: .pearson,
                draws: .seeded(1, replicates: 200))
            #expect(result.interval.low.isNaN && result.p.isNaN)
            return result.status
        }
        #expect(try status([1, 1, 1, 1], [0, 0, 1, 1]) == .notEstimable)
        #expect(try status([1, 2, 3, 5], [0, 0, 0, 0]) == .tooFewClusters)
        // Without spread inside either speaker, half of the resamples of two speakers have none at all.
        #expect(try status([1, 1, 2, 2], [0, 0, 1, 1]) == .notEstimable)
    }

    @Test("does not depend on the number of threads or the order of the rows' speakers (property)")
    func threads() throws {
        func result(_ threads: Int) throws -> ClusterCorrelation {
            try ClusterCorrelation(
                Self.x, Self.y, clusters: Self.speakers, kind: .spearman,
                draws: .seeded(3, replicates: 500), threads: threads)
        }
        #expect(try result(1) == result(4))
        #expect(try result(1).interval.low <= result(1).estimate)
    }

    @Test("refuses lists that do not match and numbers that are none (closed form)")
    func badInput() {
        #expect(throws: StatisticsError.self) { try Correlation.pearson.coefficient([1, 2], [1]) }
        #expect(throws: StatisticsError.self) { try Correlation.spearman.coefficient([1, .nan], [1, 2]) }
        #expect(throws: StatisticsError.self) {
            try ClusterCorrelation(
                Self.x, Self.y, clusters: ClusterLabels([0]), kind: .pearson, draws: .seeded(1, replicates: 1)
            )
        }
    }
}
