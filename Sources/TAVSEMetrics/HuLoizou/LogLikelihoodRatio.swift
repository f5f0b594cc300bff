import Foundation

/// Log-likelihood ratio (LLR), 0 to 2; lower is better.
///
///     LLR = log( a_ŝᵀ·R_s·a_ŝ / a_sᵀ·R_s·a_s )        per 30 ms frame
///
/// `a` are prediction-error filters (order 16, or 10 below 10 kHz) and R_s the reference frame's autocorrelation.
/// Values above 2 become 2; the lowest 95 % of the frames are averaged. Other tools leave either step out.
///
/// > Source: Hu & Loizou, *Evaluation of objective quality measures for speech enhancement*, IEEE TASLP 16(1),
/// > 2008; details as in Loizou's programs.
public struct LogLikelihoodRatio: PairMetric {
    /// Makes the metric; it has no parameters.
    public init() {}

    /// What the number means, and everything that could move it.
    public var descriptor: MetricDescriptor {
        MetricDescriptor(
            name: .llr, title: "Log-likelihood ratio", unit: "", lowerBound: 0, upperBound: Self.limit,
            direction: .lowerIsBetter, signature: "LLR|frame:30ms|order:16,10<10kHz|cut:2|mean:95%|v:1",
            source: "Hu & Loizou, IEEE TASLP 16(1), 2008")
    }

    /// Greatest value of a frame in the stand-alone measure.
    private static let limit = 2.0
    /// What the composite counts for a frame in which rounding leaves no ratio.
    private static let noRatio = 1000.0

    func score(_ work: PairWork) throws(MetricError) -> Double {
        let values = Self.frameValues(try work.linearPredictionFrames())
        return ShortFrames.trimmedMean(values.map { min($0, Self.limit) })
    }

    /// The mean of the lowest 95 %, frames not cut, as the composites take it.
    static func unclipped(_ work: PairWork) throws(MetricError) -> Double {
        ShortFrames.trimmedMean(frameValues(try work.linearPredictionFrames()))
    }

    private static func frameValues(_ frames: LinearPredictionFrames) -> [Double] {
        let width = frames.order + 1
        return (0..<frames.frameCount).map { t in
            let part = (t * width)..<((t + 1) * width)
            let r = Array(frames.referenceCorrelations[part])
            let ratio =
                quadraticForm(Array(frames.estimateFilters[part]), r)
                / quadraticForm(Array(frames.referenceFilters[part]), r)
            if ratio.isNaN { return .infinity }
            return ratio > 0 ? log(ratio) : noRatio
        }
    }

    /// aᵀ·R·a for the symmetric Toeplitz matrix of r.
    private static func quadraticForm(_ a: [Double], _ r: [Double]) -> Double {
        var sum = 0.0
        var magnitude = 0.0
        for i in a.indices {
            var row = 0.0
            for j in a.indices { row += r[abs(i - j)] * a[j] }
            sum += a[i] * row
            magnitude += abs(a[i])
        }
        // Far below its terms, the form is what rounding leaves (digital silence): take it as peers do.
        return sum > rounding * magnitude * magnitude * r[0] ? sum : fusedQuadraticForm(a, r)
    }

    /// Below this share of its largest terms, the order of summation moves the form by more than 1e-6.
    private static let rounding = 1e-9

    /// aᵀ·R·a with each row of R·a in four lanes: of fused multiply-adds for rows in whole groups of four, of products
    /// and sums for the rows left over; the elements left over after the lanes.
    ///
    /// This is how a BLAS forms the product with 256-bit vectors. Published values of files with digital silence
    /// contain the rounding of exactly this order.
    private static func fusedQuadraticForm(_ a: [Double], _ r: [Double]) -> Double {
        let whole = a.count / 4 * 4
        var sum = 0.0
        for i in a.indices {
            var lanes = SIMD4<Double>.zero
            for j in 0..<whole {
                let element = r[abs(i - j)]
                lanes[j % 4] =
                    i < whole ? lanes[j % 4].addingProduct(element, a[j]) : lanes[j % 4] + element * a[j]
            }
            var row = (lanes[0] + lanes[2]) + (lanes[1] + lanes[3])
            for j in whole..<a.count { row = row.addingProduct(r[abs(i - j)], a[j]) }
            sum += row * a[i]
        }
        return sum
    }
}
