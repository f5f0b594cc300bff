/// The law of a sum of positive integer weights, each kept with probability ½: the null law of signed-rank sums.
///
///     f₀ = [1];   f_k[s] = ½ f_{k−1}[s] + ½ f_{k−1}[s − w_k],   s = 0 … Σw
///
/// With weights 1 … n this is the tie-free Wilcoxon law; with doubled midranks of the observed |d| it is the
/// conditional law that stays valid with ties and zeros.
///
/// > Source: Streitberg & Röhmel, *Exact distributions for permutation and rank tests*, Statistical Software
/// > Newsletter 12 (1986).
public struct SignedRankLaw: Sendable {
    /// Largest number of weights: 2⁻ⁿ must stay a normal double for the far tails to keep their digits.
    public static let maximumCount = 1000

    /// Probability of each sum, in units of `step`.
    private let mass: [Double]
    /// Greatest common divisor of the weights.
    private let step: Int

    /// The tie-free law of T = the sum of the ranks 1 … n with a positive sign.
    ///
    /// - Throws: `.tooLargeForExact` beyond ``maximumCount``.
    public init(ranks n: Int) throws(StatisticsError) {
        try self.init(weights: n > 0 ? Array(1...n) : [])
    }

    /// The law for given positive weights.
    ///
    /// - Throws: `.tooLargeForExact` beyond ``maximumCount``, `.notPositive` for a weight below 1.
    public init(weights: [Int]) throws(StatisticsError) {
        guard weights.count <= Self.maximumCount else {
            throw .tooLargeForExact(
                what: "exact signed-rank law", count: weights.count, limit: Self.maximumCount)
        }
        if let bad = weights.first(where: { $0 < 1 }) {
            throw .notPositive(what: "rank weight", found: Double(bad))
        }
        let divisor = max(1, weights.reduce(0, Self.greatestCommonDivisor))
        step = divisor
        // Smallest first: the support grows as slowly as it can.
        var law = [1.0]
        for weight in weights.sorted() {
            let shift = weight / divisor
            var next = [Double](repeating: 0, count: law.count + shift)
            for s in 0..<law.count { next[s] = 0.5 * law[s] }
            for s in 0..<law.count { next[s + shift] += 0.5 * law[s] }
            law = next
        }
        mass = law
    }

    private static func greatestCommonDivisor(_ a: Int, _ b: Int) -> Int {
        var (a, b) = (a, b)
        while b != 0 { (a, b) = (b, a % b) }
        return a
    }

    /// P(T ≤ t), summed from the small end.
    public func cdf(_ t: Int) -> Double {
        guard t >= 0 else { return 0 }
        return min(1, mass[0...min(t / step, mass.count - 1)].reduce(0, +))
    }

    /// P(T ≥ t). The law is symmetric, so this too is summed from its small end.
    public func upperTail(_ t: Int) -> Double {
        let total = (mass.count - 1) * step
        return cdf(total - t)
    }

    /// Smallest t with P(T ≤ t) ≥ p.
    ///
    /// - Throws: `.notAProbability` unless 0 < p < 1.
    public func quantile(_ p: Double) throws(StatisticsError) -> Int {
        try requireProbability(p, "probability")
        var cumulative = 0.0
        for (index, probability) in mass.enumerated() {
            cumulative += probability
            if cumulative >= p { return index * step }
        }
        return (mass.count - 1) * step
    }
}
