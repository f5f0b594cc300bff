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

    /// y[i] += k·x[i]
    @inline(__always)
    static func add(
        _ k: Double, times x: UnsafePointer<Double>, to y: UnsafeMutablePointer<Double>, count: Int
    ) {
        let factor = SIMD4<Double>(repeating: k)
        var i = 0
        while i + 4 <= count {
            store(load(y + i) + factor * load(x + i), at: y + i)
            i += 4
        }
        while i < count {
            y[i] += k * x[i]
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
