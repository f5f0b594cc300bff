import TAVSESignal

/// BSS Eval v3 for several simultaneous sources: SDR, SIR and SAR of every estimate, and the permutation of the sources.
///
///     P_j, P_all ← projections of ŝ on the copies, delayed by 0 … 511 samples, of reference j and of all
///     SDR = 10·log₁₀( ‖P_j‖² / ‖ŝ − P_j‖² )
///     SIR = 10·log₁₀( ‖P_j‖² / ‖P_all − P_j‖² )
///     SAR = 10·log₁₀( ‖P_all‖² / ‖ŝ − P_all‖² )
///
/// P_j is also the projection of P_all, so ‖P_all − P_j‖² = ‖P_all‖² − ‖P_j‖² and every ratio follows from the
/// energies ‖ŝ‖², ‖P_j‖² = b_jᵀR_j⁻¹b_j and ‖P_all‖² = bᵀG⁻¹b. The block-Toeplitz matrix G of all references'
/// correlations is factored once for all estimates.
///
/// > Source: Vincent, Gribonval & Févotte, IEEE TASLP 14(4), 2006.
public struct BSSEval: Sendable {
    /// The ratios of one estimate taken for one reference, in dB; infinite where nothing is left to compare with.
    public struct Ratios: Sendable, Equatable {
        /// Signal to everything else.
        public let sdr: Double
        /// Signal to other sources; `+infinity` for a single reference.
        public let sir: Double
        /// Sources to artefacts.
        public let sar: Double
    }

    /// Ratios `[estimate][reference]`.
    public let ratios: [[Ratios]]
    /// For each reference, the index of the estimate given to it: the assignment with the greatest mean SIR.
    public let permutation: [Int]

    /// Most references: the assignments are searched one by one, and the matrix has 512 rows per reference.
    public static let maximumReferences = 6

    /// Scores every estimate against every reference.
    ///
    /// - Parameters:
    ///   - estimates: separated sources, `[N]` each, as many as references.
    ///   - references: true sources, `[N]` each, 1 … ``maximumReferences``.
    /// - Throws: as pair metrics do: lengths, rates, non-finite samples, silence.
    public init(estimates: [Signal], references: [Signal]) throws(MetricError) {
        guard (1...Self.maximumReferences).contains(references.count), estimates.count == references.count
        else {
            throw .undefined(
                "expected 1 … \(Self.maximumReferences) references and as many estimates, "
                    + "got \(references.count) and \(estimates.count)")
        }
        var pairs: [CheckedPair] = []
        for (estimate, reference) in zip(estimates, references) {
            pairs.append(try PairValidation(estimate: estimate, reference: reference).pair)
        }
        // Pairs agree within themselves; the first must agree with the others, too.
        for reference in references.dropFirst() {
            _ = try PairValidation(estimate: estimates[0], reference: reference)
        }
        let sources = references.count
        let correlations = Self.correlations(of: pairs)
        let factor = BlockCholesky(
            size: sources * LagCorrelations.lagCount, matrix: Self.gramMatrix(correlations.references))
        ratios = pairs.indices.map { e in
            let cross = correlations.cross.map { $0[e] }
            let total = pairs[e].estimateEnergy
            let all = factor.energy(cross.flatMap { $0 })
            return (0..<sources).map { j in
                let target = ToeplitzProjection.energy(
                    autocorrelation: correlations.references[j][j], crossCorrelation: cross[j])
                return Ratios(
                    sdr: Self.decibels(target, over: total - target, resolvedAgainst: total),
                    sir: Self.decibels(target, over: sources == 1 ? 0 : all - target, resolvedAgainst: all),
                    sar: Self.decibels(all, over: total - all, resolvedAgainst: total))
            }
        }
        permutation = Self.bestPermutation(ratios)
    }

    private static func decibels(_ signal: Double, over noise: Double, resolvedAgainst total: Double)
        -> Double
    {
        do throws(MetricError) {
            return try BSSEvalRatio.decibels(signal, over: noise, resolvedAgainst: total)
        } catch {
            return error == .infinite(positive: true) ? .infinity : -.infinity
        }
    }

    /// references[i][j][k] = Σ sᵢ[n]·sⱼ[n+k] and cross[i][e][k] = Σ sᵢ[n]·ŝₑ[n+k].
    private static func correlations(
        of pairs: [CheckedPair]
    ) -> (references: [[[Double]]], cross: [[[Double]]]) {
        let sources = pairs.count
        let signals = pairs.map(\.reference) + pairs.map(\.estimate)
        let lags = LagCorrelations.compute(
            signals, pairs: (0..<sources).flatMap { i in (0..<2 * sources).map { (u: i, v: $0) } })
        let byReference = (0..<sources).map { Array(lags[(2 * sources * $0)..<(2 * sources * ($0 + 1))]) }
        return (byReference.map { Array($0[..<sources]) }, byReference.map { Array($0[sources...]) })
    }

    /// G[(i, p), (j, q)] = Σ sᵢ[n − p]·sⱼ[n − q] = c_ij[p − q], negative lags from c_ji.
    private static func gramMatrix(_ correlations: [[[Double]]]) -> [Double] {
        let lags = LagCorrelations.lagCount
        let size = correlations.count * lags
        var matrix = [Double](repeating: 0, count: size * size)
        for (i, row) in correlations.enumerated() {
            for (j, _) in row.enumerated() {
                for p in 0..<lags {
                    for q in 0..<lags {
                        matrix[(i * lags + p) * size + j * lags + q] =
                            p >= q ? correlations[i][j][p - q] : correlations[j][i][q - p]
                    }
                }
            }
        }
        return matrix
    }

    /// The first assignment, in lexical order, of the greatest mean SIR (equal infinities count as equal).
    private static func bestPermutation(_ ratios: [[Ratios]]) -> [Int] {
        var best: (sum: Double, order: [Int])?
        func extend(_ order: [Int]) {
            guard order.count < ratios.count else {
                let sum = order.enumerated().reduce(0.0) { $0 + ratios[$1.element][$1.offset].sir }
                if let best, !(sum > best.sum) { return }
                best = (sum, order)
                return
            }
            for estimate in ratios.indices where !order.contains(estimate) { extend(order + [estimate]) }
        }
        extend([])
        return best?.order ?? Array(ratios.indices)
    }
}
