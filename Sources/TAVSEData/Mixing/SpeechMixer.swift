import Foundation
import TAVSEBase
import TAVSESignal

/// Which noise, from where in its file, how loud: decided before any sample is read.
public struct MixChoice: Sendable, Equatable, Codable {
    /// Environment name; `talker` or `babble` where the noise is other speakers' speech.
    public let noise: String
    /// First sample of the noise file (of the first talker's utterance) that is used; the file repeats when it ends.
    public let offset: Int
    /// Signal-to-noise ratio, dB.
    public let snrDB: Double
    /// Who talks in between; empty for noise of an environment.
    public let talkers: [InterferingTalker]

    /// A mix with noise, all three by name.
    public init(noise: String, offset: Int, snrDB: Double) {
        self.noise = noise
        self.offset = offset
        self.snrDB = snrDB
        talkers = []
    }

    /// A mix with interfering talkers, at least one.
    public init(talkers: [InterferingTalker], snrDB: Double) {
        noise = InterferingTalker.noiseType(count: talkers.count)
        offset = talkers.first?.offset ?? 0
        self.snrDB = snrDB
        self.talkers = talkers
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
    /// Factor on the noise file's samples, ``scale`` included. With several talkers: on their sum, each at an active
    /// level of 1.
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
///
/// An interfering talker is speech as well, so its level is that of its active parts, over its whole utterance; several
/// talk at the same level, and the SNR is against the sum of their levels.
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
    /// - Returns: the mix; its choice holds the offset that was used: where a stretch of the noise is digital silence,
    ///   that of the next one that is not.
    /// - Throws: ``DataError/audio(path:reason:)`` when speech or noise is silent.
    public func mix(
        _ speech: Signal, utterance: String, with recording: NoiseLibrary.Recording, _ choice: MixChoice
    ) throws(DataError) -> MixedSpeech {
        precondition(
            recording.name == choice.noise, "noise \(recording.name) given for a mix with \(choice.noise)")
        let offset = recording.audibleOffset(from: choice.offset, count: speech.count)
        let noise = Signal(
            samples: recording.stretch(from: offset, count: speech.count), sampleRate: speech.sampleRate)
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
        let used = MixChoice(noise: choice.noise, offset: offset, snrDB: choice.snrDB)
        return add(noise, gain: gain, to: speech, used)
    }

    /// Mixes an utterance with other speakers' utterances.
    ///
    ///     v = Σ tₖ/√L(tₖ)  over K talkers,   g = √( L(x) / (K · 10^(snrDB/10)) ),   L the level of active speech
    ///
    /// With one talker the gain in the result is g/√L(t), the factor on the recording's samples.
    ///
    /// - Parameters:
    ///   - speech: the whole utterance, 16 kHz.
    ///   - utterance: its name, for messages.
    ///   - talkers: the whole utterances of `choice`, in its order.
    /// - Returns: the mix; its choice holds the offsets that were used: where a stretch of a long utterance is a pause,
    ///   the next one that is not.
    /// - Throws: ``DataError/audio(path:reason:)`` when the speech or a talker is silent.
    public func mix(
        _ speech: Signal, utterance: String, among talkers: [Signal], _ choice: MixChoice
    ) throws(DataError) -> MixedSpeech {
        precondition(
            talkers.count == choice.talkers.count && !talkers.isEmpty,
            "\(talkers.count) recordings given for a mix with \(choice.talkers.count) talkers")
        let mixer = NoiseMixer(speechLevel: speechLevel)
        let level = mixer.level(of: speech)
        guard level > 0 else {
            throw .audio(
                path: utterance, reason: "cannot be mixed with another talker: \(MixingError.silentSpeech)")
        }
        var sum = Signal(samples: [Float](repeating: 0, count: speech.count), sampleRate: speech.sampleRate)
        var used: [InterferingTalker] = []
        var gain = (level / Double(talkers.count)).squareRoot() * pow(10, -choice.snrDB / 20)
        for (talker, signal) in zip(choice.talkers, talkers) {
            let talkerLevel = mixer.level(of: signal)
            guard talkerLevel > 0 else {
                throw .audio(
                    path: talker.utterance,
                    reason: "silent; it cannot be the talker that interferes with \(utterance)")
            }
            let recording = NoiseLibrary.Recording(name: talker.utterance, samples: signal.samples)
            let stretch = recording.audibleStretch(
                from: talker.offset, count: speech.count, level: talkerLevel)
            used.append(InterferingTalker(utterance: talker.utterance, offset: stretch.offset))
            // One talker's samples stay as they are, so that the gain is a factor on the recording.
            let factor = talkers.count == 1 ? 1 : 1 / talkerLevel.squareRoot()
            if talkers.count == 1 { gain /= talkerLevel.squareRoot() }
            for n in sum.samples.indices {
                sum.samples[n] = Float(Double(sum.samples[n]) + factor * Double(stretch.samples[n]))
            }
        }
        return add(sum, gain: gain, to: speech, MixChoice(talkers: used, snrDB: choice.snrDB))
    }

    /// noisy = s·(x + g·v), with s as the peak asks for.
    private func add(_ noise: Signal, gain: Double, to speech: Signal, _ choice: MixChoice) -> MixedSpeech {
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
