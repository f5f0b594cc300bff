import TAVSESignal

// Goals, in order: the Recommendation's numbers; one forward transform per signal; few passes over memory.

extension PESQ.SignalPair {
    /// Brings both signals to the same speech level and sends them through the mode's input filter.
    ///
    /// - Throws: `.silent` when a signal has no power in the telephone band, so that no gain can level it.
    mutating func condition(wideband: Bool) throws(MetricError) {
        let divisor = longest - 2 * format.border + format.tail
        try PESQ.condition(&reference, role: .reference, wideband: wideband, divisor: divisor, format: format)
        try PESQ.condition(&estimate, role: .estimate, wideband: wideband, divisor: divisor, format: format)
    }
}

extension PESQ {
    /// Levels and filters one signal; `divisor` turns its energy into power.
    fileprivate static func condition(
        _ signal: inout PaddedSignal, role: SignalRole, wideband: Bool, divisor: Int, format: Format
    ) throws(MetricError) {
        let speech = format.border..<signal.paddedCount - format.border
        let filtered = speech.lowerBound..<speech.upperBound + format.tail
        let filter = SpectralFilter(count: filtered.count, sampleRate: format.sampleRate)
        let spectrum = filter.spectrum(of: signal.samples[filtered])
        // The wide-band mode filters in time: its spectrum is used up by the level.
        let kept = wideband ? [] : spectrum
        let energy = filter.energy(
            of: consume spectrum, through: FilterTables.levelBand, count: filtered.count)
        let gain = Float((Constants.targetPower * Double(divisor) / energy).squareRoot())
        guard gain.isFinite, gain > 0 else { throw .silent(role) }

        if wideband {
            signal.samples.withUnsafeMutableBufferPointer { samples in
                for index in speech { samples[index] *= gain }
            }
            fadeEnds(&signal.samples, speech: speech)
            Biquad.filter(&signal.samples, range: speech, with: FilterTables.widebandInput)
        } else {
            filter.apply(
                FilterTables.receivingHandset, gain: gain, to: kept, writing: filtered,
                of: &signal.samples)
        }
    }

    /// Fades 16 samples at either end, so that the wide-band filter sees no step.
    ///
    /// The weights are 0/16 … 15/16; they start one sample before the speech and one sample after it.
    private static func fadeEnds(_ samples: inout [Float], speech: Range<Int>) {
        for step in 0..<16 {
            let weight = Float(step) / 16
            samples[speech.lowerBound + step - 1] *= weight
            samples[speech.upperBound - step] *= weight
        }
    }
}
