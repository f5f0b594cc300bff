import Foundation
import TAVSEBase
import TAVSESignal

/// Signals made for tests.
enum TestSignals {
    /// Uniform noise.
    static func noise(_ count: Int, seed: UInt64, scale: Float = 0.5, rate: Int = 16_000) -> Signal {
        var generator = SplitMix64(seed: seed)
        return Signal(
            samples: (0..<count).map { _ in scale * Float.random(in: -1...1, using: &generator) },
            sampleRate: rate)
    }

    /// Noise in bursts of a few hundred milliseconds, smoothed: enough like speech for envelopes and activity.
    static func bursts(_ count: Int, seed: UInt64, rate: Int = 16_000) -> Signal {
        var signal = noise(count, seed: seed, rate: rate)
        var last: Float = 0
        for n in signal.samples.indices {
            let time = Double(n) / Double(rate)
            last = 0.7 * last + signal.samples[n]
            signal.samples[n] =
                last * Float(0.02 + pow(sin(2 * .pi * 1.7 * time), 2) * (1 + 0.5 * sin(9 * time))) * 0.3
        }
        return signal
    }

    static func silence(_ count: Int, rate: Int = 16_000) -> Signal {
        Signal(samples: [Float](repeating: 0, count: count), sampleRate: rate)
    }

    /// a + gain·b
    static func sum(_ a: Signal, _ b: Signal, gain: Float = 1) -> Signal {
        Signal(samples: zip(a.samples, b.samples).map { $0 + gain * $1 }, sampleRate: a.sampleRate)
    }
}
