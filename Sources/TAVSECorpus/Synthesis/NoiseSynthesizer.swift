import Foundation
import TAVSEBase
import TAVSEData
import TAVSESignal

/// Makes noise of a given character, seeded, at −26 dB relative to full scale.
struct NoiseSynthesizer {
    /// Root mean square of every noise, linear.
    private static let level = 0.05

    let sampleRate: Int

    /// Renders one environment.
    func render(_ kind: NoiseKind, seconds: Double, seed: UInt64) -> Signal {
        var generator = SplitMix64(seed: seed)
        let count = Int(seconds * Double(sampleRate))
        var samples: [Double]
        switch kind {
        case .coloured(let slope): samples = coloured(count, slope: slope, using: &generator)
        case .babble(let voices): samples = babble(count, voices: voices, seed: seed)
        case .engine(let rotation): samples = engine(count, rotation: rotation, using: &generator)
        case .keyboard(let rate): samples = keyboard(count, rate: rate, using: &generator)
        case .wind(let gusts): samples = wind(count, gusts: gusts, using: &generator)
        }
        let power = samples.reduce(0) { $0 + $1 * $1 } / Double(max(count, 1))
        var gain = power > 0 ? Self.level / power.squareRoot() : 0
        // Transients may not clip: they are then quieter than the rest.
        let peak = samples.reduce(0) { max($0, abs($1)) }
        if peak * gain > 0.95 { gain = 0.95 / peak }
        for n in samples.indices { samples[n] *= gain }
        return Signal(samples: samples.map { Float($0) }, sampleRate: sampleRate)
    }

    /// Gaussian noise shaped in the frequency domain: |X(f)| ∝ f^(−slope/6.02) above 30 Hz.
    private func coloured(_ count: Int, slope: Double, using generator: inout SplitMix64) -> [Double] {
        let plan = RealFFT.plan(RealFFT.fastLength(max(count, 2)))
        var bins = [Double](repeating: 0, count: 2 * plan.binCount)
        let exponent = slope / (20 * log10(2))
        for k in 1..<plan.binCount {
            let frequency = Double(k) * Double(sampleRate) / Double(plan.length)
            let gain = frequency < 30 ? 0 : pow(frequency / 30, -exponent)
            bins[2 * k] = gain * generator.normal()
            bins[2 * k + 1] = gain * generator.normal()
        }
        return Array(plan.inverse(bins).prefix(count))
    }

    private func babble(_ count: Int, voices: Int, seed: UInt64) -> [Double] {
        var sum = [Double](repeating: 0, count: count)
        for index in 0..<voices {
            var generator = SplitMix64(seed: SeedPath.derive(seed, "talker", "\(index)"))
            let voice = Voice(index: index, using: &generator)
            let planner = ArticulationPlanner(voice: voice)
            let synthesizer = SpeechSynthesizer(voice: voice, sampleRate: sampleRate)
            var position = -Int(generator.uniform(in: 0...1.5) * Double(sampleRate))
            let gain = generator.uniform(in: 0.6...1) / pow(10, voice.level / 20)
            while position < count {
                let track = planner.plan(Phrase.random(using: &generator), using: &generator)
                let speech = synthesizer.render(track, using: &generator)
                for (offset, sample) in speech.samples.enumerated() {
                    let n = position + offset
                    if n >= 0, n < count { sum[n] += gain * Double(sample) }
                }
                position += speech.count
            }
        }
        return sum
    }

