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
    /// Whether a frame is digital silence in either signal, `[T]`.
    let isSilent: [Bool]

    init(_ pair: CheckedPair) throws(MetricError) {
        let frames = try ShortFrames(pair)
        order = pair.sampleRate < 10_000 ? 10 : 16
        frameCount = frames.count
        let width = order + 1
        isSilent = (0..<frames.count).map { t in
            frames.isSilent(pair.reference, frame: t) || frames.isSilent(pair.estimate, frame: t)
        }
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
    ///
    /// Every lag is summed in ascending n, four lags to a vector. On digital silence the frame is the smooth window
    /// itself, whose prediction error lies at rounding level: there the order of these sums decides the filter, and
    /// this is the order on which published values rest.
    private static func autocorrelation(_ x: [Double], into r: inout [Double]) {
        let lanes = 4
        let vectors = (r.count + lanes - 1) / lanes
        precondition(vectors <= Sums.capacity && x.count >= vectors * lanes, "order too large")
        // Zeros after the frame end every lag's sum where the frame ends.
        var sums = Sums()
        let padded = x + [Double](repeating: 0, count: Sums.capacity * lanes)
        padded.withUnsafeBufferPointer { buffer in
            guard let base = buffer.baseAddress else { return }
            for n in 0..<x.count { sums.add(base + n) }
        }
        for k in r.indices { r[k] = sums[k] }
    }

    /// Twenty running sums in registers.
    private struct Sums {
        static let capacity = 5
        private var (s0, s1, s2, s3, s4) = (
            SIMD4<Double>.zero, SIMD4<Double>.zero, SIMD4<Double>.zero, SIMD4<Double>.zero, SIMD4<Double>.zero
        )

        /// Adds x[0]·x[k] to every sum k.
        @inline(__always)
        mutating func add(_ x: UnsafePointer<Double>) {
            let factor = SIMD4(repeating: x[0])
            s0 += factor * VectorKernels.load(x)
            s1 += factor * VectorKernels.load(x + 4)
            s2 += factor * VectorKernels.load(x + 8)
            s3 += factor * VectorKernels.load(x + 12)
            s4 += factor * VectorKernels.load(x + 16)
        }

        subscript(k: Int) -> Double {
            switch k / 4 {
            case 0: s0[k % 4]
            case 1: s1[k % 4]
            case 2: s2[k % 4]
            case 3: s3[k % 4]
            default: s4[k % 4]
            }
        }
    }

    /// The prediction-error filter of least energy, by Durbin's recursion.
    private static func levinson(_ r: [Double], into a: inout [Double]) {
        for i in a.indices { a[i] = 0 }
        a[0] = 1
        var error = r[0]
        for m in 1..<r.count {
            var sum = 0.0
            for i in 1..<m { sum += a[i] * r[m - i] }
            let reflection = -(r[m] + sum) / error
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
