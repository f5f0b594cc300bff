import TAVSESignal

/// The part that SI-SNR and SI-SDR share.
enum ScaleInvariant {
    /// 10·log₁₀( ‖α·s‖² / ‖α·s − ŝ‖² ) with α = ⟨ŝ, s⟩ / ‖s‖², means removed or not.
    ///
    /// The residual is summed sample by sample: forming it from the three products would lose every digit
    /// that matters above 80 dB.
    static func ratio(_ pair: CheckedPair, zeroMean: Bool) throws(MetricError) -> Double {
        let referenceMean = zeroMean ? mean(pair.reference) : 0
        let estimateMean = zeroMean ? mean(pair.estimate) : 0
        if zeroMean {
            // A constant has no energy about its mean; what rounding leaves of it must not become a score.
            if isConstant(pair.reference) { throw .silent(.reference) }
            if isConstant(pair.estimate) { throw .silent(.estimate) }
        }
        var cross = 0.0
        var energy = 0.0
        for n in 0..<pair.count {
            let s = pair.reference[n] - referenceMean
            cross += s * (pair.estimate[n] - estimateMean)
            energy += s * s
        }
        let scale = cross / energy
        var residual = 0.0
        for n in 0..<pair.count {
            let difference = scale * (pair.reference[n] - referenceMean) - (pair.estimate[n] - estimateMean)
            residual += difference * difference
        }
        return try EnergyRatio.decibels(scale * scale * energy, over: residual)
    }

    private static func mean(_ samples: [Double]) -> Double {
        samples.reduce(0, +) / Double(samples.count)
    }

    private static func isConstant(_ samples: [Double]) -> Bool {
        samples.allSatisfy { $0 == samples[0] }
    }
}
