/// The replicates of a statistic and the intervals read from them.
///
///     percentile  [q(α/2), q(1 − α/2)]                  basic  [2θ − q(1 − α/2), 2θ − q(α/2)]
///     BCa   z₀ = Φ⁻¹((#{θ* < θ} + #{θ* ≤ θ})/(2B)),   a = ΣU³/(6(ΣU²)^{3/2}),
///           U_i = (n − 1)(mean of jackknife − jackknife_i),
///           α₁ = Φ(z₀ + (z₀ + z_{α/2})/(1 − a(z₀ + z_{α/2}))),  α₂ likewise with z_{1−α/2};  [q(α₁), q(α₂)]
///
/// Quantiles are of type 7. Made by ``Bootstrap`` (rows) and ``ClusterBootstrap`` (speakers).
///
/// > Source: Efron, JASA 82:171 (1987); DiCiccio & Efron, Statist. Sci. 11:189 (1996).
public struct BootstrapDistribution: Sendable, Equatable {
    /// How a BCa interval was reached.
    public enum BCaStatus: String, Sendable, Codable {
        /// As defined.
        case ok
        /// The data are constant, or the only replicate equals θ: [θ, θ].
        case degenerate
        /// θ lies outside all replicates: the percentile interval is returned.
        case fallbackPercentile = "fallback_percentile"
        /// Every jackknife value is the same: a = 0.
        case zeroAcceleration = "zero_acceleration"
    }

    /// A BCa interval and its constants.
    public struct BCaInterval: Sendable, Equatable {
        /// Nominal level.
        public let level: Double
        /// Lower limit.
        public let low: Double
        /// Upper limit.
        public let high: Double
        /// Bias correction; NaN after a fallback.
        public let z0: Double
        /// Acceleration; NaN after a fallback.
        public let acceleration: Double
        /// Quantile level of the lower limit; nil when degenerate or after a fallback.
        public let alphaLow: Double?
        /// Quantile level of the upper limit; nil when degenerate or after a fallback.
        public let alphaHigh: Double?
        /// How it was reached.
        public let status: BCaStatus
    }

    /// Shares of replicates below −δ, within ±δ and above δ.
    public struct Shares: Sendable, Equatable, Codable {
        /// Half width δ of the region of practical equivalence.
        public let halfWidth: Double
        /// Share below −δ.
        public let below: Double
        /// Share within [−δ, δ].
        public let inside: Double
        /// Share above δ.
        public let above: Double

        enum CodingKeys: String, CodingKey {
            case halfWidth = "half_width"
            case below, inside, above
        }
    }

    /// The statistic of the data, θ; NaN without data.
    public let estimate: Double
    /// θ* of every replicate, in order of drawing.
    public let replicates: [Double]
    /// Standard deviation of the replicates (divisor B − 1); NaN with one replicate.
    public let standardError: Double
    /// `.noData`, `.constant`, `.allZero` or `.ok`.
    public let status: EstimateStatus

    private let sorted: [Double]
    private let jackknife: [Double]

    init(estimate: Double, replicates: [Double], jackknife: [Double], isConstant: Bool) {
        self.estimate = estimate
        self.replicates = replicates
        self.jackknife = jackknife
        sorted = replicates.sorted()
        status =
            estimate.isNaN ? .noData : !isConstant ? .ok : estimate == 0 ? .allZero : .constant
        standardError = estimate.isNaN ? .nan : Summary(sorted: sorted, dropped: 0).sd
    }

    private func quantile(_ p: Double) -> Double {
        estimate.isNaN ? .nan : TAVSEStats.quantile(ofSorted: sorted, p)
    }

    /// Percentile interval.
    ///
    /// - Throws: `.notAProbability` unless 0 < level < 1.
    public func percentile(level: Double) throws(StatisticsError) -> ConfidenceInterval {
        try requireProbability(level, "confidence level")
        let tail = (1 - level) / 2
        return ConfidenceInterval(level: level, low: quantile(tail), high: quantile(1 - tail))
    }

