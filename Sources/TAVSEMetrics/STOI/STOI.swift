import Foundation

/// Short-time objective intelligibility (STOI), −1 to 1, in practice 0 to 1; higher is better.
///
///     a    = ‖X‖ / ‖Y‖                          per band and block of 30 frames (384 ms)
///     Y′   = min(a·Y, X·(1 + 10^(15/20)))       normalised, and clipped at −15 dB signal-to-distortion
///     STOI = mean over bands and blocks of corr(X, Y′)
///
/// X and Y are third-octave envelopes of reference and estimate at 10 kHz, silent frames removed. Fewer than
/// 30 frames are an error; some tools print 1e-5 there.
///
/// > Source: Taal, Hendriks, Heusdens & Jensen, IEEE TASLP 19(7), 2011; details as in pystoi 0.4.1.
public struct STOI: PairMetric {
    /// Makes the metric; it has no parameters.
    public init() {}

    /// What the number means, and everything that could move it.
    public var descriptor: MetricDescriptor {
        MetricDescriptor(
            name: .stoi, title: "STOI", unit: "", lowerBound: -1, upperBound: 1,
            direction: .higherIsBetter, signature: "STOI|ext:no|fs:10000|resample:octave-60dB|v:1",
            source: "Taal et al., IEEE TASLP 19(7), 2011")
    }

    /// 1 + 10^(15/20): the clipping bound of −15 dB.
    private static let clipFactor = 1 + pow(10, 15.0 / 20)

    func score(_ work: PairWork) throws(MetricError) -> Double {
        let envelopes = try work.thirdOctaveEnvelopes()
        let length = ThirdOctaveEnvelopes.Constants.blockLength
        let blocks = envelopes.frameCount - length + 1
        let sum = envelopes.reference.withUnsafeBufferPointer { reference in
            envelopes.estimate.withUnsafeBufferPointer { estimate in
                var sum = 0.0
                guard let x = reference.baseAddress, let y = estimate.baseAddress else { return sum }
                for band in 0..<ThirdOctaveBands.count {
                    let row = band * envelopes.frameCount
                    for block in 0..<blocks {
                        sum += Self.correlation(x + row + block, y + row + block, count: length)
                    }
                }
                return sum
            }
        }
        return sum / Double(ThirdOctaveBands.count * blocks)
    }

    @inline(__always)
    private static func correlation(_ x: UnsafePointer<Double>, _ y: UnsafePointer<Double>, count: Int)
        -> Double
    {
        let epsilon = ThirdOctaveEnvelopes.Constants.epsilon
        let normX = VectorKernels.dot(x, x, count: count).squareRoot()
        let normY = VectorKernels.dot(y, y, count: count).squareRoot()
        let gain = normX / (normY + epsilon)
        // Two lanes: a block has 30 frames, an even number.
        var (sumX, sumY) = (SIMD2<Double>.zero, SIMD2<Double>.zero)
        for n in stride(from: 0, to: count, by: 2) {
            let u = SIMD2(x[n], x[n + 1])
            sumX += u
            sumY += clipped(SIMD2(y[n], y[n + 1]), gain: gain, reference: u)
        }
        let meanX = sumX.sum() / Double(count)
        let meanY = sumY.sum() / Double(count)
        var (xx, yy, xy) = (SIMD2<Double>.zero, SIMD2<Double>.zero, SIMD2<Double>.zero)
        for n in stride(from: 0, to: count, by: 2) {
            let raw = SIMD2(x[n], x[n + 1])
            let u = raw - meanX
            let v = clipped(SIMD2(y[n], y[n + 1]), gain: gain, reference: raw) - meanY
            xx += u * u
            yy += v * v
            xy += u * v
        }
        return xy.sum() / ((xx.sum().squareRoot() + epsilon) * (yy.sum().squareRoot() + epsilon))
    }

    /// min(gain·y, x·clipFactor)
    @inline(__always)
    private static func clipped(_ y: SIMD2<Double>, gain: Double, reference x: SIMD2<Double>) -> SIMD2<Double>
    {
        let scaled = gain * y
        let bound = x * clipFactor
        return scaled.replacing(with: bound, where: bound .< scaled)
    }
}
