/// Correlations of clipped envelopes over blocks of frames, four neighbouring blocks at a time.
///
///     a = ‖X‖ / ‖Y‖,   Y′ = min(a·Y, X·c),   ρ = corr(X, Y′)      over the frames of a block
///
/// A lane holds a block, so nothing is summed across lanes and roots and quotients are taken four at a time.
enum BlockCorrelation {
    /// Values that may be read behind the last row, whose last blocks may not fill a vector.
    static let overhang = 3

    private typealias Lanes = SIMD4<Double>

    /// Sum of ρ over all blocks of one row.
    ///
    /// - Parameters:
    ///   - x: reference, a row of `blocks + length − 1` values, with ``overhang`` more behind them.
    ///   - y: estimate, likewise.
    ///   - clipFactor: c.
    static func sum(
        _ x: ArraySlice<Double>, _ y: ArraySlice<Double>, blocks: Int, length: Int, clipFactor: Double
    ) -> Double {
        let needed = blocks + length - 1 + overhang
        precondition(x.count >= needed && y.count >= needed, "rows need \(needed) values")
        return x.withUnsafeBufferPointer { x in
            y.withUnsafeBufferPointer { y in
                guard let x = x.baseAddress, let y = y.baseAddress else { return 0 }
                var sums = Lanes.zero
                for block in stride(from: 0, to: blocks, by: 4) {
                    let rho = correlations(x + block, y + block, length: length, clipFactor: clipFactor)
                    let isBlock = SIMD4<Int64>(0, 1, 2, 3) .< SIMD4(repeating: Int64(blocks - block))
                    sums += Lanes.zero.replacing(with: rho, where: isBlock)
                }
                return sums.sum()
            }
        }
    }

    @inline(__always)
    private static func correlations(
        _ x: UnsafePointer<Double>, _ y: UnsafePointer<Double>, length: Int, clipFactor: Double
    ) -> Lanes {
        let epsilon = ThirdOctaveEnvelopes.Constants.epsilon
        var (sumX, energyX, energyY) = (Lanes.zero, Lanes.zero, Lanes.zero)
        for n in 0..<length {
            let (u, v) = (VectorKernels.load(x + n), VectorKernels.load(y + n))
            sumX += u
            energyX += u * u
            energyY += v * v
        }
        let gain = energyX.squareRoot() / (energyY.squareRoot() + epsilon)
        var sumY = Lanes.zero
        for n in 0..<length {
            sumY += clipped(VectorKernels.load(y + n), gain, VectorKernels.load(x + n), clipFactor)
        }
        let meanX = sumX / Double(length)
        let meanY = sumY / Double(length)
        var (xx, yy, xy) = (Lanes.zero, Lanes.zero, Lanes.zero)
        for n in 0..<length {
            let raw = VectorKernels.load(x + n)
            let u = raw - meanX
            let v = clipped(VectorKernels.load(y + n), gain, raw, clipFactor) - meanY
            xx += u * u
            yy += v * v
            xy += u * v
        }
        return xy / ((xx.squareRoot() + epsilon) * (yy.squareRoot() + epsilon))
    }

    /// min(gain·y, x·clipFactor)
    @inline(__always)
    private static func clipped(_ y: Lanes, _ gain: Lanes, _ x: Lanes, _ clipFactor: Double) -> Lanes {
        let scaled = gain * y
        let bound = x * clipFactor
        return scaled.replacing(with: bound, where: bound .< scaled)
    }
}
