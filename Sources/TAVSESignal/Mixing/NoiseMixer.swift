import Foundation

/// Adds noise to speech at a given signal-to-noise ratio.
///
///     y = x + g·v,   g = √( L(x) / (P(v) · 10^(snrDB/10)) )
///
/// `P` is the mean square over the whole file, without an offset (DC), which nobody hears. `L` is the speech level: the same mean square (``SpeechLevel/rms``,
/// what most corpora call SNR), or the mean square of its active parts (``SpeechLevel/active``, ITU-T P.56),
/// with which pauses do not make the noise weaker.
public struct NoiseMixer: Sendable {
    /// How the level of speech is taken.
    public enum SpeechLevel: String, Sendable, CaseIterable {
        /// Mean square over the whole file.
        case rms
        /// Active speech level of ITU-T P.56.
        case active
    }

    /// A mixture and what went into it.
    public struct Mixture: Sendable, Equatable {
        /// Speech plus noise.
        public let noisy: Signal
        /// The noise as added.
        public let noise: Signal
        /// Factor applied to the noise.
        public let noiseGain: Double
    }

    /// How the level of speech is taken.
    public let speechLevel: SpeechLevel

    /// - Parameter speechLevel: how the level of speech is taken.
    public init(speechLevel: SpeechLevel = .rms) { self.speechLevel = speechLevel }

    /// The factor g for the noise.
    ///
    /// - Parameters:
    ///   - speech: clean speech, `[N]`.
    ///   - noise: `[N]`, same rate.
    ///   - snrDB: wanted ratio in dB.
    /// - Throws: ``MixingError``.
    public func noiseGain(speech: Signal, noise: Signal, snrDB: Double) throws(MixingError) -> Double {
        guard speech.sampleRate == noise.sampleRate else {
            throw .sampleRateMismatch(speech: speech.sampleRate, noise: noise.sampleRate)
        }
        guard speech.count == noise.count else {
            throw .lengthMismatch(speech: speech.count, noise: noise.count)
        }
        if let place = speech.samples.firstIndex(where: { !$0.isFinite }) {
            throw .nonFiniteSpeech(sample: place)
        }
        if let place = noise.samples.firstIndex(where: { !$0.isFinite }) {
            throw .nonFiniteNoise(sample: place)
        }
        let level = level(of: speech)
        guard level > 0 else { throw .silentSpeech }
        let power = Self.meanSquare(noise.withoutOffset().samples)
        guard power > 0 else { throw .silentNoise }
        let gain = (level / power).squareRoot() * pow(10, -snrDB / 20)
        guard gain.isFinite, gain > 0 else { throw .ratioOutOfRange(snrDB) }
        return gain
    }

    /// Mixes; the sum is rounded to `Float` once and not cut to full scale.
    ///
    /// - Parameters:
    ///   - speech: clean speech, `[N]`.
    ///   - noise: `[N]`, same rate.
    ///   - snrDB: wanted ratio in dB.
    /// - Throws: ``MixingError``.
    public func mix(speech: Signal, noise: Signal, snrDB: Double) throws(MixingError) -> Mixture {
        let gain = try noiseGain(speech: speech, noise: noise, snrDB: snrDB)
        var scaled = noise
        var noisy = speech
        for index in noise.samples.indices {
            let added = gain * Double(noise.samples[index])
            scaled.samples[index] = Float(added)
            noisy.samples[index] = Float(Double(speech.samples[index]) + added)
        }
        return Mixture(noisy: noisy, noise: scaled, noiseGain: gain)
    }

    /// L(x): mean square of speech, or of its active parts; 0 when it is silent.
    public func level(of speech: Signal) -> Double {
        switch speechLevel {
        case .rms: Self.meanSquare(speech.withoutOffset().samples)
        case .active: ActiveSpeechLevel(of: speech.withoutOffset())?.meanSquare ?? 0
        }
    }

    /// (1/N) Σ x².
    static func meanSquare(_ samples: [Float]) -> Double {
        guard !samples.isEmpty else { return 0 }
        return samples.reduce(0.0) { $0 + Double($1) * Double($1) } / Double(samples.count)
    }
}
