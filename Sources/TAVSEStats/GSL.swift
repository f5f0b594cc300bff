import CGSL

/// The one place that calls the GNU Scientific Library.
///
/// GSL's default error handler aborts the process on a bad argument. It is switched off before the first call; a
/// bad argument then comes back as NaN, which the callers rule out beforehand.
enum GSL {
    private static let handlerIsOff: Bool = {
        _ = gsl_set_error_handler_off()
        return true
    }()

    /// P(Z ≤ x), Z standard normal.
    static func normalLower(_ x: Double) -> Double {
        handlerIsOff ? gsl_cdf_ugaussian_P(x) : .nan
    }

    /// P(Z > x), Z standard normal.
    static func normalUpper(_ x: Double) -> Double {
        handlerIsOff ? gsl_cdf_ugaussian_Q(x) : .nan
    }

    /// x with P(Z ≤ x) = p.
    static func normalQuantile(_ p: Double) -> Double {
        handlerIsOff ? gsl_cdf_ugaussian_Pinv(p) : .nan
    }

    /// P(T ≤ x), Student t.
    static func studentLower(_ x: Double, _ df: Double) -> Double {
        handlerIsOff ? gsl_cdf_tdist_P(x, df) : .nan
    }

    /// P(T > x), Student t.
    static func studentUpper(_ x: Double, _ df: Double) -> Double {
        handlerIsOff ? gsl_cdf_tdist_Q(x, df) : .nan
    }

    /// x with P(T ≤ x) = p, Student t.
    static func studentQuantile(_ p: Double, _ df: Double) -> Double {
        handlerIsOff ? gsl_cdf_tdist_Pinv(p, df) : .nan
    }

    /// P(X > x), chi-squared.
    static func chiSquaredUpper(_ x: Double, _ df: Double) -> Double {
        handlerIsOff ? gsl_cdf_chisq_Q(x, df) : .nan
    }

    /// x with P(X ≤ x) = p, chi-squared.
    static func chiSquaredQuantile(_ p: Double, _ df: Double) -> Double {
        handlerIsOff ? gsl_cdf_chisq_Pinv(p, df) : .nan
    }

    /// P(X > x), Fisher's F.
    static func fisherUpper(_ x: Double, _ df1: Double, _ df2: Double) -> Double {
        handlerIsOff ? gsl_cdf_fdist_Q(x, df1, df2) : .nan
    }

    /// ln Γ(x), x > 0.
    static func logGamma(_ x: Double) -> Double {
        handlerIsOff ? gsl_sf_lngamma(x) : .nan
    }

    /// Arithmetic mean; GSL accumulates in extended precision where the platform has it.
    static func mean(_ x: [Double]) -> Double {
        handlerIsOff ? gsl_stats_mean(x, 1, x.count) : .nan
    }

    /// Sum of squares about `mean`, divided by n.
    static func variance(_ x: [Double], about mean: Double) -> Double {
        handlerIsOff ? gsl_stats_variance_with_fixed_mean(x, 1, x.count, mean) : .nan
    }

    /// Quantile of sorted data by linear interpolation at position (n − 1)p (type 7).
    static func quantile(sorted x: [Double], _ p: Double) -> Double {
        handlerIsOff ? gsl_stats_quantile_from_sorted_data(x, 1, x.count, p) : .nan
    }
}
