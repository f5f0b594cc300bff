import TAVSESignal

/// Which noise, from where in its file, how loud: decided before any sample is read.
public struct MixChoice: Sendable, Equatable, Codable {
    /// Environment name.
    public let noise: String
    /// First sample of the noise file that is used; the file repeats when it ends.
    public let offset: Int
    /// Signal-to-noise ratio, dB.
    public let snrDB: Double

    /// All three by name.
    public init(noise: String, offset: Int, snrDB: Double) {
        self.noise = noise
        self.offset = offset
        self.snrDB = snrDB
    }

    /// The fixed mix of an item: the offset follows from (seed, utterance, noise, SNR) and nothing else.
    public static func fixed(
        seed: UInt64, utterance: String, noise: NoiseLibrary.Recording, snrDB: Double
    ) -> MixChoice {
        let hash = SeedPath.derive(seed, "mix", utterance, noise.name, "\(snrDB)")
        var generator = SplitMix64(seed: hash)
        return MixChoice(noise: noise.name, offset: generator.index(below: noise.samples.count), snrDB: snrDB)
    }
}

/// A noisy utterance with what a table needs to make it again.
public struct MixedSpeech: Sendable, Equatable {
    /// Clean speech `[N]`, after ``scale``.
    public let clean: Signal
    /// Speech plus noise `[N]`.
    public let noisy: Signal
    /// What was asked for.
    public let choice: MixChoice
    /// Factor on the noise file's samples, ``scale`` included.
    public let noiseGain: Double
    /// Factor on speech and noise that keeps the sum below ``SpeechMixer/peak``; 1 when it was not needed.
    public let scale: Double
}

/// Mixes whole utterances: x and y below differ by the noise alone, also when both had to be made quieter.
///
///     noisy = s·(x + g·v),  clean = s·x,   g from the SNR on active speech (ITU-T P.56),  s = min(1, 0.99 / max|x + g·v|)
///
/// The SNR is that of the whole utterance's active speech against the noise over the whole utterance; a crop taken
/// afterwards may differ, as parts of a real recording do.
public struct SpeechMixer: Sendable {
    /// Largest sample of a mix, full scale 1.
    public static let peak = 0.99

    /// How the level of speech is taken.
    public let speechLevel: NoiseMixer.SpeechLevel

    /// - Parameter speechLevel: active speech by default, so that pauses do not make the noise weaker.
    public init(speechLevel: NoiseMixer.SpeechLevel = .active) { self.speechLevel = speechLevel }

    /// Mixes an utterance.
    ///
    /// - Parameters:
    ///   - speech: the whole utterance, 16 kHz.
    ///   - utterance: its name, for messages.
    ///   - recording: the environment of `choice`.
    /// - Throws: ``DataError/audio(path:reason:)`` when speech or noise is silent.
    public func mix(
        _ speech: Signal, utterance: String, with recording: NoiseLibrary.Recording, _ choice: MixChoice
    ) throws(DataError) -> MixedSpeech {
        precondition(
            recording.name == choice.noise, "noise \(recording.name) given for a mix with \(choice.noise)")
        let noise = Signal(
            samples: recording.stretch(from: choice.offset, count: speech.count),
            sampleRate: speech.sampleRate)
        let gain: Double
        do throws(MixingError) {
            gain = try NoiseMixer(speechLevel: speechLevel).noiseGain(
                speech: speech, noise: noise, snrDB: choice.snrDB)
        } catch {
            throw .audio(
                path: utterance,
                reason:
                    "cannot be mixed with \(choice.noise) from sample \(choice.offset) at \(choice.snrDB) dB: \(error)"
            )
        }
        var noisy = speech
        var largest = 0.0
        for n in speech.samples.indices {
            let sum = Double(speech.samples[n]) + gain * Double(noise.samples[n])
            largest = max(largest, abs(sum), abs(Double(speech.samples[n])))
            noisy.samples[n] = Float(sum)
        }
        guard largest > Self.peak else {
            return MixedSpeech(clean: speech, noisy: noisy, choice: choice, noiseGain: gain, scale: 1)
        }
        let scale = Self.peak / largest
        var clean = speech
        for n in speech.samples.indices {
            let x = scale * Double(speech.samples[n])
            clean.samples[n] = Float(x)
            noisy.samples[n] = Float(x + scale * gain * Double(noise.samples[n]))
        }
        return MixedSpeech(clean: clean, noisy: noisy, choice: choice, noiseGain: scale * gain, scale: scale)
    }
}
