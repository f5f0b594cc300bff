/// An estimate's standard error, t, p-values and intervals.
///
/// A standard error below 1e-12 of the scores' size is rounding noise and counts as 0: then t is infinite, or NaN with
/// p = 1 where the estimate is 0 too. A NaN standard error (not estimable) makes everything NaN.
public struct StudentTest: Sendable, Equatable, Codable {
    /// Share of the scores' size that counts as rounding noise.
    static let noise = 1e-12

    /// Standard error.
    public var standardError: Double
    /// Degrees of freedom.
    public var df: Double
    /// Estimate over standard error.
    public var t: Double
    /// Test of "the estimate is 0".
    public var p: PValues
    /// Intervals, one per level.
    public var intervals: [ConfidenceInterval]

    enum CodingKeys: String, CodingKey {
        case standardError = "se"
        case df, t, p
        case intervals = "ci"
    }

    /// Tests an estimate.
    ///
    /// - Parameter scale: largest absolute score, to tell rounding noise from spread.
    init(estimate: Double, standardError: Double, df: Double, levels: [Double] = [0.95], scale: Double) {
        let isZero = abs(estimate) <= Self.noise * scale
        let hasSpread = standardError > Self.noise * scale
        if standardError.isNaN {
            (self.standardError, self.df, t, p) = (.nan, .nan, .nan, .undefined)
        } else if hasSpread {
            (self.standardError, self.df, t) = (standardError, df, estimate / standardError)
            p = .student(t, df: df)
        } else if isZero {
            (self.standardError, self.df, t, p) = (0, df, .nan, .one)
        } else {
            (self.standardError, self.df, t) = (0, df, estimate > 0 ? .infinity : -.infinity)
            p = PValues(twoSided: 0, less: estimate > 0 ? 1 : 0, greater: estimate > 0 ? 0 : 1)
        }
        let center = standardError.isNaN ? .nan : hasSpread || !isZero ? estimate : 0
        let half = self.standardError
        intervals = levels.map { Self.interval(level: $0, center: center, standardError: half, df: df) }
    }

    /// center ± t·se; both limits the center where se is 0.
    static func interval(
        level: Double, center: Double, standardError: Double, df: Double
    ) -> ConfidenceInterval {
        guard standardError != 0 else { return ConfidenceInterval(level: level, low: center, high: center) }
        let half = StudentT.quantile(0.5 + level / 2, df: df) * standardError
        return ConfidenceInterval(level: level, low: center - half, high: center + half)
    }

    /// Nothing could be estimated.
    static func undefined(levels: [Double] = [0.95]) -> StudentTest {
        StudentTest(estimate: .nan, standardError: .nan, df: .nan, levels: levels, scale: 0)
    }

    /// The 95 % interval, or the first one.
    public var interval95: ConfidenceInterval {
        intervals.first { $0.level == 0.95 } ?? intervals.first
            ?? ConfidenceInterval(level: 0.95, low: .nan, high: .nan)
    }
}
