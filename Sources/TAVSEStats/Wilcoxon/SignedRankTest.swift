/// What to do with zero differences when ranking.
public enum ZeroMethod: String, Sendable, Codable, CaseIterable {
    /// Drop zeros, rank the rest (Wilcoxon).
    case wilcox
    /// Rank zeros too, then drop their ranks (Pratt 1959).
    case pratt
    /// Rank zeros too and give half of their rank sum to each side.
    case zsplit
}

/// Wilcoxon signed-rank test of paired differences, treating the rows as independent.
///
///     R⁺ = rank sum of the positive d,  R⁻ = of the negative d
///     mean = N(N+1)/4,  var = [N(N+1)(2N+1) − ½ Σ(t³ − t)]/24
///     pratt: mean − n₀(n₀+1)/4,  var − n₀(n₀+1)(2n₀+1)/24, the zeros left out of Σ
///     z = (R⁺ − mean)/√var
///
/// N counts the ranked values (zeros included for pratt and zsplit), t runs over the sizes of tie groups, n₀ is the
/// number of zeros. The exact p is conditional on |d|: each non-zero d has either sign with probability ½, which
/// stays valid with ties and zeros; pratt and zsplit have the same exact p.
///
/// > Source: Wilcoxon 1945; Pratt, JASA 54:655 (1959); Cureton, JASA 62:1068 (1967); Conover, JASA 68:985 (1973);
/// > Streitberg & Röhmel 1986 for the exact law.
public struct SignedRankTest: Sendable {
    /// Largest number of non-zero differences for which ``automatic(exactLimit:)`` uses the exact law.
    public static let defaultExactLimit = 50

    /// How a p-value was computed.
    public enum Method: String, Sendable, Codable {
        /// Conditional law of the signs.
        case exact
        /// Normal approximation with tie correction.
        case approx
    }

    /// Approximate p-values and their z.
    public struct Approximation: Sendable, Equatable {
        /// Standardised R⁺, positive when differences tend to be positive.
        public let z: Double
        /// p-values from z (one-sided continuity corrections applied per side).
        public let p: PValues
    }

    /// Zero method in use.
    public let zeroMethod: ZeroMethod
    /// `.noData`, `.allZero` or `.ok`.
    public let status: EstimateStatus
    /// Values ranked (zeros included for pratt and zsplit).
    public let nRanked: Int
    /// Non-zero differences.
    public let nNonzero: Int
    /// Rank sum of the positive side.
    public let rPlus: Double
    /// Rank sum of the negative side.
    public let rMinus: Double
    /// Mean of R⁺ under the null hypothesis.
    public let nullMean: Double
    /// Standard deviation of R⁺ under the null hypothesis, with tie correction.
    public let nullSD: Double

    private let weights: [Int]
    private let doubledPositive: Int

    /// Tests differences whose ranks were made before.
    public init(_ ranks: SignedRanks, zeroMethod: ZeroMethod = .wilcox) {
        let zeros = Double(ranks.nZero)
        let nonzero = ranks.rows.count
        // Ranking the zeros first lifts every other rank by their number.
        let lift = zeroMethod == .wilcox ? 0 : 2 * Int64(ranks.nZero)
        var positive: Int64 = 0
        var negative: Int64 = 0
        var weights: [Int] = []
        let keepWeights = nonzero <= SignedRankLaw.maximumCount
        for rank in ranks.doubledSigned {
            let lifted = abs(rank) + lift
            if rank > 0 { positive += lifted } else { negative += lifted }
            if keepWeights { weights.append(Int(lifted)) }
        }
        let ranked = zeroMethod == .wilcox ? nonzero : ranks.nFinite
        let n = Double(ranked)
        var tieSum = 0.0
        for size in ranks.tieSizes { tieSum += Self.cubeMinusSelf(Double(size)) }
        var mean = n * (n + 1) / 4
        var variance24 = n * (n + 1) * (2 * n + 1)
        var splitShare = 0.0
        switch zeroMethod {
        case .wilcox: break
        case .pratt:
            mean -= zeros * (zeros + 1) / 4
            variance24 -= zeros * (zeros + 1) * (2 * zeros + 1)
        case .zsplit:
            tieSum += Self.cubeMinusSelf(zeros)
            splitShare = zeros * (zeros + 1) / 4
        }
        self.zeroMethod = zeroMethod
        status = ranks.nFinite == 0 ? .noData : nonzero == 0 ? .allZero : .ok
        nRanked = ranked
        nNonzero = nonzero
        rPlus = Double(positive) / 2 + splitShare
        rMinus = Double(negative) / 2 + splitShare
        nullMean = mean
        nullSD = max(0, (variance24 - tieSum / 2) / 24).squareRoot()
        self.weights = weights
        doubledPositive = Int(positive)
    }

    /// Tests differences; non-finite ones are left out.
    ///
    /// - Throws: `.notFinite` for a tolerance that is not a finite number ≥ 0.
    public init(
        differences: [Double], zeroMethod: ZeroMethod = .wilcox, tieTolerance: Double = 0
    ) throws(StatisticsError) {
        self.init(try SignedRanks(differences, tieTolerance: tieTolerance), zeroMethod: zeroMethod)
    }

    private static func cubeMinusSelf(_ t: Double) -> Double { t * t * t - t }

    /// min(R⁺, R⁻), the two-sided statistic most tables use.
    public var statistic: Double { min(rPlus, rMinus) }

    /// Normal approximation; with `continuity`, R⁺ is moved half a unit towards its mean.
    ///
    /// All differences zero: z = 0 and p = 1.
    public func approximate(continuity: Bool = false) -> Approximation {
        guard nNonzero > 0, nullSD > 0 else { return Approximation(z: 0, p: .one) }
        let z = (rPlus - nullMean) / nullSD
        guard continuity else { return Approximation(z: z, p: .normal(z)) }
        let half = 0.5 / nullSD
        let corrected = z == 0 ? 0 : z - (z > 0 ? half : -half)
        return Approximation(
            z: corrected,
            p: PValues(
                twoSided: min(1, 2 * Normal.upperTail(abs(corrected))), less: Normal.cdf(z + half),
                greater: Normal.upperTail(z - half)))
    }

    /// Exact p-values given |d|; valid with ties and zeros.
    ///
    /// - Throws: `.tooLargeForExact` beyond ``SignedRankLaw/maximumCount`` non-zero differences.
    public func exact() throws(StatisticsError) -> PValues {
        guard nNonzero <= SignedRankLaw.maximumCount else {
            throw .tooLargeForExact(
                what: "exact signed-rank test", count: nNonzero, limit: SignedRankLaw.maximumCount)
        }
        guard nNonzero > 0 else { return .one }
        let law = try SignedRankLaw(weights: weights)
        return .doubling(less: law.cdf(doubledPositive), greater: law.upperTail(doubledPositive))
    }

    /// Exact up to `exactLimit` non-zero differences, the tie-corrected approximation beyond.
    public func automatic(exactLimit: Int = defaultExactLimit) -> (method: Method, p: PValues) {
        if nNonzero <= min(exactLimit, SignedRankLaw.maximumCount), let p = try? exact() {
            return (.exact, p)
        }
        return (.approx, approximate().p)
    }
}
