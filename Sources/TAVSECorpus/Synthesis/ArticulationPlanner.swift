import Foundation
import TAVSEBase
import TAVSESignal

/// Turns a phrase and a voice into movements: phones get lengths, stops get closure, burst and aspiration, pitch
/// gets declination and accents, and every track is smoothed at the speed its organ can move.
struct ArticulationPlanner {
    /// Smoothing (standard deviation, seconds): jaw and lips are slower than the tongue, sources switch fast.
    private enum Speed {
        static let lips = 0.026
        static let tongue = 0.016
        static let sources = 0.006
        static let pitch = 0.035
        static let air = 0.022
    }

    /// A stretch of time with fixed targets.
    private struct Stretch {
        var seconds: Double
        var phone: Phone
        var stress: Double
        var voicing: Double?
        var aspiration: Double?
        var frication: Double?
        var oralFlow: Double
        var nasalFlow: Double
        var accent = 0.0
        /// Position inside a diphthong, 0 start … 1 end.
        var glide = 0.0
    }

    let voice: Voice

    /// Plans one utterance with leading and trailing silence.
    func plan(_ phrase: Phrase, using generator: inout SplitMix64) -> Articulation {
        var stretches = [breath(generator.uniform(in: 0.22...0.34), inhaling: true)]
        for (index, group) in phrase.groups.enumerated() {
            if index > 0 { stretches.append(breath(generator.uniform(in: 0.14...0.3), inhaling: true)) }
            for word in group { append(word, to: &stretches, using: &generator) }
            lengthenLast(&stretches)
        }
        stretches.append(breath(generator.uniform(in: 0.24...0.36), inhaling: false))
        return tracks(stretches, using: &generator)
    }

    private func breath(_ seconds: Double, inhaling: Bool) -> Stretch {
        Stretch(
            seconds: seconds, phone: .silence, stress: 1, oralFlow: 0, nasalFlow: inhaling ? -0.9 : 0.55)
    }

    /// The last syllable before a pause is longer: phrase-final lengthening.
    private func lengthenLast(_ stretches: inout [Stretch]) {
        for index in stretches.indices.suffix(3) where stretches[index].phone.manner != .pause {
            stretches[index].seconds *= 1.3
        }
    }

    private func append(_ word: SpokenWord, to stretches: inout [Stretch], using generator: inout SplitMix64)
    {
        var accented = false
        for symbol in word.phones {
            guard let phone = Phone.inventory[symbol] else { continue }
            let natural = generator.uniform(in: 0.88...1.14)
            let seconds = phone.duration * natural * (0.75 + 0.3 * word.stress) / voice.rate
            var stretch = Stretch(
                seconds: seconds, phone: phone, stress: word.stress, voicing: phone.voicing,
                frication: phone.frication, oralFlow: phone.oralFlow, nasalFlow: phone.nasalFlow)
            switch phone.manner {
            case .stop:
                appendStop(stretch, to: &stretches)
            case .aspirate:
                stretch.aspiration = stretch.frication
                stretch.frication = nil
                stretches.append(stretch)
            case .vowel:
                // The first vowel of a stressed word carries its accent.
                if !accented, word.stress > 0.8 {
                    stretch.accent = word.stress
                    accented = true
                }
                guard phone.glide != nil else {
                    stretches.append(stretch)
                    continue
                }
                for step in 0..<6 {
                    var part = stretch
                    part.seconds = seconds / 6
                    part.glide = min(max((Double(step) - 1) / 4, 0), 1)
                    stretches.append(part)
                }
            default:
                stretches.append(stretch)
            }
        }
    }

    /// Closure (voice bar only), release burst, then aspiration when voiceless.
    private func appendStop(_ stop: Stretch, to stretches: inout [Stretch]) {
        var closure = stop
        closure.frication = nil
        closure.oralFlow = 0
        closure.seconds = stop.seconds * 0.85
        var burst = stop
        burst.seconds = 0.012
        burst.voicing = nil
        stretches.append(closure)
        stretches.append(burst)
        guard stop.phone.voicing == nil else { return }
        var release = stop
        release.seconds = 0.035
        release.frication = nil
        release.aspiration = -14
        // By now the lips are on their way to the vowel: no shape of its own.
        release.phone.mouth = nil
        stretches.append(release)
    }

