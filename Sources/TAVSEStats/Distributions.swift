/// Standard normal distribution; tails are computed directly, never as 1 − p. Values from GSL.
public enum Normal {
    /// Φ(x) = P(Z ≤ x).
    public static func cdf(_ x: Double) -> Double {
        x.isNaN ? .nan : GSL.normalLower(x)
    }

    /// P(Z > x).
    public static func upperTail(_ x: Double) -> Double {
        x.isNaN ? .nan : GSL.normalUpper(x)
    }

    /// Φ⁻¹(p); ±∞ at 1 and 0, NaN outside 0…1.
    public static func quantile(_ p: Double) -> Double {
        guard p > 0, p < 1 else { return p == 0 ? -.infinity : p == 1 ? .infinity : .nan }
        return GSL.normalQuantile(p)
    }

    /// φ(x), the density.
    static func density(_ x: Double) -> Double {
        expNegative(0.5 * x * x) / (2 * Double.pi).squareRoot()
    }
}

/// Student's t distribution with real degrees of freedom. Values from GSL.
public enum StudentT {
    /// P(T ≤ x); NaN unless df > 0.
    public static func cdf(_ x: Double, df: Double) -> Double {
        guard df > 0, df.isFinite, !x.isNaN else { return .nan }
        return x.isInfinite ? (x < 0 ? 0 : 1) : GSL.studentLower(x, df)
    }

    /// P(T > x); NaN unless df > 0.
    public static func upperTail(_ x: Double, df: Double) -> Double {
        guard df > 0, df.isFinite, !x.isNaN else { return .nan }
        return x.isInfinite ? (x < 0 ? 1 : 0) : GSL.studentUpper(x, df)
    }

    /// x with P(T ≤ x) = p; ±∞ at 1 and 0, NaN outside 0…1 or unless df > 0.
    public static func quantile(_ p: Double, df: Double) -> Double {
        guard df > 0, df.isFinite else { return .nan }
        guard p > 0, p < 1 else { return p == 0 ? -.infinity : p == 1 ? .infinity : .nan }
        return GSL.studentQuantile(p, df)
    }
}

/// Chi-squared distribution. Values from GSL.
public enum ChiSquared {
    /// P(X > x); NaN unless df > 0.
    public static func upperTail(_ x: Double, df: Double) -> Double {
        guard df > 0, df.isFinite, !x.isNaN else { return .nan }
        if x <= 0 { return 1 }
        return x.isInfinite ? 0 : GSL.chiSquaredUpper(x, df)
    }

    /// x with P(X ≤ x) = p; NaN outside 0…1 or unless df > 0.
    public static func quantile(_ p: Double, df: Double) -> Double {
        guard df > 0, df.isFinite else { return .nan }
        guard p > 0, p < 1 else { return p == 0 ? 0 : p == 1 ? .infinity : .nan }
        return GSL.chiSquaredQuantile(p, df)
    }
}

/// Fisher's F distribution. Values from GSL.
public enum FisherF {
    /// P(X > x); NaN unless both degrees of freedom are positive.
    public static func upperTail(_ x: Double, df1: Double, df2: Double) -> Double {
        guard df1 > 0, df1.isFinite, df2 > 0, df2.isFinite, !x.isNaN else { return .nan }
        if x <= 0 { return 1 }
        return x.isInfinite ? 0 : GSL.fisherUpper(x, df1, df2)
    }
}