    /// Basic (reflected) interval.
    ///
    /// - Throws: `.notAProbability` unless 0 < level < 1.
    public func basic(level: Double) throws(StatisticsError) -> ConfidenceInterval {
        let direct = try percentile(level: level)
        return ConfidenceInterval(
            level: level, low: 2 * estimate - direct.high, high: 2 * estimate - direct.low)
    }

    /// Bias-corrected and accelerated interval.
    ///
    /// - Throws: `.notAProbability` unless 0 < level < 1.
    public func bca(level: Double) throws(StatisticsError) -> BCaInterval {
        let direct = try percentile(level: level)
        let zero = status == .noData ? Double.nan : 0
        let degenerate = BCaInterval(
            level: level, low: estimate, high: estimate, z0: zero, acceleration: zero, alphaLow: nil,
            alphaHigh: nil, status: .degenerate)
        guard status == .ok else { return degenerate }
        let fallback = BCaInterval(
            level: level, low: direct.low, high: direct.high, z0: .nan, acceleration: .nan, alphaLow: nil,
            alphaHigh: nil, status: .fallbackPercentile)
        var below = 0
        var atMost = 0
        for replicate in replicates {
            if replicate < estimate { below += 1 }
            if replicate <= estimate { atMost += 1 }
        }
        let share = Double(below + atMost) / (2 * Double(replicates.count))
        guard share > 0, share < 1 else { return fallback }
        // One replicate is no distribution: neither the bias nor a quantile of it means anything.
        guard replicates.count > 1 else { return degenerate }
        let z0 = Normal.quantile(share)
        let (acceleration, isFlat) = jackknifeAcceleration()
        let tail = (1 - level) / 2
        func shifted(_ z: Double) -> Double {
            Normal.cdf(z0 + (z0 + z) / (1 - acceleration * (z0 + z)))
        }
        let alphaLow = shifted(Normal.quantile(tail))
        let alphaHigh = shifted(Normal.quantile(1 - tail))
        guard !alphaLow.isNaN, !alphaHigh.isNaN else { return fallback }
        return BCaInterval(
            level: level, low: quantile(alphaLow), high: quantile(alphaHigh), z0: z0,
            acceleration: acceleration, alphaLow: alphaLow, alphaHigh: alphaHigh,
            status: isFlat ? .zeroAcceleration : .ok)
    }

    private func jackknifeAcceleration() -> (value: Double, isFlat: Bool) {
        guard let low = jackknife.min(), let high = jackknife.max(), low < high else { return (0, true) }
        let center = GSL.mean(jackknife)
        let scale = Double(jackknife.count - 1)
        var squares = 0.0
        var cubes = 0.0
        for value in jackknife {
            let u = scale * (center - value)
            squares += u * u
            cubes += u * u * u
        }
        guard squares > 0 else { return (0, true) }
        return (cubes / (6 * squares * squares.squareRoot()), false)
    }

    /// Share of replicates above 0, plus half of those equal to 0: the probability that the first is better.
    ///
    /// > Source: Bisani & Ney, ICASSP 2004.
    public var probabilityPositive: Double {
        guard status != .noData else { return .nan }
        var halves = 0
        for replicate in replicates { halves += replicate > 0 ? 2 : replicate == 0 ? 1 : 0 }
        return Double(halves) / (2 * Double(replicates.count))
    }

    /// Shares of replicates below, inside and above a region of practical equivalence ±δ.
    ///
    /// - Throws: `.notPositive` unless δ > 0.
    public func shares(halfWidth: Double) throws(StatisticsError) -> Shares {
        guard halfWidth > 0, halfWidth.isFinite else {
            throw .notPositive(what: "equivalence half width", found: halfWidth)
        }
        guard status != .noData else {
            return Shares(halfWidth: halfWidth, below: .nan, inside: .nan, above: .nan)
        }
        let total = Double(replicates.count)
        let below = replicates.count { $0 < -halfWidth }
        let above = replicates.count { $0 > halfWidth }
        return Shares(
            halfWidth: halfWidth, below: Double(below) / total,
            inside: Double(replicates.count - below - above) / total, above: Double(above) / total)
    }
}