    private func tracks(_ stretches: [Stretch], using generator: inout SplitMix64) -> Articulation {
        var result = Articulation()
        let formants = filled(stretches) { stretch in
            guard let start = stretch.phone.formants else { return nil }
            guard let end = stretch.phone.glide else { return start }
            return zip(start, end).map { $0 + ($1 - $0) * stretch.glide }
        }
        let mouths = filled(stretches) { stretch -> [Double]? in
            guard var shape = stretch.phone.mouth else { return nil }
            if let end = stretch.phone.mouthGlide {
                shape.opening += (end.opening - shape.opening) * stretch.glide
                shape.spread += (end.spread - shape.spread) * stretch.glide
                shape.teeth += (end.teeth - shape.teeth) * stretch.glide
                shape.tongue += (end.tongue - shape.tongue) * stretch.glide
            }
            // Stressed vowels are louder and the jaw lower: the visible cue to level.
            if shape.opening > 0 {
                let reach = 0.55 + 0.45 * stretch.stress
                shape.opening *= reach * voice.mouthMovement
            }
            return [shape.opening, shape.spread, shape.teeth, shape.tongue]
        }
        let total = stretches.reduce(0) { $0 + $1.seconds }
        var elapsed = 0.0
        var filledTo = 0
        for (index, stretch) in stretches.enumerated() {
            elapsed += stretch.seconds
            let end = Int((elapsed * Articulation.rate).rounded())
            let gain = 6 * (stretch.stress - 1)
            let declination = 1.12 - 0.26 * (elapsed / total)
            let accent = 1 + voice.pitchRange * stretch.accent
            for _ in filledTo..<max(end, filledTo) {
                result.pitch.append(voice.pitch * declination * accent)
                result.voicing.append(Self.linear(stretch.voicing.map { $0 + gain }))
                result.aspiration.append(Self.linear(stretch.aspiration))
                result.frication.append(Self.linear(stretch.frication.map { $0 + 0.5 * gain }))
                result.noiseCentre.append(stretch.phone.noiseBand.centre / (0.5 + 0.5 * voice.tractLength))
                result.noiseWidth.append(stretch.phone.noiseBand.width)
                result.formant1.append(formants[index][0] / voice.tractLength)
                result.formant2.append(formants[index][1] / voice.tractLength)
                result.formant3.append(formants[index][2] / voice.tractLength)
                result.nasality.append(stretch.phone.manner == .nasal ? 1 : 0)
                result.opening.append(mouths[index][0])
                result.spread.append(mouths[index][1])
                result.teeth.append(mouths[index][2])
                result.tongue.append(mouths[index][3])
                result.oralFlow.append(stretch.oralFlow)
                result.nasalFlow.append(stretch.nasalFlow)
            }
            filledTo = max(end, filledTo)
        }
        smooth(&result, using: &generator)
        return result
    }

    private func smooth(_ result: inout Articulation, using generator: inout SplitMix64) {
        // Slow random drift of pitch, so that no two accents are alike.
        var drift = result.pitch.map { _ in generator.normal() }
        Articulation.smooth(&drift, seconds: 0.12)
        for n in result.pitch.indices { result.pitch[n] *= 1 + 0.12 * drift[n] }
        Articulation.smooth(&result.pitch, seconds: Speed.pitch)
        for track in [\Articulation.voicing, \.aspiration, \.frication, \.nasality] {
            Articulation.smooth(&result[keyPath: track], seconds: Speed.sources)
        }
        for track in [\Articulation.formant1, \.formant2, \.formant3] {
            Articulation.smooth(&result[keyPath: track], seconds: Speed.tongue)
        }
        for track in [\Articulation.opening, \.spread, \.teeth, \.tongue] {
            Articulation.smooth(&result[keyPath: track], seconds: Speed.lips)
        }
        for track in [\Articulation.oralFlow, \.nasalFlow] {
            Articulation.smooth(&result[keyPath: track], seconds: Speed.air)
        }
        for n in result.opening.indices { result.opening[n] = min(max(result.opening[n], 0), 1.2) }
    }

    /// Values per stretch; a stretch without any takes the mean of its nearest neighbours that have some.
    private func filled(_ stretches: [Stretch], _ value: (Stretch) -> [Double]?) -> [[Double]] {
        let known = stretches.map { $0.phone.manner == .pause && $0.phone.mouth == nil ? nil : value($0) }
        let fallback = [500.0, 1500, 2500, 0]
        return known.indices.map { index in
            if let own = known[index] { return own }
            let before = known[..<index].last { $0 != nil } ?? nil
            let after = known[(index + 1)...].first { $0 != nil } ?? nil
            switch (before, after) {
            case (let left?, let right?): return zip(left, right).map { ($0 + $1) / 2 }
            case (let one?, nil), (nil, let one?): return one
            case (nil, nil): return fallback
            }
        }
    }

    private static func linear(_ decibels: Double?) -> Double {
        decibels.map { pow(10, $0 / 20) } ?? 0
    }
}
