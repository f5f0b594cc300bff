import Foundation
import TAVSEBase
import TAVSESignal

/// Speech from articulation: a glottal source and breath noise through a cascade of formants, frication beside it.
///
///     source    g′(t) = (2t − 3t²/T₀)·T₀ while the glottis is open (t < T₀ = 0.62 of the period), low-passed
///     cascade   nasal pole/zero → F1 … F8 (those below 0.47 of the rate)
///     parallel  noise through two resonances at the constriction
///
/// > Source: Klatt, *Software for a cascade/parallel formant synthesizer*, JASA 67, 1980; Rosenberg, *Effect of
/// > glottal pulse shape on the quality of natural vowels*, JASA 49, 1971.
struct SpeechSynthesizer {
    /// Constants of the tract, Hz unless said otherwise.
    private enum Tract {
        static let openQuotient = 0.62
        static let bandwidths = [70.0, 95, 140]
        /// Formants above the third hardly move: odd multiples of a quarter wavelength, frequency and bandwidth.
        static let upper = [(3500.0, 220.0), (4500, 280), (5500, 340), (6500, 420), (7500, 500)]
        /// Highest resonance as a share of the sample rate.
        static let highest = 0.47
        static let nasalPole = 270.0
        static let nasalZero = 450.0
        static let nasalBandwidth = 100.0
        /// Room and microphone noise, linear against full scale.
        static let floor = 0.00012
    }

    let voice: Voice
    let sampleRate: Int

    /// Renders an utterance, scaled so that its speech is at the voice's level.
    func render(_ track: Articulation, using generator: inout SplitMix64) -> Signal {
        let fs = Double(sampleRate)
        let perControl = fs / Articulation.rate
        let count = Int(track.durationSeconds * fs)
        let upper = Tract.upper.filter { $0.0 / voice.tractLength < Tract.highest * fs }
        var cascade = [Resonator](repeating: Resonator(), count: 3 + upper.count)
        for (index, formant) in upper.enumerated() {
            cascade[3 + index].tune(
                frequency: formant.0 / voice.tractLength, bandwidth: formant.1, sampleRate: fs)
        }
        var nasalPole = Resonator()
        var nasalZero = AntiResonator()
        var noise = (Resonator(), Resonator())
        var tilt = 0.0
        let tiltPole = exp(-2 * Double.pi * voice.tilt / fs)
        var phase = 0.0
        var period = (scale: 1.0, gain: 1.0)
        var samples = [Float](repeating: 0, count: count)
        var previousNoise = 0.0
        var frictionGain = 0.0

        for n in 0..<count {
            let position = Double(n) / perControl
            let k = min(Int(position), track.count - 1)
            let next = min(k + 1, track.count - 1)
            let mix = position - Double(k)
            func at(_ values: [Double]) -> Double { values[k] + (values[next] - values[k]) * mix }

            if n % 16 == 0 {
                let f = [at(track.formant1), at(track.formant2), at(track.formant3)]
                let nasality = at(track.nasality)
                for (index, frequency) in f.enumerated() {
                    cascade[index].tune(
                        frequency: frequency, bandwidth: Tract.bandwidths[index] * (1 + 1.2 * nasality),
                        sampleRate: fs)
                }
                nasalPole.tune(
                    frequency: Tract.nasalPole, bandwidth: Tract.nasalBandwidth, sampleRate: fs)
                nasalZero.tune(
                    frequency: Tract.nasalPole + (Tract.nasalZero - Tract.nasalPole) * nasality,
                    bandwidth: Tract.nasalBandwidth, sampleRate: fs)
                let centre = min(at(track.noiseCentre), 0.46 * fs)
                noise.0.tune(frequency: centre, bandwidth: at(track.noiseWidth), sampleRate: fs)
                noise.1.tune(frequency: centre, bandwidth: at(track.noiseWidth), sampleRate: fs)
                // A resonance with gain 1 at 0 Hz stands above it the more, the narrower it is: undo that.
                let band = at(track.noiseWidth)
                frictionGain = 0.55 * pow(band / (band + centre), 2)
            }

            // Voice source: derivative of a cubic glottal pulse, one period at a time.
            phase += at(track.pitch) * period.scale / fs
            if phase >= 1 {
                phase -= 1
                period = (
                    scale: 1 + voice.jitter * generator.normal(),
                    gain: 1 + 4 * voice.jitter * generator.normal()
                )
            }
            var glottal = 0.0
            let open = phase < Tract.openQuotient
            if open {
                let t = phase / Tract.openQuotient
                glottal = (2 * t - 3 * t * t) * period.gain
            }
            tilt = (1 - tiltPole) * glottal + tiltPole * tilt

            let white = generator.normal()
            let breath = white * (open ? 1 : 0.45)
            let voicing = at(track.voicing)
            let source =
                voicing * tilt + 0.6 * voicing * voice.breathiness * breath + 0.12 * at(track.aspiration)
                * white
            var value = nasalZero.step(nasalPole.step(source))
            for index in cascade.indices { value = cascade[index].step(value) }

            // Frication, with the radiated difference; a voiced fricative's noise follows the glottis.
            let raw = generator.normal()
            let modulated = voicing > 0.01 ? raw * (open ? 1.2 : 0.5) : raw
            let rough = modulated - 0.7 * previousNoise
            previousNoise = modulated
            value += frictionGain * at(track.frication) * noise.1.step(noise.0.step(rough))
            samples[n] = Float(value)
        }
        return finish(samples, using: &generator)
    }

    /// Scales the active part to the voice's level, keeps the peak below 0.9 and adds the room's noise.
    private func finish(_ samples: [Float], using generator: inout SplitMix64) -> Signal {
        let block = sampleRate / 50
        var powers: [Double] = []
        for start in stride(from: 0, to: samples.count - block, by: block) {
            powers.append(
                samples[start..<start + block].reduce(0.0) { $0 + Double($1) * Double($1) } / Double(block))
        }
        let loudest = powers.max() ?? 0
        let active = powers.filter { $0 > loudest * 1e-4 }
        let level = active.isEmpty ? 0 : (active.reduce(0, +) / Double(active.count)).squareRoot()
        let peak = Double(samples.reduce(0) { max($0, abs($1)) })
        guard level > 0, peak > 0 else { return Signal(samples: samples, sampleRate: sampleRate) }
        let gain = min(pow(10, voice.level / 20) / level, 0.9 / peak)
        var floor = 0.0
        let scaled = samples.map { sample in
            floor = 0.9 * floor + Tract.floor * generator.normal()
            return Float(Double(sample) * gain + floor)
        }
        return Signal(samples: scaled, sampleRate: sampleRate)
    }
}
