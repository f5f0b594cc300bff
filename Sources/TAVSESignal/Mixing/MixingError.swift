/// Why two signals could not be mixed.
public enum MixingError: Error, Equatable, Sendable {
    /// The clean speech has no energy (or no active speech), so no ratio exists.
    case silentSpeech
    /// The noise has no energy, so no gain reaches the ratio.
    case silentNoise
    /// The speech has a NaN or infinite sample, counted from 0.
    case nonFiniteSpeech(sample: Int)
    /// The noise has one.
    case nonFiniteNoise(sample: Int)
    /// Speech and noise differ in length (samples).
    case lengthMismatch(speech: Int, noise: Int)
    /// Speech and noise differ in rate (Hz).
    case sampleRateMismatch(speech: Int, noise: Int)
    /// The ratio asked for is NaN or infinite, or the gain it needs does not fit.
    case ratioOutOfRange(Double)
}

extension MixingError: CustomStringConvertible {
    /// One line: what, expected, found.
    public var description: String {
        switch self {
        case .silentSpeech: "the speech is silent; a signal-to-noise ratio needs speech"
        case .silentNoise: "the noise is silent; no gain reaches the ratio"
        case .nonFiniteSpeech(let sample): "the speech has a NaN or infinite sample at index \(sample)"
        case .nonFiniteNoise(let sample): "the noise has a NaN or infinite sample at index \(sample)"
        case .lengthMismatch(let speech, let noise):
            "speech has \(speech) samples and noise \(noise); both must have the same length"
        case .sampleRateMismatch(let speech, let noise):
            "speech is at \(speech) Hz and noise at \(noise) Hz; resample one to the other's rate"
        case .ratioOutOfRange(let snrDB): "no finite gain gives a ratio of \(snrDB) dB"
        }
    }
}
