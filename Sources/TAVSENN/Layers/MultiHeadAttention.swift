/// Multi-head attention with separate projections. Parts `query`, `key`, `value`, `out`, each a `Linear`.
///
///     y = out( attention( query(q), key(kv), value(kv) ) )
public struct MultiHeadAttention: Sendable {
    /// Projection of the queries.
    public let query: Linear
    /// Projection of the keys.
    public let key: Linear
    /// Projection of the values.
    public let value: Linear
    /// Projection of the result.
    public let out: Linear
    /// Number of heads.
    public let heads: Int

    /// - Parameters:
    ///   - scope: place of the parameters.
    ///   - queryWidth: width of queries and result.
    ///   - keyWidth: width of what is attended to.
    ///   - inner: width inside, a multiple of `heads`.
    ///   - heads: number of heads.
    public init(_ scope: Scope, queryWidth: Int, keyWidth: Int, inner: Int, heads: Int) {
        if heads < 1 || inner % heads != 0 {
            Contract.fail("attention", "\(scope.path): \(heads) heads do not divide the inner width \(inner)")
        }
        query = Linear(scope / "query", inputs: queryWidth, outputs: inner)
        key = Linear(scope / "key", inputs: keyWidth, outputs: inner)
        value = Linear(scope / "value", inputs: keyWidth, outputs: inner)
        out = Linear(scope / "out", inputs: inner, outputs: queryWidth)
        self.heads = heads
    }

    /// q: `[B, L, queryWidth]`, kv: `[B, S, keyWidth]`, result: `[B, L, queryWidth]`.
    ///
    /// - Parameter window: what of kv each row of q sees; nil for all of it.
    public func callAsFunction(_ q: Tensor, _ kv: Tensor, window: AttentionWindow? = nil) -> Tensor {
        out(
            Tensor.attention(
                queries: query(q), keys: key(kv), values: value(kv), heads: heads, window: window))
    }
}
