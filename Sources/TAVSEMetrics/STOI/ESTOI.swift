/// Extended short-time objective intelligibility (ESTOI), −1 to 1, in practice 0 to 1; higher is better.
///
///     X, Y  ← blocks of 15 third-octave bands × 30 frames of reference and estimate
///     each row minus its mean over time, divided by its norm; then each column likewise over bands
///     ESTOI = mean over blocks of Σ X·Y / 30
///
/// Unlike ``STOI`` it follows maskers that fluctuate. A row or column without any variation counts 0; the
/// common implementation adds random noise of 1e-16 instead.
///
/// > Source: Jensen & Taal, *An algorithm for predicting the intelligibility of speech masked by modulated
/// > noise maskers*, IEEE/ACM TASLP 24(11), 2016; details as in pystoi 0.4.1.
public struct ESTOI: PairMetric {
    /// Makes the metric; it has no parameters.
    public init() {}

    /// What the number means, and everything that could move it.
    public var descriptor: MetricDescriptor {
        MetricDescriptor(
            name: .estoi, title: "ESTOI", unit: "", lowerBound: -1, upperBound: 1,
            direction: .higherIsBetter, signature: "ESTOI|fs:10000|resample:octave-60dB|v:1",
            source: "Jensen & Taal, IEEE/ACM TASLP 24(11), 2016")
    }

    func score(_ work: PairWork) throws(MetricError) -> Double {
        let envelopes = try work.thirdOctaveEnvelopes()
        let length = ThirdOctaveEnvelopes.Constants.blockLength
        let blocks = envelopes.frameCount - length + 1
        var x = [Double](repeating: 0, count: ThirdOctaveBands.count * length)
        var y = x
        var sum = 0.0
        for block in 0..<blocks {
            Self.normalize(envelopes.reference, frameCount: envelopes.frameCount, from: block, into: &x)
            Self.normalize(envelopes.estimate, frameCount: envelopes.frameCount, from: block, into: &y)
            sum += VectorKernels.dot(x, y, count: x.count)
        }
        return sum / Double(blocks * length)
    }

    /// One block `[15, 30]`, rows and then columns made free of mean and of unit norm.
    private static func normalize(
        _ envelopes: [Double], frameCount: Int, from start: Int, into block: inout [Double]
    ) {
        let (bands, length) = (ThirdOctaveBands.count, ThirdOctaveEnvelopes.Constants.blockLength)
        for band in 0..<bands {
            let source = band * frameCount + start
            let target = band * length
            var mean = 0.0
            for t in 0..<length { mean += envelopes[source + t] }
            mean /= Double(length)
            var energy = 0.0
            for t in 0..<length {
                let value = envelopes[source + t] - mean
                block[target + t] = value
                energy += value * value
            }
            let scale = energy > 0 ? 1 / energy.squareRoot() : 0
            for t in 0..<length { block[target + t] *= scale }
        }
        // Columns, all 30 at once: the frames are the fast axis.
        for t in 0..<length {
            var mean = 0.0
            for band in 0..<bands { mean += block[band * length + t] }
            mean /= Double(bands)
            var energy = 0.0
            for band in 0..<bands {
                let value = block[band * length + t] - mean
                block[band * length + t] = value
                energy += value * value
            }
            let scale = energy > 0 ? 1 / energy.squareRoot() : 0
            for band in 0..<bands { block[band * length + t] *= scale }
        }
    }
}
