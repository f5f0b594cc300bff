import Foundation

/// A two-pole resonance of the vocal tract, gain 1 at 0 Hz.
///
///     y[n] = a·x[n] + b·y[n−1] + c·y[n−2],   c = −exp(−2π·w/fs),  b = 2·exp(−π·w/fs)·cos(2π·f/fs),  a = 1 − b − c
///
/// > Source: Klatt, JASA 67, 1980, equations 1–2.
struct Resonator {
    private var a = 1.0
    private var b = 0.0
    private var c = 0.0
    private var y1 = 0.0
    private var y2 = 0.0

    /// Moves the resonance; the state is kept, so parameters may change while it sounds.
    mutating func tune(frequency: Double, bandwidth: Double, sampleRate: Double) {
        let radius = exp(-Double.pi * bandwidth / sampleRate)
        c = -radius * radius
        b = 2 * radius * cos(2 * Double.pi * frequency / sampleRate)
        a = 1 - b - c
    }

    mutating func step(_ x: Double) -> Double {
        let y = a * x + b * y1 + c * y2
        y2 = y1
        y1 = y
        return y
    }
}

/// The inverse of a ``Resonator``: a pair of zeros, gain 1 at 0 Hz, for the nasal branch.
struct AntiResonator {
    private var a = 1.0
    private var b = 0.0
    private var c = 0.0
    private var x1 = 0.0
    private var x2 = 0.0

    mutating func tune(frequency: Double, bandwidth: Double, sampleRate: Double) {
        let radius = exp(-Double.pi * bandwidth / sampleRate)
        let poleC = -radius * radius
        let poleB = 2 * radius * cos(2 * Double.pi * frequency / sampleRate)
        a = 1 / (1 - poleB - poleC)
        b = -poleB * a
        c = -poleC * a
    }

    mutating func step(_ x: Double) -> Double {
        let y = a * x + b * x1 + c * x2
        x2 = x1
        x1 = x
        return y
    }
}
