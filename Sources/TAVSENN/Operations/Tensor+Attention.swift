/// The keys that each query sees: a run of neighbours, at least one.
public struct AttentionWindow: Equatable, Sendable {
    /// Query i sees the keys of `ranges[i mod ranges.count]`.
    public let ranges: [Range<Int>]
    /// Length of the longest run.
    let longest: Int

    /// - Parameter ranges: not empty, none of them empty; query i uses the one numbered i mod count, so that queries of
    ///   equal place in several groups of equal length share one.
    public init(_ ranges: [Range<Int>]) {
        guard !ranges.isEmpty, ranges.allSatisfy({ !$0.isEmpty && $0.lowerBound >= 0 }) else {
            Contract.fail("attention", "a window needs at least one key for every query, got \(ranges)")
        }
        self.ranges = ranges
        longest = ranges.reduce(0) { max($0, $1.count) }
    }
}

extension Tensor {
    /// Softmax over the last axis: yᵢ = exp(xᵢ) / Σ exp(xⱼ). Backward: dx = y · (dy − Σ dy·y).
    public func softmax() -> Tensor {
        guard let columns = shape.last else { Contract.fail("softmax", "needs at least one axis") }
        let rows = count / max(1, columns)
        let result = Tensor(uninitialized: shape)
        Device.kernels.softmax(source, rows: rows, columns: columns, result.target)
        let saved = result.detached
        return result.recorded("softmax", [self]) { dy in
            let dx = Tensor(uninitialized: dy.shape)
            Device.kernels.softmaxGradient(saved.source, dy.source, rows: rows, columns: columns, dx.target)
            return [dx]
        }
    }

    /// Multi-head scaled dot-product attention.
    ///
    ///     P = softmax(Q·Kᵀ / √d) per head,  y = P·V
    ///
    /// queries: `[B, L, heads·d]`, keys: `[B, S, heads·d]`, values: `[B, S, heads·e]`, y: `[B, L, heads·e]`; heads lie
    /// side by side along the last axis.
    /// Backward, dP = dy·Vᵀ, dS = P·(dP − Σ dP·P): dQ = dS·K/√d, dK = dSᵀ·Q/√d, dV = Pᵀ·dy.
    ///
    /// > Source: Vaswani et al., *Attention Is All You Need*, NeurIPS 2017 (arXiv:1706.03762).
    ///
    /// - Parameter window: the keys that each query sees; P is 0 elsewhere, and nothing is computed there. Nil: all keys.
    public static func attention(
        queries q: Tensor, keys k: Tensor, values v: Tensor, heads: Int, window: AttentionWindow? = nil
    ) -> Tensor {
        guard heads > 0, q.rank == 3, k.rank == 3, v.rank == 3, q.shape[0] == k.shape[0],
            q.shape[2] == k.shape[2],
            k.shape[0] == v.shape[0], k.shape[1] == v.shape[1], q.shape[2] % heads == 0,
            v.shape[2] % heads == 0,
            k.shape[1] > 0
        else {
            Contract.fail(
                "attention",
                "with \(heads) heads cannot use queries \(q.label), keys \(k.label), values \(v.label)")
        }
        if let window {
            guard q.shape[1] % window.ranges.count == 0,
                window.ranges.allSatisfy({ $0.upperBound <= k.shape[1] })
            else {
                Contract.fail(
                    "attention",
                    "a window of \(window.ranges.count) ranges does not fit queries \(q.label) and keys \(k.label)"
                )
            }
        }
        let width = q.shape[2] / heads
        let d = AttentionDimensions(
            batch: q.shape[0], queries: q.shape[1], keys: k.shape[1], heads: heads, headWidth: width,
            valueWidth: v.shape[2] / heads, scale: 1 / Float(max(1, width)).squareRoot(),
            precision: .current)
        // The kernel leaves probabilities beyond a query's run alone; storage kept in bfloat16 wants numbers there.
        let probabilities =
            window.map { Tensor.zeros([d.batch, heads, d.queries, $0.longest]) }
            ?? Tensor(uninitialized: [d.batch, heads, d.queries, d.keys])
        let result = Tensor(uninitialized: [d.batch, d.queries, v.shape[2]])
        if let window {
            Device.kernels.attention(
                d, window, q.source, k.source, v.source, probabilities: probabilities.target, result.target)
        } else {
            Device.kernels.attention(
                d, q.source, k.source, v.source, probabilities: probabilities.target, result.target)
        }
        guard isRecording(q, k, v) else { return result.recorded("attention", [q, k, v]) { _ in [] } }
        let (savedQ, savedK, savedV, savedP) = (Saved(q), Saved(k), Saved(v), Saved(probabilities))
        return result.recorded("attention", [q, k, v]) { dy in
            let (q, k, v, p) = (savedQ.restored(), savedK.restored(), savedV.restored(), savedP.restored())
            let dq = Tensor(uninitialized: q.shape)
            let dk = Tensor(uninitialized: k.shape)
            let dv = Tensor(uninitialized: v.shape)
            if let window {
                Device.kernels.attentionGradient(
                    d, window, q.source, k.source, v.source, probabilities: p.source, dy.source,
                    dq: dq.target, dk: dk.target, dv: dv.target)
            } else {
                Device.kernels.attentionGradient(
                    d, q.source, k.source, v.source, probabilities: p.source, dy.source,
                    dq: dq.target, dk: dk.target, dv: dv.target)
            }
            return [dq, dk, dv]
        }
    }
}
