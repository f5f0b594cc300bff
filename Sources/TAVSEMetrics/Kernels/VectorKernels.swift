/// The inner loops that the metrics share, with their lanes spelled out (the compiler may not reorder sums).
///
/// Lanes are summed in a fixed order, so that the same input gives bit-identical results everywhere.
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

    /// y[offset + i] += factor · x[i] for i in `range`, counted from its start.
    static func add(
        _ factor: Float, times x: [Float], _ range: Range<Int>, to y: inout [Float], at offset: Int
    ) {
        let count = range.count
        precondition(range.lowerBound >= 0 && range.upperBound <= x.count, "\(range) leaves the input")
        precondition(offset >= 0 && offset + count <= y.count, "\(count) values do not fit at \(offset)")
        x.withUnsafeBufferPointer { x in
            y.withUnsafeMutableBufferPointer { y in
                guard let source = x.baseAddress.map({ $0 + range.lowerBound }),
                    let target = y.baseAddress.map({ $0 + offset })
                else { return }
                var i = 0
                while i + 8 <= count {
                    let sum =
                        UnsafeRawPointer(target + i).loadUnaligned(as: SIMD8<Float>.self)
                        + factor * UnsafeRawPointer(source + i).loadUnaligned(as: SIMD8<Float>.self)
                    UnsafeMutableRawPointer(target + i).storeBytes(of: sum, as: SIMD8<Float>.self)
                    i += 8
                }
                while i < count {
                    target[i] += factor * source[i]
                    i += 1
                }
            }
        }
    }

    /// c[i] = a[i]·b[i]
    static func multiply(
        _ a: UnsafePointer<Double>, _ b: UnsafePointer<Double>, into c: UnsafeMutablePointer<Double>,
        count: Int
    ) {
        var i = 0
        while i + 4 <= count {
            store(load(a + i) * load(b + i), at: c + i)
            i += 4
        }
        while i < count {
            c[i] = a[i] * b[i]
            i += 1
        }
    }

    /// c[i] += a[i]·b[i]
    static func addProduct(
        _ a: UnsafePointer<Double>, _ b: UnsafePointer<Double>, to c: UnsafeMutablePointer<Double>,
        count: Int
    ) {
        var i = 0
        while i + 4 <= count {
            store(load(c + i) + load(a + i) * load(b + i), at: c + i)
            i += 4
        }
        while i < count {
            c[i] += a[i] * b[i]
            i += 1
        }
    }

    /// b[offset + i] = a[i]/divisor, the quotient taken in `Double`
    static func divide(_ a: [Float], by divisor: Double, into b: inout [Float], at offset: Int) {
        precondition(
            offset >= 0 && offset + a.count <= b.count, "\(a.count) values do not fit at \(offset)")
        a.withUnsafeBufferPointer { a in
            b.withUnsafeMutableBufferPointer { b in
                guard let source = a.baseAddress, let target = b.baseAddress.map({ $0 + offset }) else {
                    return
                }
                var i = 0
                while i + 4 <= a.count {
                    let four = UnsafeRawPointer(source + i).loadUnaligned(as: SIMD4<Float>.self)
                    UnsafeMutableRawPointer(target + i).storeBytes(
                        of: SIMD4<Float>(SIMD4<Double>(four) / divisor), as: SIMD4<Float>.self)
                    i += 4
                }
                while i < a.count {
                    target[i] = Float(Double(source[i]) / divisor)
                    i += 1
                }
            }
        }
    }

    /// Σ a[i], in `Double`
    static func sum(_ a: ArraySlice<Float>) -> Double {
        a.withUnsafeBufferPointer { a in
            guard let base = a.baseAddress else { return 0 }
            var sums = SIMD4<Double>.zero
            var i = 0
            while i + 4 <= a.count {
                sums += SIMD4<Double>(UnsafeRawPointer(base + i).loadUnaligned(as: SIMD4<Float>.self))
                i += 4
            }
            var sum = sums.sum()
            while i < a.count {
                sum += Double(base[i])
                i += 1
            }
            return sum
        }
    }

    /// Σ a[i]², in `Double`
    static func sumOfSquares(_ a: ArraySlice<Float>) -> Double {
        a.withUnsafeBufferPointer { a in
            guard let base = a.baseAddress else { return 0 }
            var sums = SIMD4<Double>.zero
            var i = 0
            while i + 4 <= a.count {
                let four = SIMD4<Double>(UnsafeRawPointer(base + i).loadUnaligned(as: SIMD4<Float>.self))
                sums += four * four
                i += 4
            }
            var sum = sums.sum()
            while i < a.count {
                sum += Double(base[i]) * Double(base[i])
                i += 1
            }
            return sum
        }
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
