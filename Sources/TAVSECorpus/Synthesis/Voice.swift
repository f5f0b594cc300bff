import TAVSEBase
import TAVSESignal

/// What makes one synthetic speaker sound unlike another.
struct Voice: Sendable {
    /// Mean fundamental frequency, Hz.
    let pitch: Double
    /// Range of pitch movement as a share of the mean.
    let pitchRange: Double
    /// Vocal tract length against the 17.5 cm of the phone table; formants divide by it.
    let tractLength: Double
    /// Speaking rate: durations divide by it.
    let rate: Double
    /// Cut-off of the voice source's low pass, Hz: low is soft, high is pressed.
    let tilt: Double
    /// Level of breath noise against the voice source, linear.
    let breathiness: Double
    /// Random change of each glottal period and amplitude, as a share.
    let jitter: Double
    /// Long-term level, dB relative to full scale.
    let level: Double
    /// How far this speaker opens the mouth, 1 is typical.
    let mouthMovement: Double

    /// Draws a voice; low (longer tract) and high voices alternate with the index so that every split has both.
    init(index: Int, using generator: inout SplitMix64) {
        let high = index % 2 == 1
        pitch = high ? generator.uniform(in: 175...235) : generator.uniform(in: 90...140)
        tractLength = high ? generator.uniform(in: 0.82...0.92) : generator.uniform(in: 0.96...1.07)
        pitchRange = generator.uniform(in: 0.14...0.26)
        rate = generator.uniform(in: 0.9...1.15)
        tilt = generator.uniform(in: 2600...5200)
        breathiness = generator.uniform(in: 0.01...0.05)
        jitter = generator.uniform(in: 0.004...0.012)
        level = generator.uniform(in: -28 ... -23)
        mouthMovement = generator.uniform(in: 0.85...1.15)
    }
}
