extension Signal {
    /// What counts as an offset, and what as silence.
    private enum Limits {
        /// An offset is one whose power is at least this share of the rest's (−20 dB); less moves an SNR by less than
        /// 0.05 dB, and slow noise has as much by chance.
        static let share = 1e-2
        /// Smallest offset worth a word: a thousandth of full scale, squared.
        static let offset = 1e-6
        /// Power, without offset, below which nothing is heard: −100 dB of full scale, less than a step of 16 bits.
        static let silence = 1e-10
    }

    /// Mean, power without it, and whether all samples are finite.
    private static func moments(_ samples: some Collection<Float>) -> (mean: Double, power: Double) {
        guard !samples.isEmpty else { return (0, 0) }
        let count = Double(samples.count)
        let mean = samples.reduce(0.0) { $0 + Double($1) } / count
        let power = samples.reduce(0.0) { $0 + (Double($1) - mean) * (Double($1) - mean) } / count
        return (mean, power)
    }

    /// The offset (DC) of a recording: its mean, where that is more than any recording has; 0 otherwise.
    ///
    /// An offset is power that nobody hears, so an SNR that counts it is wrong. A signal that is constant has an offset
    /// and nothing else.
    public var offset: Double {
        let (mean, power) = Self.moments(samples)
        return mean.isFinite && mean * mean > max(Limits.share * power, Limits.offset) ? mean : 0
    }

    /// The signal without its ``offset``; the same samples where there is none.
    public func withoutOffset() -> Signal {
        let offset = offset
        guard offset != 0 else { return self }
        return Signal(samples: samples.map { Float(Double($0) - offset) }, sampleRate: sampleRate)
    }

    /// Power without offset: (1/N) Σ (x − mean)².
    public static func alternatingPower(_ samples: some Collection<Float>) -> Double {
        moments(samples).power
    }

    /// Whether nothing is heard in a stretch of samples, such as where a recorder was paused.
    public static func isSilent(_ samples: some Collection<Float>) -> Bool {
        alternatingPower(samples) < Limits.silence
    }
}
