import TAVSESignal

/// Perceptual evaluation of speech quality (PESQ): a predicted mean opinion score; higher is better.
///
/// Both signals are levelled, filtered and aligned in time utterance by utterance; a hearing model turns 32 ms frames into
/// loudness over critical bands; the loudness differences are pooled over bands, syllables and time:
///
///     raw     = 4.5 − 0.1·D − 0.0309·A              D, A ← symmetric and asymmetric disturbance
///     MOS-LQO = 0.999 + 4 / (1 + exp(−s·raw + c))   s, c = 1.4945, 4.6607 (narrow) or 1.3669, 3.8224 (wide)
///
/// The two signals may differ in length and level, and the estimate may be delayed. The code follows the
/// Recommendation's published description; it agrees with the widely used implementation but is not certified.
///
/// > Source: ITU-T P.862 (2001), P.862.1 (2003), P.862.2 (2007).
public struct PESQ: SpeechMetric {
    /// Which of the Recommendations' scores is computed.
    public enum Mode: String, Sendable, CaseIterable, Codable {
        /// P.862.2 MOS-LQO: 16 kHz, speech up to 8 kHz as heard over headphones.
        case wideband
        /// P.862 with the P.862.1 mapping to MOS-LQO: 8 or 16 kHz, speech as heard over a telephone handset.
        case narrowband
        /// P.862 as published, before any mapping: 8 or 16 kHz, at most 4.5, may fall below 0.
        case raw

        /// Sample rates (Hz) at which the mode is defined.
        public var supportedSampleRates: [Int] { self == .wideband ? [16000] : [8000, 16000] }
    }

    /// Which score is computed.
    public let mode: Mode

    /// - Parameter mode: wide-band unless told otherwise, the field's default at 16 kHz.
    public init(mode: Mode = .wideband) {
        self.mode = mode
    }

    /// The score of an estimate against its reference.
    ///
    /// - Parameters:
    ///   - estimate: processed speech, any level, may be delayed or of another length.
    ///   - reference: clean speech, same sample rate.
    /// - Returns: MOS-LQO (wide-band, narrow-band), or the raw P.862 score.
    /// - Throws: `.sampleRateMismatch`, `.unsupportedSampleRate`, `.tooShort` (under 0.25 s), `.nonFinite`, `.silent`,
    ///   `.noUtterance`.
    public func score(estimate: Signal, reference: Signal) throws(MetricError) -> Double {
        let analysis = try PESQ.analyze(estimate: estimate, reference: reference, mode: mode)
        return mode == .raw ? analysis.rawScore : analysis.mosLQO
    }

    /// Everything PESQ finds out about a pair: scores, alignment, disturbances.
    ///
    /// - Parameters:
    ///   - estimate: processed speech, any level, may be delayed or of another length.
    ///   - reference: clean speech, same sample rate.
    ///   - mode: `.raw` and `.narrowband` share one analysis.
    /// - Throws: as `score(estimate:reference:)`.
    public static func analyze(
        estimate: Signal, reference: Signal, mode: Mode = .wideband
    ) throws(MetricError) -> Analysis {
        try validate(estimate: estimate, reference: reference, mode: mode)
        let format = Format(sampleRate: reference.sampleRate)
        var pair = SignalPair(estimate: estimate, reference: reference, format: format)
        try pair.condition(wideband: mode == .wideband)
        let alignment = try TimeAlignment(pair)
        let model = try PerceptualModel(pair, utterances: alignment.utterances)
        let pooled = model.pooled
        let raw = Mapping.rawScore(symmetric: pooled.symmetric, asymmetric: pooled.asymmetric)
        return Analysis(
            rawScore: raw,
            mosLQO: Mapping.mosLQO(raw: raw, wideband: mode == .wideband),
            crudeDelay: alignment.crudeDelay,
            utterances: alignment.utterances,
            firstFrame: model.firstFrame,
            lastFrame: model.lastFrame,
            symmetricDisturbance: pooled.symmetric,
            asymmetricDisturbance: pooled.asymmetric,
            badIntervals: model.badIntervals)
    }
}
