extension PESQ {
    /// What PESQ found on its way to the score.
    public struct Analysis: Sendable, Equatable {
        /// P.862 score before any mapping, at most 4.5.
        public let rawScore: Double
        /// Listening-quality MOS of the mode's mapping (P.862.1, or P.862.2 in wide-band mode).
        public let mosLQO: Double
        /// Delay of the estimate as a whole, by its envelope, in samples.
        public let crudeDelay: Int
        /// The stretches of speech that are aligned on their own, in order.
        public let utterances: [Utterance]
        /// First model frame that counts towards the score; frames before it are silent.
        public let firstFrame: Int
        /// Last model frame.
        public let lastFrame: Int
        /// Symmetric disturbance D, pooled over time.
        public let symmetricDisturbance: Double
        /// Asymmetric disturbance A (added sound weighs more than missing sound), pooled over time.
        public let asymmetricDisturbance: Double
        /// Stretches so disturbed that they were aligned a second time.
        public let badIntervals: [BadInterval]
    }

    /// A stretch of speech with one delay.
    public struct Utterance: Sendable, Equatable {
        /// First frame of 4 ms, counted from the start of the padding (75 frames before the first sample).
        public internal(set) var start: Int
        /// The frame after the last.
        public internal(set) var end: Int
        /// Delay of the estimate by its envelope, in samples, a multiple of the frame.
        public internal(set) var delayEstimate: Int
        /// Delay of the estimate by its waveform, in samples.
        public internal(set) var delay: Int
        /// Share of the evidence that backs the delay, 0 to 1.
        public internal(set) var confidence: Double
    }

    /// A run of badly disturbed frames and the lag at which the estimate fits there best.
    public struct BadInterval: Sendable, Equatable {
        /// First model frame.
        public let firstFrame: Int
        /// The frame after the last.
        public let endFrame: Int
        /// Lag of the greatest correlation, in samples, beyond the utterance's delay.
        public let lag: Int
        /// Correlation at that lag; below 0.5 the lag is not used.
        public let correlation: Double
    }
}
