/// Energy of a signal's projection on the delayed copies of one reference.
enum ToeplitzProjection {
    /// Below this share of the energy, what is left of the reference after prediction is rounding.
    private static let floor = 1e-14

    /// bᵀ·R⁻¹·b for the symmetric Toeplitz matrix R of r, by Levinson's recursion.
    ///
    /// Order by order, the recursion finds the backward predictor g of the reference and its error E; the
    /// projection gains (g·b)²/E, so the energy is a sum of positive terms and no filter is ever formed:
    /// 1.5·n² multiply-adds. When E falls to rounding level (a tone, an empty band), the remaining delays are
    /// combinations of those before and add nothing.
    ///
    /// > Source: Levinson 1946, Durbin 1960; Golub & Van Loan, *Matrix Computations*, §4.7.
    ///
    /// - Parameters:
    ///   - autocorrelation: r[0 …], r[0] > 0.
    ///   - crossCorrelation: b[0 …], as long.
    static func energy(autocorrelation r: [Double], crossCorrelation b: [Double]) -> Double {
        let count = r.count
        precondition(b.count == count && count > 0, "correlations must have one length")
        // Forward predictor f[0 … m], and backward g = f reversed, which moves down one place per order
        // inside its buffer so that prepending its zero costs nothing.
        var forward = [Double](repeating: 0, count: count)
        var backward = [Double](repeating: 0, count: 2 * count)
        var g = count - 1
        forward[0] = 1
        backward[g] = 1
        var error = r[0]
        var energy = b[0] * b[0] / error
        r.withUnsafeBufferPointer { r in
            b.withUnsafeBufferPointer { b in
                forward.withUnsafeMutableBufferPointer { forward in
                    backward.withUnsafeMutableBufferPointer { backward in
                        guard let r = r.baseAddress, let b = b.baseAddress, let f = forward.baseAddress,
                            let base = backward.baseAddress
                        else { return }
                        let limit = r[0] * floor
                        for order in 1..<max(1, count) {
                            let reflection =
                                -VectorKernels.dot(base + g, r + 1, count: order) / error
                            error *= 1 - reflection * reflection
                            guard error > limit else { return }
                            // f ← (f, 0) + k·(0, g),  g ← (0, g) + k·(f, 0), both from the old values.
                            g -= 1
                            update(f, base + g, by: reflection, count: order + 1)
                            let innovation = VectorKernels.dot(base + g, b, count: order + 1)
                            energy += innovation * innovation / error
                        }
                    }
                }
            }
        }
        return energy
    }

    private static func update(
        _ f: UnsafeMutablePointer<Double>, _ g: UnsafeMutablePointer<Double>, by k: Double, count: Int
    ) {
        let factor = SIMD4<Double>(repeating: k)
        var i = 0
        while i + 4 <= count {
            let u = VectorKernels.load(f + i)
            let v = VectorKernels.load(g + i)
            VectorKernels.store(u + factor * v, at: f + i)
            VectorKernels.store(v + factor * u, at: g + i)
            i += 4
        }
        while i < count {
            let (u, v) = (f[i], g[i])
            f[i] = u + k * v
            g[i] = v + k * u
            i += 1
        }
    }
}
