import TAVSESignal

/// Correlations of signals over the lags of the distortion filter, by transforms of short blocks.
///
///     c_uv[k] = Σₙ u[n] · v[n + k],   k = 0 … 511,   signals zero outside their range
///
/// Signals are cut into blocks of 512, each transformed once with 512 zeros behind it. The transform of a
/// block followed by its successor is U_b + (−1)^f·U_{b+1}, so the sum over blocks of conj(U_b)·(V_b +
/// (−1)^f·V_{b+1}) is the transform of the correlation, lags 0 … 512 free of wrap-around. That is 50 flops per
/// sample and signal, all in the first-level cache, whatever the length; a transform of the whole signal takes
/// 70 to 100 and goes to memory for each.
struct LagCorrelations {
    /// Number of lags, the length of BSS Eval's distortion filter.
    static let lagCount = 512

    /// Correlations of the pairs asked for, in their order.
    ///
    /// - Parameters:
    ///   - signals: of one length.
    ///   - pairs: indices (u, v).
    /// - Returns: per pair `[512]`.
    static func compute(_ signals: [[Double]], pairs: [(u: Int, v: Int)]) -> [[Double]] {
        let count = signals.first?.count ?? 0
        precondition(signals.allSatisfy { $0.count == count }, "signals must have one length")
        let size = 2 * lagCount
        let plan = RealFFT.plan(size)
        let width = 2 * plan.binCount
        // Spectra of the block at hand and of the one before, per signal.
        var current = [Double](repeating: 0, count: width * signals.count)
        var previous = current
        var sums = [Double](repeating: 0, count: width * pairs.count)
        var block = [Double](repeating: 0, count: size)
        let blocks = (count + lagCount - 1) / lagCount
        // One step past the last block, whose successor is silence.
        for index in 0...blocks {
            swap(&current, &previous)
            for (s, signal) in signals.enumerated() {
                let start = index * lagCount
                let length = min(lagCount, max(0, count - start))
                if length > 0 { block.replaceSubrange(0..<length, with: signal[start..<start + length]) }
                for n in length..<lagCount { block[n] = 0 }
                current.withUnsafeMutableBufferPointer { spectra in
                    if let base = spectra.baseAddress { plan.forward(block, into: base + s * width) }
                }
            }
            guard index > 0 else { continue }
            for (p, pair) in pairs.enumerated() {
                accumulate(
                    u: previous[(pair.u * width)..<((pair.u + 1) * width)],
                    v: previous[(pair.v * width)..<((pair.v + 1) * width)],
                    next: current[(pair.v * width)..<((pair.v + 1) * width)],
                    into: &sums[(p * width)..<((p + 1) * width)])
            }
        }
        return pairs.indices.map { p in
            let correlation = plan.inverse(Array(sums[(p * width)..<((p + 1) * width)]))
            return correlation[..<lagCount].map { $0 / Double(size) }
        }
    }

    /// sum += conj(U) · (V + (−1)^f · V′), two bins at a time (the last alone).
    private static func accumulate(
        u: ArraySlice<Double>, v: ArraySlice<Double>, next: ArraySlice<Double>,
        into sum: inout ArraySlice<Double>
    ) {
        let count = u.count
        precondition(v.count == count && next.count == count && sum.count == count && count % 4 == 2)
        let signs = SIMD4<Double>(1, 1, -1, -1)
        let conjugate = SIMD4<Double>(1, -1, 1, -1)
        u.withUnsafeBufferPointer { u in
            v.withUnsafeBufferPointer { v in
                next.withUnsafeBufferPointer { next in
                    sum.withUnsafeMutableBufferPointer { sum in
                        guard let u = u.baseAddress, let v = v.baseAddress, let next = next.baseAddress,
                            let sum = sum.baseAddress
                        else { return }
                        var i = 0
                        while i + 4 <= count {
                            let a = VectorKernels.load(u + i)
                            let b = VectorKernels.load(v + i) + signs * VectorKernels.load(next + i)
                            // (ar − i·ai)·(br + i·bi) = ar·br + ai·bi + i·(ar·bi − ai·br)
                            let real = SIMD4(a.x, a.x, a.z, a.z)
                            let imaginary = SIMD4(a.y, a.y, a.w, a.w)
                            let swapped = SIMD4(b.y, b.x, b.w, b.z)
                            let product = real * b + conjugate * (imaginary * swapped)
                            VectorKernels.store(VectorKernels.load(sum + i) + product, at: sum + i)
                            i += 4
                        }
                        // Bin 512 is even and real.
                        sum[i] += u[i] * (v[i] + next[i])
                    }
                }
            }
        }
    }
}
