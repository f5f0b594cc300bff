/// Linear prediction of every frame of both signals: what LLR and the cepstral distance compare.
struct LinearPredictionFrames {
    /// Order P: 10 below 10 kHz, else 16.
    let order: Int
    /// Number of frames T.
    let frameCount: Int
    /// Autocorrelations of the reference's frames, `[T, P + 1]`.
    private(set) var referenceCorrelations: [Double]
    /// Prediction-error filters 1, a₁ … a_P of the reference's frames, `[T, P + 1]`.
    private(set) var referenceFilters: [Double]
    /// The same of the estimate's frames.
    private(set) var estimateFilters: [Double]

    init(_ pair: CheckedPair) throws(MetricError) {
        let frames = try ShortFrames(pair)
        order = pair.sampleRate < 10_000 ? 10 : 16
        frameCount = frames.count
        let width = order + 1
        referenceCorrelations = [Double](repeating: 0, count: frames.count * width)
        referenceFilters = referenceCorrelations
        estimateFilters = referenceCorrelations
        var frame = [Double](repeating: 0, count: frames.length)
        var correlation = [Double](repeating: 0, count: width)
        var filter = correlation
        for t in 0..<frames.count {
            frames.cut(pair.reference, frame: t, into: &frame)
            Self.autocorrelation(frame, into: &correlation)
            Self.levinson(correlation, into: &filter)
            for k in 0..<width {
                referenceCorrelations[t * width + k] = correlation[k]
                referenceFilters[t * width + k] = filter[k]
            }
            frames.cut(pair.estimate, frame: t, into: &frame)
            Self.autocorrelation(frame, into: &correlation)
            Self.levinson(correlation, into: &filter)
            for k in 0..<width { estimateFilters[t * width + k] = filter[k] }
        }
    }

    /// r[k] = Σ x[n]·x[n + k], k = 0 … P, not divided by anything.
    private static func autocorrelation(_ x: [Double], into r: inout [Double]) {
        x.withUnsafeBufferPointer { buffer in
            guard let base = buffer.baseAddress else { return }
            for k in r.indices { r[k] = VectorKernels.dot(base, base + k, count: buffer.count - k) }
        }
    }

    /// The prediction-error filter of least energy, by Durbin's recursion.
    private static func levinson(_ r: [Double], into a: inout [Double]) {
        for i in a.indices { a[i] = 0 }
        a[0] = 1
        var error = r[0]
        for m in 1..<r.count {
            var sum = r[m]
            for i in 1..<m { sum += a[i] * r[m - i] }
            let reflection = -sum / error
            // Both ends at once: a[i] and a[m − i] need each other's old value.
            var i = 1
            while i <= m - i {
                let (low, high) = (a[i], a[m - i])
                a[i] = low + reflection * high
                a[m - i] = high + reflection * low
                i += 1
            }
            a[m] = reflection
            error *= 1 - reflection * reflection
        }
    }
}
