import TAVSESignal

/// The part that SI-SNR and SI-SDR share.
enum ScaleInvariant {
    /// 10·log₁₀( ‖α·s‖² / ‖α·s − ŝ‖² ) with α = ⟨ŝ, s⟩ / ‖s‖², means removed or not.
    ///
    /// The residual is summed sample by sample: forming it from the three products would lose every digit
    /// that matters above 80 dB.
    static func ratio(_ pair: CheckedPair, zeroMean: Bool) throws(MetricError) -> Double {
        if zeroMean {
            // A constant has no energy about its mean; what rounding leaves of it must not become a score.
            for (role, samples) in [(SignalRole.reference, pair.reference), (.estimate, pair.estimate)]
            where samples.allSatisfy({ $0 == samples[0] }) {
                throw .constant(role, value: Float(samples[0]))
            }
        }
        let count = pair.count
        let (signal, residual) = pair.reference.withUnsafeBufferPointer { reference in
            pair.estimate.withUnsafeBufferPointer { estimate in
                guard let s = reference.baseAddress, let e = estimate.baseAddress else { return (0.0, 0.0) }
                let meanS = zeroMean ? VectorKernels.sum(s, count: count) / Double(count) : 0
                let meanE = zeroMean ? VectorKernels.sum(e, count: count) / Double(count) : 0
                let cross = VectorKernels.centredDot(s, offsetA: meanS, e, offsetB: meanE, count: count)
                let energy = VectorKernels.centredDot(s, offsetA: meanS, s, offsetB: meanS, count: count)
                let scale = cross / energy
                let residual = VectorKernels.residual(
                    s, offsetA: meanS, e, offsetB: meanE, scale: scale, count: count)
                return (scale * scale * energy, residual)
            }
        }
        return try EnergyRatio.decibels(signal, over: residual)
    }
}
