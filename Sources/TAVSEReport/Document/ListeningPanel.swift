/// Utterances with the largest gain and loss, to listen to and look at.
public struct ListeningPanel: Sendable, Equatable {
    /// One recording.
    public struct Clip: Sendable, Equatable {
        /// "clean", "noisy" or the system's name.
        public var label: String
        /// The WAV or FLAC file's bytes.
        public var audio: [UInt8]
        /// Media type, e.g. "audio/wav".
        public var mediaType: String
        /// Log-magnitude spectrogram as a PNG file's bytes; nil where the file could not be read as audio.
        public var spectrogram: [UInt8]?
        /// Scores, formatted, beside the metric's label.
        public var scores: [String]

        /// Describes a clip; see the properties.
        public init(
            label: String, audio: [UInt8], mediaType: String, spectrogram: [UInt8]?, scores: [String] = []
        ) {
            self.label = label
            self.audio = audio
            self.mediaType = mediaType
            self.spectrogram = spectrogram
            self.scores = scores
        }
    }

    /// One utterance in one condition.
    public struct Item: Sendable, Equatable {
        /// Utterance and condition.
        public var title: String
        /// Why it is here, e.g. "largest loss of A+R against A: −0.41 PESQ".
        public var reason: String
        /// Its recordings: clean, noisy, then the systems.
        public var clips: [Clip]

        /// Describes an item; see the properties.
        public init(title: String, reason: String, clips: [Clip]) {
            self.title = title
            self.reason = reason
            self.clips = clips
        }
    }

    /// Items, worst first.
    public var items: [Item]
    /// Files named in the store that could not be read.
    public var missing: [String]

    /// Describes a panel; see the properties.
    public init(items: [Item], missing: [String] = []) {
        self.items = items
        self.missing = missing
    }
}
