import TAVSENN

/// What the network returns for a batch.
public struct NetworkOutput: Sendable {
    /// Mask in (0, 1), `[B, F, T]`.
    public let mask: Tensor
    /// Enhanced magnitude: mask times that of the noisy signal, `[B, F, T]`.
    public let magnitude: Tensor
    /// Enhanced wave with the noisy phase, `[B, S]`.
    public let wave: Tensor
    /// Gates per bottleneck token, modality and group, `[B, H·W, M, G]`; nil without cameras.
    public let gates: Tensor?
    /// Size of the bottleneck; token = row · columns + column, rows are frequencies, columns times.
    public let bottleneck: (rows: Int, columns: Int)
    let audioTokens: Tensor
    let gated: [Tensor]

    /// How much of each modality really arrives: ‖g·c‖ / ‖z‖ per token, `[B, H·W, M]`; nil without cameras.
    ///
    /// A gate alone can be wide open while what passes through it is nothing. 0 where z is 0.
    public var effectiveContribution: Tensor? {
        guard !gated.isEmpty else { return nil }
        return noGradient {
            let norm = { (x: Tensor) in x.detached.squared().sum(axis: -1, keepingAxis: true).squareRoot() }
            // Keeps the division finite for a token that is exactly zero; far below any real norm.
            let z = norm(audioTokens) + 1e-20
            return Tensor.concatenated(gated.map { norm($0) / z }, axis: -1)
        }
    }
}
