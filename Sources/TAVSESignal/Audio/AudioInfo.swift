/// What an audio file's header says.
public struct AudioInfo: Sendable, Equatable {
    /// Sample rate in Hz.
    public let sampleRate: Int
    /// Number of channels.
    public let channels: Int
    /// Samples per channel; nil when the header does not say (a streamed FLAC).
    public let sampleCount: Int?
    /// "WAV", "FLAC", "OGG" or "AIFF".
    public let container: String
    /// Sample format in libsndfile's words, e.g. "Signed 16 bit PCM".
    public let encoding: String
    /// The comment in the file's header, such as a tool's note of what made it; nil when there is none.
    public let comment: String?

    /// Length in seconds; nil when the header does not say.
    public var durationSeconds: Double? {
        sampleCount.map { Double($0) / Double(sampleRate) }
    }
}
