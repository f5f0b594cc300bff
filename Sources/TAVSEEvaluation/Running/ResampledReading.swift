import TAVSEMetrics
import TAVSESignal
import TAVSEStore

/// Recordings brought to one rate before they are scored, and what that does to the meaning of a score.
public struct ResampledReading: Sendable {
    /// Rates that can be asked for, Hz.
    public static let rates = 1000...Resampler.maximumRate
    /// Hz.
    public let rate: Int

    /// - Parameter rate: Hz.
    public init(rate: Int) { self.rate = rate }

    /// A signal at the rate; one that has it already is not changed.
    ///
    /// The length is ⌈N·rate/old⌉, so that signals of equal length stay so.
    public func signal(_ signal: Signal) -> Signal {
        signal.sampleRate == rate || !Self.rates.contains(signal.sampleRate)
            ? signal : Resampler(from: signal.sampleRate, to: rate).resample(signal)
    }

    /// A metric's signature where recordings were resampled: the rate, the stop band of the filter in dB, and the end of
    /// its pass band as a share of the lower Nyquist frequency.
    public func signature(_ signature: String) -> String { signature + "|resample:\(rate)/120dB/0.95" }
}
