import TAVSESignal

/// A pair of signals that fit together, in `Double`, with its energies.
struct CheckedPair {
    /// Estimate, `[N]`.
    let estimate: [Double]
    /// Reference, `[N]`.
    let reference: [Double]
    let sampleRate: Int
    /// Σ ŝ², positive and finite.
    let estimateEnergy: Double
    /// Σ s², positive and finite.
    let referenceEnergy: Double

    var count: Int { reference.count }
}

/// What every metric but PESQ (which accepts unequal lengths and checks for itself) asks of a pair.
struct PairValidation {
    let pair: CheckedPair

    init(estimate: Signal, reference: Signal) throws(MetricError) {
        guard estimate.sampleRate == reference.sampleRate else {
            throw .sampleRateMismatch(estimate: estimate.sampleRate, reference: reference.sampleRate)
        }
        guard estimate.count == reference.count else {
            throw .lengthMismatch(estimate: estimate.count, reference: reference.count)
        }
        guard reference.count > 0 else { throw .tooShort(count: 0, minimum: 1, unit: "samples") }
        let (referenceSamples, referenceEnergy) = try Self.convert(reference, role: .reference)
        let (estimateSamples, estimateEnergy) = try Self.convert(estimate, role: .estimate)
        pair = CheckedPair(
            estimate: estimateSamples, reference: referenceSamples, sampleRate: reference.sampleRate,
            estimateEnergy: estimateEnergy, referenceEnergy: referenceEnergy)
    }

    /// To `Double`, with the sum of squares: finite only if every sample is, zero only if every sample is.
    private static func convert(_ signal: Signal, role: SignalRole) throws(MetricError) -> ([Double], Double)
    {
        let samples = [Double](unsafeUninitializedCapacity: signal.count) { buffer, count in
            if let base = buffer.baseAddress {
                VectorKernels.widen(signal.samples, into: base, count: signal.count)
            }
            count = signal.count
        }
        let energy = samples.withUnsafeBufferPointer { buffer in
            buffer.baseAddress.map { VectorKernels.dot($0, $0, count: buffer.count) } ?? 0
        }
        guard energy.isFinite else {
            throw .nonFinite(role, index: signal.samples.firstIndex { !$0.isFinite } ?? 0)
        }
        guard energy > 0 else { throw .silent(role) }
        return (samples, energy)
    }
}
