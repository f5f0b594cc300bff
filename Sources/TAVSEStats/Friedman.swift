/// Friedman's test that k treatments rank alike over N blocks, with Kendall's W and Iman–Davenport's F.
///
///     χ² = [12/(Nk(k+1)) ΣR_j² − 3N(k+1)] / [1 − Σ(t³ − t)/(Nk(k² − 1))],   k − 1 degrees of freedom
///     W = χ²/(N(k−1)),    F = (N−1)χ²/(N(k−1) − χ²),   (k−1) and (k−1)(N−1) degrees of freedom
///
/// Rank 1 is the smallest score of a block; ties share midranks. F = ∞ and p = 0 when every block agrees; p = 1
/// when every block is tied.
///
/// > Source: Friedman 1937; Iman & Davenport, Commun. Statist. A 9:571 (1980); Demšar, JMLR 7:1 (2006).
public struct FriedmanTest: Sendable, Equatable {
    /// `.noData` (no block or fewer than two treatments), `.notEstimable` (one block: χ² given, F not),
    /// `.constant` (everything tied) or `.ok`.
    public let status: EstimateStatus
    /// Blocks N.
    public let blocks: Int
    /// Treatments k.
    public let treatments: Int
    /// Mean rank of each treatment.
    public let meanRanks: [Double]
    /// 1 − Σ(t³ − t)/(Nk(k² − 1)); 0 when everything is tied.
    public let tieFactor: Double
    /// Tie-corrected χ².
    public let chiSquared: Double
    /// k − 1.
    public let df: Int
    /// P(χ² with k − 1 df > χ²).
    public let pChiSquared: Double
    /// Kendall's coefficient of concordance, 0…1.
    public let kendallW: Double
    /// Iman–Davenport statistic.
    public let imanDavenportF: Double
    /// Its p-value.
    public let pF: Double

    /// Tests finite scores, `scores[block][treatment]`.
    ///
    /// - Throws: `.lengthMismatch` for ragged blocks, `.notFinite`.
    public init(_ scores: [[Double]]) throws(StatisticsError) {
        let k = scores.first?.count ?? 0
        let n = scores.count
        blocks = n
        treatments = k
        df = max(0, k - 1)
        var doubledSums = [Int](repeating: 0, count: k)
        var ties = 0.0
        for block in scores {
            guard block.count == k else {
                throw .lengthMismatch(what: "Friedman block", expected: k, found: block.count)
            }
            try requireFinite(block, "Friedman block")
            let order = block.indices.sorted { block[$0] < block[$1] }
            var start = 0
            while start < k {
                var end = start + 1
                while end < k, block[order[end]] == block[order[start]] { end += 1 }
                for position in start..<end { doubledSums[order[position]] += start + 1 + end }
                let size = Double(end - start)
                ties += size * size * size - size
                start = end
            }
        }
        let (blockCount, count) = (Double(n), Double(k))
        meanRanks = doubledSums.map { Double($0) / 2 / blockCount }
        guard n > 0, k > 1 else {
            status = .noData
            (tieFactor, chiSquared, kendallW, imanDavenportF) = (.nan, .nan, .nan, .nan)
            (pChiSquared, pF) = (.nan, .nan)
            return
        }
        let fullTies = blockCount * count * (count * count - 1)
        guard ties < fullTies else {
            status = .constant
            (tieFactor, chiSquared, kendallW, imanDavenportF) = (0, .nan, .nan, .nan)
            (pChiSquared, pF) = (1, 1)
            return
        }
        let factor = 1 - ties / fullTies
        let squares = doubledSums.reduce(0.0) { $0 + Double($1) * Double($1) / 4 }
        // Equal rank sums give exactly 0 in exact arithmetic; round-off must not make it negative.
        let plain = max(0, 12 / (blockCount * count * (count + 1)) * squares - 3 * blockCount * (count + 1))
        let statistic = plain / factor
        let largest = blockCount * (count - 1)
        tieFactor = factor
        chiSquared = statistic
        pChiSquared = ChiSquared.upperTail(statistic, df: count - 1)
        kendallW = statistic / largest
        let rest = largest - statistic
        if rest <= 1e-9 * largest {
            (status, imanDavenportF, pF) = (n > 1 ? .ok : .notEstimable, .infinity, 0)
        } else {
            imanDavenportF = (blockCount - 1) * statistic / rest
            pF = FisherF.upperTail(imanDavenportF, df1: count - 1, df2: (count - 1) * (blockCount - 1))
            status = n > 1 ? .ok : .notEstimable
        }
    }
}

/// Nemenyi's comparison of all treatments by their mean ranks: for the overview and its diagram only.
///
///     CD = q_α √(k(k+1)/(6N)),  q_α = upper α quantile of the studentised range (k, ∞)/√2
///
/// A verdict on a pair depends on which other treatments are ranked along (Benavoli, Corani & Mangili, JMLR 17:5,
/// 2016), so conclusions about pairs come from the paired tests instead.
///
/// > Source: Nemenyi 1963; Demšar, JMLR 7:1 (2006).
public enum Nemenyi {
    /// Difference of mean ranks that is significant at level alpha.
    ///
    /// - Throws: `.notAProbability` for alpha; `.notPositive` unless there are at least 2 treatments and 1 block.
    public static func criticalDifference(
        treatments: Int, blocks: Int, alpha: Double
    ) throws(StatisticsError) -> Double {
        try requireProbability(alpha, "alpha")
        guard treatments > 1 else {
            throw .notPositive(what: "treatments − 1", found: Double(treatments - 1))
        }
        guard blocks > 0 else { throw .notPositive(what: "blocks", found: Double(blocks)) }
        let q = StudentizedRange.upperQuantile(alpha, groups: treatments) / 2.0.squareRoot()
        return q * rankSpread(treatments: treatments, blocks: blocks)
    }

    /// Matrix of p-values of all pairs of treatments.
    public static func pairwiseP(meanRanks: [Double], blocks: Int) -> [[Double]] {
        let spread = rankSpread(treatments: meanRanks.count, blocks: blocks)
        return meanRanks.indices.map { i in
            meanRanks.indices.map { j in
                i == j
                    ? 1
                    : StudentizedRange.upperTail(
                        abs(meanRanks[i] - meanRanks[j]) / spread * 2.0.squareRoot(), groups: meanRanks.count)
            }
        }
    }

    private static func rankSpread(treatments: Int, blocks: Int) -> Double {
        let k = Double(treatments)
        return (k * (k + 1) / (6 * Double(blocks))).squareRoot()
    }
}
