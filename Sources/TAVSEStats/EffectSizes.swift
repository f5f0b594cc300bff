/// Effect sizes of paired differences: counts of wins, standardised means, and their interval.
///
///     win rate = (wins + ½ ties)/n         d_z = mean/sd (divisor n − 1)
///     g_z = J·d_z,  J = Γ(ν/2)/(√(ν/2) Γ((ν−1)/2)),  ν = n − 1 ≥ 2
///
/// Wins, ties and the rank-biserial correlation use the tie tolerance of the ranks; means use d itself.
public struct EffectSizes: Sendable, Equatable {
    /// Finite differences.
    public let n: Int
    /// Differences above zero.
    public let wins: Int
    /// Differences equal to zero within the tie tolerance.
    public let ties: Int
    /// Differences below zero.
    public let losses: Int
    /// Matched-pairs rank-biserial correlation, −1…1.
    public let rankBiserial: Double
    /// Cohen's d_z; ±∞ for a constant non-zero difference, NaN for n < 2 or all zero.
    public let cohenDz: Double
    /// Hedges' g_z; NaN for n < 3.
    public let hedgesGz: Double

    private let status: EstimateStatus

    /// Computes the sizes; non-finite differences are left out.
    ///
    /// - Throws: `.notFinite` for a tolerance that is not a finite number ≥ 0.
    public init(_ differences: [Double], tieTolerance: Double = 0) throws(StatisticsError) {
        let ranks = try SignedRanks(differences, tieTolerance: tieTolerance)
        self.init(ranks, test: PairedTTest(differences, tieTolerance: tieTolerance))
    }

    /// Computes the sizes from ranks and the paired t-test of the same differences.
    package init(_ ranks: SignedRanks, test: PairedTTest) {
        n = ranks.nFinite
        wins = ranks.nPositive
        losses = ranks.nNegative
        ties = ranks.nZero
        rankBiserial = ranks.nFinite == 0 ? .nan : ranks.rankBiserial
        status = test.status
        cohenDz =
            switch test.status {
            case .ok: test.mean / test.sd
            case .constant: test.mean > 0 ? .infinity : -.infinity
            default: .nan
            }
        let degrees = Double(ranks.nFinite - 1)
        hedgesGz = degrees < 2 ? .nan : Self.hedgesFactor(df: degrees) * cohenDz
    }

    /// (wins + ½ ties)/n; NaN without data.
    public var winRate: Double {
        n == 0 ? .nan : (Double(wins) + 0.5 * Double(ties)) / Double(n)
    }

    /// Hedges' small-sample factor J(ν); NaN unless ν > 1.
    ///
    /// > Source: Hedges, J. Educ. Statist. 6:107 (1981).
    public static func hedgesFactor(df: Double) -> Double {
        guard df > 1, df.isFinite else { return .nan }
        let ratio = exponential(GSL.logGamma(df / 2) - GSL.logGamma((df - 1) / 2))
        return ratio / (df / 2).squareRoot()
    }

    /// Interval of d_z by inverting the non-central t distribution; rows are treated as independent.
    ///
    /// - Returns: NaN limits where d_z is not a finite number.
    /// - Throws: `.notAProbability` unless 0 < level < 1.
    public func cohenDzInterval(level: Double) throws(StatisticsError) -> ConfidenceInterval {
        try requireProbability(level, "confidence level")
        guard cohenDz.isFinite else { return ConfidenceInterval(level: level, low: .nan, high: .nan) }
        let root = Double(n).squareRoot()
        let law = NoncentralT(df: Double(n - 1))
        let tail = (1 - level) / 2
        let t = cohenDz * root
        return ConfidenceInterval(
            level: level, low: law.noncentrality(t: t, probability: 1 - tail) / root,
            high: law.noncentrality(t: t, probability: tail) / root)
    }
}