    private func engine(_ count: Int, rotation: Double, using generator: inout SplitMix64) -> [Double] {
        let harmonics = (1...40).map { k in
            (weight: generator.uniform(in: 0.3...1) / pow(Double(k), 0.75), offset: generator.uniform())
        }
        let rumble = coloured(count, slope: 5, using: &generator)
        let scale = (rumble.reduce(0) { $0 + $1 * $1 } / Double(max(count, 1))).squareRoot()
        var speed = 0.0
        var phase = 0.0
        return (0..<count).map { n in
            if n % 160 == 0 { speed = 0.995 * speed + 0.004 * generator.normal() }
            phase += rotation * (1 + speed) / Double(sampleRate)
            if phase > 1024 { phase -= 1024 }
            var sum = 0.0
            for (index, harmonic) in harmonics.enumerated() {
                let k = Double(index + 1)
                sum += harmonic.weight * sin(2 * Double.pi * (k * phase + harmonic.offset))
            }
            let firing = 1 + 0.3 * sin(Double.pi * phase)
            return sum * firing + 0.8 * rumble[n] / scale
        }
    }

    private func keyboard(_ count: Int, rate: Double, using generator: inout SplitMix64) -> [Double] {
        let room = coloured(count, slope: 4, using: &generator)
        let scale = (room.reduce(0) { $0 + $1 * $1 } / Double(max(count, 1))).squareRoot()
        var samples = room.map { 0.02 * $0 / scale }
        var time = 0.05
        let end = Double(count) / Double(sampleRate)
        while time < end {
            stroke(at: time, strength: generator.uniform(in: 0.5...1.2), into: &samples, using: &generator)
            let release = time + generator.uniform(in: 0.06...0.12)
            stroke(
                at: release, strength: generator.uniform(in: 0.15...0.4), into: &samples, using: &generator)
            // Words of a few strokes, then a thought.
            let thinking = generator.uniform() < 0.12 ? generator.uniform(in: 0.4...1.1) : 0
            time += -log(1 - 0.999 * generator.uniform()) / rate * 0.7 + 0.04 + thinking
        }
        return samples
    }

    /// A click of noise and the knock of the key and its table.
    private func stroke(
        at time: Double, strength: Double, into samples: inout [Double], using generator: inout SplitMix64
    ) {
        let start = Int(time * Double(sampleRate))
        let length = sampleRate / 20
        var click = Resonator()
        var knock = Resonator()
        let rate = Double(sampleRate)
        click.tune(frequency: generator.uniform(in: 2500...5200), bandwidth: 900, sampleRate: rate)
        knock.tune(frequency: generator.uniform(in: 250...700), bandwidth: 90, sampleRate: rate)
        for k in 0..<length where start + k < samples.count {
            let seconds = Double(k) / rate
            let burst = generator.normal() * exp(-seconds / 0.0025)
            let hit = k < 16 ? 1.0 : 0
            samples[start + k] += strength * (0.16 * click.step(burst) + 0.10 * knock.step(hit))
        }
    }

    private func wind(_ count: Int, gusts: Double, using generator: inout SplitMix64) -> [Double] {
        let low = coloured(count, slope: 8, using: &generator)
        let high = coloured(count, slope: 3, using: &generator)
        func scale(_ x: [Double]) -> Double {
            (x.reduce(0) { $0 + $1 * $1 } / Double(max(count, 1))).squareRoot()
        }
        let (lowScale, highScale) = (scale(low), scale(high))
        var whistle = Resonator()
        var slow = 0.0
        var slower = 0.0
        let pole = exp(-2 * Double.pi * gusts * 100 / Double(sampleRate))
        return (0..<count).map { n in
            if n % 100 == 0 {
                slow = pole * slow + (1 - pole) * generator.normal()
                slower = pole * slower + (1 - pole) * slow
                let pitch = 500 + 220 * min(max(slower / (1 - pole).squareRoot(), -1.5), 1.5)
                whistle.tune(frequency: pitch, bandwidth: 60, sampleRate: Double(sampleRate))
            }
            let gust = exp(1.6 * min(max(slower / (1 - pole).squareRoot() * 2, -2), 2))
            let tone = whistle.step(high[n] / highScale) * 0.012
            return gust * (low[n] / lowScale + 0.12 * high[n] / highScale + tone * gust)
        }
    }
}
