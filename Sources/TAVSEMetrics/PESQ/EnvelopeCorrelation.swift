import TAVSESignal

extension PESQ {
    /// Delay by the envelopes alone, to a multiple of the envelope frame.
    enum EnvelopeCorrelation {
        /// The lag, in frames, with the greatest positive correlation; the first on ties; 0 if none is positive.
        ///
        ///     c[lag] = Σₜ reference[t] · estimate[t + lag]
        static func bestLag(reference: ArraySlice<Float>, estimate: ArraySlice<Float>) -> Int {
            guard !reference.isEmpty, !estimate.isEmpty else { return 0 }
            let plan = RealFFT.plan(RealFFT.fastLength(reference.count + estimate.count - 1))
            let referenceSpectrum = plan.forward(reference.map(Double.init))
            var product = plan.forward(estimate.map(Double.init))
            for bin in 0..<plan.binCount {
                let (a, b) = (referenceSpectrum[2 * bin], referenceSpectrum[2 * bin + 1])
                let (c, d) = (product[2 * bin], product[2 * bin + 1])
                product[2 * bin] = a * c + b * d
                product[2 * bin + 1] = a * d - b * c
            }
            let correlation = plan.inverse(consume product)
            // Transforming leaves rounding errors where the correlation is zero.
            let rounding = 1e-12 * (correlation.map(abs).max() ?? 0)
            var best = 0
            var greatest = rounding
            for lag in (1 - reference.count)..<estimate.count {
                let value = correlation[lag < 0 ? lag + plan.length : lag]
                if value > greatest {
                    greatest = value
                    best = lag
                }
            }
            return best
        }
    }
}
