extension PESQ {
    /// The lengths that follow from the sample rate.
    struct Format: Sendable {
        /// Hz, 8000 or 16000.
        let sampleRate: Int
        /// Envelope frame of 4 ms.
        let envelopeFrame: Int
        /// Window of the waveform alignment, 64 ms.
        let alignmentWindow: Int
        /// Frame of the perceptual model, 32 ms.
        let modelFrame: Int
        /// Zeros before and after each signal, 300 ms.
        let border: Int
        /// Further zeros at the end, 320 ms.
        let tail: Int
        /// Scale from power spectrum to power density.
        let powerScale: Double
        /// Critical bands of the perceptual model.
        let bands: BarkBands
        /// Sections of the filter in front of the alignment.
        let alignmentFilter: [BiquadCoefficients]

        /// Hop of the perceptual model, half a frame.
        var modelHop: Int { modelFrame / 2 }
        /// Hop of the waveform alignment, a quarter of its window.
        var alignmentHop: Int { alignmentWindow / 4 }

        init(sampleRate: Int) {
            let wide = sampleRate == 16000
            self.sampleRate = sampleRate
            envelopeFrame = wide ? 64 : 32
            alignmentWindow = wide ? 1024 : 512
            modelFrame = wide ? 512 : 256
            border = Constants.borderFrames * envelopeFrame
            tail = sampleRate * 32 / 100
            powerScale = wide ? 6.910853e-6 : 2.764344e-5
            bands = wide ? .at16kHz : .at8kHz
            alignmentFilter = wide ? FilterTables.alignment16kHz : FilterTables.alignment8kHz
        }
    }

    /// The numbers of the Recommendation that do not depend on the rate.
    enum Constants {
        /// Shortest signal, as a divisor of the sample rate: 0.25 s.
        static let minimumDurationDivisor = 4
        /// Zeros around each signal, envelope frames.
        static let borderFrames = 75
        /// Power both signals are brought to in the telephone band.
        static let targetPower = 1e7

        /// Bursts of activity of at most this many envelope frames are dropped.
        static let shortestBurst = 4
        /// Pauses of at most this many envelope frames are filled.
        static let longestFilledPause = 50
        /// Shortest utterance, envelope frames: 200 ms.
        static let shortestUtterance = 50
        /// Utterances shorter than this, envelope frames, are not split.
        static let shortestSplit = 200
        /// Utterances stop being split at this number.
        static let utteranceLimit = 50

        /// Sum of five successive absolute samples that ends the silence at either end.
        static let audibleSumOfFive: Float = 500
        /// Audible power, threshold raised 20 dB, below which a reference frame is silent.
        static let silentFramePower: Float = 1e7
        /// Factor on the threshold (20 dB) in the test for silent frames and in frequency compensation.
        static let raisedThreshold: Float = 100
        /// Added to both powers in frequency compensation; the ratio's greatest value.
        static let frequencyOffset = 1000.0
        static let frequencyLimit = 100.0
        /// Added to both powers in gain compensation; weight of the previous frame's ratio; limits.
        static let gainOffset = 5e3
        static let gainMemory = 0.2
        static let gainRange = 3e-4...5.0
        /// Exponent of loudness over power (Zwicker), and loudness scale.
        static let loudnessExponent = 0.23
        static let loudnessScale = 0.1866055
        /// Part of the lesser loudness below which a difference is not heard.
        static let deadZone: Float = 0.25
        /// Asymmetry factor: offset, exponent, the value below which it is 0, and its limit.
        static let asymmetryOffset: Float = 50
        static let asymmetryExponent: Float = 1.2
        static let asymmetryFloor: Float = 3
        static let asymmetryLimit: Float = 12

        /// Frame disturbance that makes a frame bad; how far bad frames spread; shortest bad interval.
        static let badFrame: Float = 30
        static let badFrameReach = 2
        static let shortestBadInterval = 5
        /// Search range of the second alignment, model frames each way; least correlation to believe it.
        static let badIntervalSearch = 4
        static let leastCorrelation = 0.5

        /// Frame weight: offset, reference power, exponent; greatest weighted disturbance.
        static let weightOffset = 1e5
        static let weightReference = 1e7
        static let weightExponent = 0.04
        static let disturbanceLimit: Float = 45
        /// Syllables: frames each, frames from one to the next.
        static let syllableFrames = 20
        static let syllableHop = 10
    }
}
