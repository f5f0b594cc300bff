import TAVSEData

/// What a synthetic noise environment sounds like.
enum NoiseKind: Sendable, Equatable {
    /// Stationary noise whose power falls by so many dB per octave.
    case coloured(slopeDBPerOctave: Double)
    /// Several voices at once.
    case babble(voices: Int)
    /// Harmonics of a slowly drifting rotation, Hz, over low noise.
    case engine(rotation: Double)
    /// Key strokes per second while typing.
    case keyboard(rate: Double)
    /// Gusts of low noise, per second.
    case wind(gustsPerSecond: Double)
}

/// A named noise and the split it belongs to.
struct NoiseEnvironment: Sendable {
    let name: String
    let kind: NoiseKind
    let split: Split

    /// All synthetic environments: every character stands in training and in test, never with the same environment.
    static let all: [NoiseEnvironment] = [
        NoiseEnvironment(name: "white", kind: .coloured(slopeDBPerOctave: 0), split: .train),
        NoiseEnvironment(name: "pink", kind: .coloured(slopeDBPerOctave: 3), split: .train),
        NoiseEnvironment(name: "babble_canteen", kind: .babble(voices: 5), split: .train),
        NoiseEnvironment(name: "engine_bus", kind: .engine(rotation: 26), split: .train),
        NoiseEnvironment(name: "keyboard_office", kind: .keyboard(rate: 6), split: .train),
        NoiseEnvironment(name: "wind_field", kind: .wind(gustsPerSecond: 0.5), split: .train),
        NoiseEnvironment(name: "ventilation", kind: .coloured(slopeDBPerOctave: 4.5), split: .val),
        NoiseEnvironment(name: "babble_lobby", kind: .babble(voices: 4), split: .val),
        NoiseEnvironment(name: "engine_fan", kind: .engine(rotation: 47), split: .val),
        NoiseEnvironment(name: "rain", kind: .coloured(slopeDBPerOctave: 1.5), split: .test),
        NoiseEnvironment(name: "babble_station", kind: .babble(voices: 6), split: .test),
        NoiseEnvironment(name: "engine_car", kind: .engine(rotation: 34), split: .test),
        NoiseEnvironment(name: "keyboard_library", kind: .keyboard(rate: 4), split: .test),
        NoiseEnvironment(name: "wind_street", kind: .wind(gustsPerSecond: 0.8), split: .test),
    ]
}
