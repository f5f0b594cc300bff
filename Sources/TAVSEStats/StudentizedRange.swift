/// Distribution of the range of k independent standard normals (studentised range with infinite df).
///
///     P(Q > q) = k ∫ φ(z){ Φ(z)^{k−1} − [Φ(z) − Φ(z − q)]^{k−1} } dz
///
/// The upper tail is integrated directly, the difference of powers by expm1/log1p, so small tails keep their
/// digits. The integrand is analytic with Gaussian tails: the trapezoidal rule with step 1/16 is exact to rounding.
public enum StudentizedRange {
    private static let stepsPerUnit = 16
    /// Beyond this many standard deviations the normal density contributes nothing to a double.
    private static let reach = 12.0

    /// P(Q > q); NaN unless there are at least 2 groups.
    public static func upperTail(_ q: Double, groups: Int) -> Double {
        guard groups > 1, !q.isNaN else { return .nan }
        guard q > 0 else { return 1 }
        guard q < 76 else { return 0 }
        let power = Double(groups - 1)
        let step = 1 / Double(stepsPerUnit)
        let first = Int(-reach) * stepsPerUnit
        let last = Int((q + reach).rounded(.up)) * stepsPerUnit
        var sum = 0.0
        for index in first...last {
            let z = Double(index) * step
            let all = Normal.cdf(z)
            let beyond = Normal.cdf(z - q)
            guard all > 0, beyond > 0 else { continue }
            // all^m − (all − beyond)^m = all^m · (1 − (1 − beyond/all)^m)
            let share = -exponentialMinusOne(power * logOnePlus(-min(1, beyond / all)))
            sum += Normal.density(z) * TAVSEStats.power(all, power) * share
        }
        return min(1, Double(groups) * sum * step)
    }

    /// q with P(Q > q) = p; NaN unless 0 < p < 1 and there are at least 2 groups.
    public static func upperQuantile(_ p: Double, groups: Int) -> Double {
        guard p > 0, p < 1, groups > 1 else { return .nan }
        var low = 0.0
        var high = 76.0
        while true {
            let middle = 0.5 * (low + high)
            guard middle > low, middle < high, high - low > 1e-13 * high else { return middle }
            if upperTail(middle, groups: groups) > p { low = middle } else { high = middle }
        }
    }
}
