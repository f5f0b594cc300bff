import TAVSESignal

/// A quantity that compares an estimate with its reference and gives one number.
public protocol SpeechMetric: Sendable {
    /// What the number means, and everything that could move it.
    var descriptor: MetricDescriptor { get }

    /// The score of an estimate against its reference.
    ///
    /// - Parameters:
    ///   - estimate: processed speech, `[N]`.
    ///   - reference: clean speech, `[N]`, same sample rate.
    /// - Throws: the reason why there is no number; never a made-up value.
    func score(estimate: Signal, reference: Signal) throws(MetricError) -> Double
}
