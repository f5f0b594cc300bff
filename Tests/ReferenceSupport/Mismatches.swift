/// A pair of bounds: pass when |a − b| ≤ max(absolute, relative·|b|).
public struct Tolerance: Sendable {
    /// Relative to the expected value.
    public let relative: Double
    /// Absolute.
    public let absolute: Double

    /// A pair of bounds.
    public init(relative: Double, absolute: Double) {
        self.relative = relative
        self.absolute = absolute
    }

    /// Counts, ranks, statuses, index rows and booleans.
    public static let equal = Tolerance(relative: 0, absolute: 0)
    /// Exact p-values.
    public static let exactP = Tolerance(relative: 1e-11, absolute: 0)
    /// Approximate p, z, t, F, χ² and tail functions.
    public static let statistic = Tolerance(relative: 1e-10, absolute: 1e-15)
    /// Means, standard deviations, medians, intervals, standard errors, df, ICC.
    public static let estimate = Tolerance(relative: 1e-10, absolute: 1e-12)
    /// Bootstrap and BCa limits.
    public static let bootstrap = Tolerance(relative: 1e-9, absolute: 1e-12)
    /// Studentised range and Nemenyi.
    public static let studentizedRange = Tolerance(relative: 1e-8, absolute: 1e-10)
    /// Non-central t interval of d_z.
    public static let noncentralT = Tolerance(relative: 1e-6, absolute: 1e-8)

    /// Whether two numbers agree; NaN matches only NaN, an infinity only itself.
    public func accepts(_ actual: Double, expected: Double) -> Bool {
        if actual.isNaN || expected.isNaN { return actual.isNaN && expected.isNaN }
        if actual == expected { return true }
        guard actual.isFinite, expected.isFinite else { return false }
        return abs(actual - expected) <= max(absolute, relative * abs(expected))
    }
}

/// Every place where `actual` lacks a key of `expected` or differs from it by more than the tolerance of its path.
///
/// Keys that only `actual` has are ignored; arrays must have the same length. Paths look like "/pairs/3/cr2/se".
public func mismatches(
    expected: JSONTree, actual: JSONTree, path: String = "", tolerance: (String) -> Tolerance
) -> [String] {
    switch (expected, actual) {
    case (.object(let members), .object(let found)):
        return members.sorted { $0.key < $1.key }.flatMap { key, value -> [String] in
            let inner = "\(path)/\(key)"
            guard let other = found[key] else { return ["\(inner): missing"] }
            return mismatches(expected: value, actual: other, path: inner, tolerance: tolerance)
        }
    case (.array(let values), .array(let found)):
        guard values.count == found.count else {
            return ["\(path): expected \(values.count) elements, found \(found.count)"]
        }
        return values.indices.flatMap {
            mismatches(
                expected: values[$0], actual: found[$0], path: "\(path)/\($0)", tolerance: tolerance)
        }
    default:
        if let a = try? expected.double(), let b = try? actual.double() {
            return tolerance(path).accepts(b, expected: a) ? [] : ["\(path): expected \(a), found \(b)"]
        }
        return expected == actual ? [] : ["\(path): expected \(expected), found \(actual)"]
    }
}
