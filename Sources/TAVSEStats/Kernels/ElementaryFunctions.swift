#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#else
    import Darwin
#endif

// The C mathematical library under names that say what is computed; one place for the platform's import.

/// e^(−x).
func expNegative(_ x: Double) -> Double { exp(-x) }

/// e^x.
func exponential(_ x: Double) -> Double { exp(x) }

/// e^x − 1, accurate near 0.
func exponentialMinusOne(_ x: Double) -> Double { expm1(x) }

/// ln x.
func naturalLog(_ x: Double) -> Double { log(x) }

/// ln(1 + x), accurate near 0.
func logOnePlus(_ x: Double) -> Double { log1p(x) }

/// x^y.
func power(_ x: Double, _ y: Double) -> Double { pow(x, y) }
