/// Distribution function of the non-central t, and the non-centrality that gives it a wanted value.
///
///     P(T ≤ t) = ∫ Φ(t·s − δ) f(s) ds,   s = √(χ²_ν/ν),   ln f(eᵘ)eᵘ = ν(u − e²ᵘ/2) + const
///
/// In u = ln s the density is smooth with thin tails, so the trapezoidal rule converges faster than any power of
/// the step. Meant for limits at ordinary levels (probabilities above about 1e-12), not for extreme tails.
struct NoncentralT {
    private enum Rule {
        /// Steps per standard width of the narrowest factor.
        static let stepsPerWidth = 12.0
        /// Log density, relative to its peak, below which the integrand is left out.
        static let cutoff = -42.0
        /// Upper bound on nodes, reached only for degrees of freedom below one.
        static let maximumNodes = 200_000
    }

    /// Nodes s and weights f(s)·Δ, normalised to sum 1; the number of nodes depends on t.
    private let df: Double

    init(df: Double) {
        self.df = df
    }

    private func nodes(t: Double) -> (s: [Double], weight: [Double]) {
        // Log density in u, zero at its peak u = 0.
        func logDensity(_ u: Double) -> Double { df * (u - 0.5 * exponentialMinusOne(2 * u)) }
        let width = min(1 / (2 * df).squareRoot(), 1 / max(abs(t), 1e-3))
        let step = width / Rule.stepsPerWidth
        var points: [(s: Double, weight: Double)] = [(1, 1)]
        for direction in [-1.0, 1.0] {
            var u = direction * step
            while logDensity(u) > Rule.cutoff, points.count < Rule.maximumNodes {
                points.append((exponential(u), exponential(logDensity(u))))
                u += direction * step
            }
        }
        let total = points.reduce(0.0) { $0 + $1.weight }
        return (points.map(\.s), points.map { $0.weight / total })
    }

    /// δ with P(T ≤ t; δ) = probability.
    func noncentrality(t: Double, probability: Double) -> Double {
        let (s, weight) = nodes(t: t)
        func cdf(_ delta: Double) -> Double {
            var sum = 0.0
            for i in s.indices { sum += weight[i] * Normal.cdf(t * s[i] - delta) }
            return sum
        }
        // The distribution function falls as δ grows; widen until the answer is inside.
        var low = t - 1
        var high = t + 1
        var reach = 1.0
        while cdf(low) < probability, reach < 1e8 {
            reach *= 2
            low = t - reach
        }
        reach = 1
        while cdf(high) > probability, reach < 1e8 {
            reach *= 2
            high = t + reach
        }
        while true {
            let middle = 0.5 * (low + high)
            guard middle > low, middle < high, high - low > 1e-13 * max(1, abs(middle)) else { return middle }
            if cdf(middle) > probability { low = middle } else { high = middle }
        }
    }
}
