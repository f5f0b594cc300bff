/// Adjustment of p-values for a family of tests planned in advance.
///
/// With p ascending, i = 1 … k of a planned family of m ≥ k:
///
///     Bonferroni  min(1, m p)                    Šidák     1 − (1 − p)^m
///     Holm        running max of (m+1−i)p_(i)    Hochberg  running min from the top of (m+1−i)p_(i)
///     BH          running min from the top of (m/i)p_(i)       BY  the same times Σ_{j≤m} 1/j
///     Hommel      closed testing with Simes tests; tests not run count as p = 1
///
/// Holm holds under any dependence and never rejects less than Bonferroni. Hochberg and Hommel need Simes'
/// inequality (positive dependence); BH and BY control the false discovery rate, not the family-wise error.
///
/// > Source: Holm 1979; Hochberg 1988; Hommel 1988; Šidák 1967; Benjamini & Hochberg 1995; Benjamini & Yekutieli
/// > 2001; Wright, Biometrics 48:1005 (1992).
public enum MultipleTesting: String, Sendable, Codable, CaseIterable {
    /// Bonferroni.
    case bonferroni
    /// Šidák (needs independence).
    case sidak
    /// Holm's step-down method.
    case holm
    /// Hochberg's step-up method.
    case hochberg
    /// Hommel's method.
    case hommel
    /// Benjamini–Hochberg.
    case bh
    /// Benjamini–Yekutieli.
    case by

    /// Largest planned family: far beyond any experiment, and small enough for a plain sum over it.
    public static let largestFamily = 10_000_000

    /// Adjusted p-values, in input order, at most 1, monotone in p.
    ///
    /// A NaN (a test that could not be run) counts as 1 for the others and stays NaN.
    ///
    /// - Parameter family: planned number of tests m; the number of p-values when nil.
    /// - Throws: `.familyTooSmall`, `.tooLargeForExact`; `.notAProbability` for a p outside 0…1.
    public func adjust(_ p: [Double], family: Int? = nil) throws(StatisticsError) -> [Double] {
        let m = family ?? p.count
        guard m >= p.count else { throw .familyTooSmall(planned: m, tests: p.count) }
        guard m <= Self.largestFamily else {
            throw .tooLargeForExact(what: "planned family", count: m, limit: Self.largestFamily)
        }
        if let bad = p.first(where: { !$0.isNaN && !($0 >= 0 && $0 <= 1) }) {
            throw .notAProbability(what: "p-value", found: bad)
        }
        let filled = p.map { $0.isNaN ? 1 : $0 }
        let order = filled.indices.sorted { filled[$0] < filled[$1] }
        let adjusted = adjust(ascending: order.map { filled[$0] }, family: m)
        var result = p
        for (position, index) in order.enumerated() where !p[index].isNaN {
            result[index] = min(1, adjusted[position])
        }
        return result
    }

    private func adjust(ascending p: [Double], family: Int) -> [Double] {
        let m = Double(family)
        func stepUp(_ factor: (Int) -> Double) -> [Double] {
            var running = Double.infinity
            var result = p
            for i in p.indices.reversed() {
                running = min(running, factor(i + 1) * p[i])
                result[i] = running
            }
            return result
        }
        switch self {
        case .bonferroni: return p.map { m * $0 }
        case .sidak: return p.map { -exponentialMinusOne(m * logOnePlus(-$0)) }
        case .holm:
            var running = 0.0
            return p.enumerated().map { index, value in
                running = max(running, (m - Double(index)) * value)
                return running
            }
        case .hochberg: return stepUp { m + 1 - Double($0) }
        case .bh: return stepUp { m / Double($0) }
        case .by:
            let harmonic = (0..<family).reduce(0.0) { $0 + 1 / Double(family - $1) }
            return stepUp { m / Double($0) * harmonic }
        case .hommel: return Self.hommel(p, family: family)
        }
    }

    /// For j = m … 2: c = min over k of j·p_(m−j+k)/k; the j largest rise to at least c, the others to at least
    /// min(c, j·p).
    ///
    /// The tests that were not run are ones at the top of the order. While they alone make up the j largest, c is 1
    /// and min(c, j·p) grows with j, so of those j only the largest matters: the work is quadratic in the p-values
    /// given, whatever the size of the family.
    private static func hommel(_ p: [Double], family m: Int) -> [Double] {
        let notRun = m - p.count
        var adjusted = p
        for j in stride(from: m, through: max(2, notRun + 1), by: -1) {
            let first = m - j
            var c = 1.0
            for i in first..<p.count { c = min(c, Double(j) * p[i] / Double(i - first + 1)) }
            for i in p.indices { adjusted[i] = max(adjusted[i], i >= first ? c : min(c, Double(j) * p[i])) }
        }
        if notRun >= 2 {
            for i in p.indices { adjusted[i] = max(adjusted[i], min(1, Double(notRun) * p[i])) }
        }
        return adjusted
    }
}
