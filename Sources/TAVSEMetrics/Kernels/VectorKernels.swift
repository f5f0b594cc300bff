/// The inner loops that the metrics share, with their lanes spelled out (the compiler may not reorder sums).
///
/// Lanes are summed in a fixed order, so that the same input gives the same bits everywhere.
enum VectorKernels {
    /// Σ a[i]·b[i]
    @inline(__always)
    static func dot(_ a: UnsafePointer<Double>, _ b: UnsafePointer<Double>, count: Int) -> Double {
        var sum0 = SIMD4<Double>.zero
        var sum1 = SIMD4<Double>.zero
        var i = 0
        while i + 8 <= count {
            sum0 += load(a + i) * load(b + i)
            sum1 += load(a + i + 4) * load(b + i + 4)
            i += 8
        }
        var sum = (sum0 + sum1).sum()
        while i < count {
            sum += a[i] * b[i]
            i += 1
        }
        return sum
    }

    /// Σ a[i]
    static func sum(_ a: UnsafePointer<Double>, count: Int) -> Double {
        var sum0 = SIMD4<Double>.zero
        var sum1 = SIMD4<Double>.zero
        var i = 0
        while i + 8 <= count {
            sum0 += load(a + i)
            sum1 += load(a + i + 4)
            i += 8
        }
        var sum = (sum0 + sum1).sum()
        while i < count {
            sum += a[i]
            i += 1
        }
        return sum
    }

    /// Σ (scale·(a[i] − offsetA) − (b[i] − offsetB))²
    static func residual(
        _ a: UnsafePointer<Double>, offsetA: Double, _ b: UnsafePointer<Double>, offsetB: Double,
        scale: Double,
        count: Int
    ) -> Double {
        var sums = SIMD4<Double>.zero
        var i = 0
        while i + 4 <= count {
            let difference = scale * (load(a + i) - offsetA) - (load(b + i) - offsetB)
            sums += difference * difference
            i += 4
        }
        var sum = sums.sum()
        while i < count {
            let difference = scale * (a[i] - offsetA) - (b[i] - offsetB)
            sum += difference * difference
            i += 1
        }
        return sum
    }

    /// Σ (a[i] − offsetA)·(b[i] − offsetB)
    static func centredDot(
        _ a: UnsafePointer<Double>, offsetA: Double, _ b: UnsafePointer<Double>, offsetB: Double, count: Int
    ) -> Double {
        var sums = SIMD4<Double>.zero
        var i = 0
        while i + 4 <= count {
            sums += (load(a + i) - offsetA) * (load(b + i) - offsetB)
            i += 4
        }
        var sum = sums.sum()
        while i < count {
            sum += (a[i] - offsetA) * (b[i] - offsetB)
            i += 1
        }
        return sum
    }

    /// Converts to `Double`.
    static func widen(_ a: UnsafePointer<Float>, into b: UnsafeMutablePointer<Double>, count: Int) {
        var i = 0
        while i + 4 <= count {
            let values = UnsafeRawPointer(a + i).loadUnaligned(as: SIMD4<Float>.self)
            store(SIMD4<Double>(values), at: b + i)
            i += 4
        }
        while i < count {
            b[i] = Double(a[i])
            i += 1
        }
    }

    /// Four neighbouring values.
    @inline(__always)
    static func load(_ pointer: UnsafePointer<Double>) -> SIMD4<Double> {
        UnsafeRawPointer(pointer).loadUnaligned(as: SIMD4<Double>.self)
    }

    @inline(__always)
    static func store(_ value: SIMD4<Double>, at pointer: UnsafeMutablePointer<Double>) {
        UnsafeMutableRawPointer(pointer).storeBytes(of: value, as: SIMD4<Double>.self)
    }
}
