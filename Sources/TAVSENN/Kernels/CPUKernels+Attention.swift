import CTAVSEKernels

extension CPUKernels {
    func softmax(_ x: Source, rows: Int, columns: Int, _ y: Target) {
        Parallel.chunks(rows, of: Self.rowBlock(columns)) { range in
            let start = range.lowerBound * columns
            tavse_softmax(Int64(range.count), Int64(columns), x + start, y + start)
        }
    }

    func softmaxGradient(_ y: Source, _ dy: Source, rows: Int, columns: Int, _ dx: Target) {
        Parallel.chunks(rows, of: Self.rowBlock(columns)) { range in
            let start = range.lowerBound * columns
            tavse_softmax_backward(Int64(range.count), Int64(columns), y + start, dy + start, dx + start)
        }
    }

    func attention(
        _ d: AttentionDimensions, _ q: Source, _ k: Source, _ v: Source, probabilities: Target, _ y: Target
    ) {
        let (inner, outer) = (d.heads * d.headWidth, d.heads * d.valueWidth)
        Parallel.run(d.batch * d.heads) { index in
            let (b, h) = (index / d.heads, index % d.heads)
            let p = probabilities + index * d.queries * d.keys
            var scores = MatrixProduct(
                m: d.queries, n: d.keys, k: d.headWidth, transposeB: true, precision: d.precision)
            scores.lda = inner
            scores.ldb = inner
            scores.alpha = d.scale
            Self.gemm(
                scores, q + b * d.queries * inner + h * d.headWidth, k + b * d.keys * inner + h * d.headWidth,
                p)
            tavse_softmax(Int64(d.queries), Int64(d.keys), p, p)
            var mix = MatrixProduct(m: d.queries, n: d.valueWidth, k: d.keys, precision: d.precision)
            mix.ldb = outer
            mix.ldc = outer
            Self.gemm(
                mix, p, v + b * d.keys * outer + h * d.valueWidth,
                y + b * d.queries * outer + h * d.valueWidth)
        }
    }

    func attentionGradient(
        _ d: AttentionDimensions, _ q: Source, _ k: Source, _ v: Source, probabilities: Source, _ dy: Source,
        dq: Target, dk: Target, dv: Target
    ) {
        let (inner, outer) = (d.heads * d.headWidth, d.heads * d.valueWidth)
        Parallel.run(d.batch * d.heads) { index in
            let (b, h) = (index / d.heads, index % d.heads)
            let p = probabilities + index * d.queries * d.keys
            let queryStart = b * d.queries * inner + h * d.headWidth
            let keyStart = b * d.keys * inner + h * d.headWidth
            let valueStart = b * d.keys * outer + h * d.valueWidth
            let outputStart = b * d.queries * outer + h * d.valueWidth
            Self.withScratch(d.queries * d.keys) { ds in
                var valueGradient = MatrixProduct(
                    m: d.keys, n: d.valueWidth, k: d.queries, transposeA: true, precision: d.precision)
                valueGradient.ldb = outer
                valueGradient.ldc = outer
                Self.gemm(valueGradient, p, dy + outputStart, dv + valueStart)
                var probabilityGradient = MatrixProduct(
                    m: d.queries, n: d.keys, k: d.valueWidth, transposeB: true, precision: d.precision)
                probabilityGradient.lda = outer
                probabilityGradient.ldb = outer
                Self.gemm(probabilityGradient, dy + outputStart, v + valueStart, ds)
                tavse_softmax_backward(Int64(d.queries), Int64(d.keys), p, ds, ds)
                var queryGradient = MatrixProduct(
                    m: d.queries, n: d.headWidth, k: d.keys, precision: d.precision)
                queryGradient.ldb = inner
                queryGradient.ldc = inner
                queryGradient.alpha = d.scale
                Self.gemm(queryGradient, ds, k + keyStart, dq + queryStart)
                var keyGradient = MatrixProduct(
                    m: d.keys, n: d.headWidth, k: d.queries, transposeA: true, precision: d.precision)
                keyGradient.ldb = inner
                keyGradient.ldc = inner
                keyGradient.alpha = d.scale
                Self.gemm(keyGradient, ds, q + queryStart, dk + keyStart)
            }
        }
    }

    func attention(
        _ d: AttentionDimensions, _ window: AttentionWindow, _ q: Source, _ k: Source, _ v: Source,
        probabilities: Target, _ y: Target
    ) {
        Self.heads(d, window) { head, at in
            tavse_window_attention_forward(
                head, q + at.query, k + at.key, v + at.value, probabilities + at.probability, y + at.out)
        }
    }

    func attentionGradient(
        _ d: AttentionDimensions, _ window: AttentionWindow, _ q: Source, _ k: Source, _ v: Source,
        probabilities: Source, _ dy: Source, dq: Target, dk: Target, dv: Target
    ) {
        Self.heads(d, window) { head, at in
            Self.withScratch(window.longest) { scratch in
                tavse_window_attention_backward(
                    head, q + at.query, k + at.key, v + at.value, probabilities + at.probability,
                    dy + at.out, dq + at.query, dk + at.key, dv + at.value, scratch)
            }
        }
    }

    /// Where one head of one sample begins, in floats.
    private struct HeadPlace {
        var query: Int
        var key: Int
        var value: Int
        var out: Int
        var probability: Int
    }

    /// Calls `body` for every head of every sample, in parallel.
    private static func heads(
        _ d: AttentionDimensions, _ window: AttentionWindow,
        _ body: (UnsafePointer<tavse_window_attention>, HeadPlace) -> Void
    ) {
        let (inner, outer) = (d.heads * d.headWidth, d.heads * d.valueWidth)
        let begin = window.ranges.map { Int32(clamping: $0.lowerBound) }
        let end = window.ranges.map { Int32(clamping: $0.upperBound) }
        begin.withUnsafeBufferPointer { begin in
            end.withUnsafeBufferPointer { end in
                var head = tavse_window_attention(
                    queries: Int64(d.queries), keys: Int64(d.keys), width: Int32(d.headWidth),
                    value_width: Int32(d.valueWidth), query_stride: Int64(inner), key_stride: Int64(inner),
                    value_stride: Int64(outer), out_stride: Int64(outer), scale: d.scale,
                    begin: begin.baseAddress, end: end.baseAddress, period: Int64(begin.count),
                    most: Int64(window.longest))
                withUnsafePointer(to: &head) { head in
                    Parallel.run(d.batch * d.heads) { index in
                        let (b, h) = (index / d.heads, index % d.heads)
                        body(
                            head,
                            HeadPlace(
                                query: b * d.queries * inner + h * d.headWidth,
                                key: b * d.keys * inner + h * d.headWidth,
                                value: b * d.keys * outer + h * d.valueWidth,
                                out: b * d.queries * outer + h * d.valueWidth,
                                probability: index * d.queries * window.longest))
                    }
                }
            }
        }
    }
}
