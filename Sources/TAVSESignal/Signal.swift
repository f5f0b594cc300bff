/// One channel of audio: samples in full scale ±1 and their rate.
///
/// Samples are 32-bit floats, which hold 16- and 24-bit PCM exactly; metrics accumulate in `Double`.
public struct Signal: Sendable, Equatable {
    /// Samples `[N]`, full scale ±1.
    public var samples: [Float]
    /// Sample rate in Hz, positive.
    public let sampleRate: Int

    /// - Parameters:
    ///   - samples: samples `[N]`, full scale ±1.
    ///   - sampleRate: Hz, positive.
    public init(samples: [Float], sampleRate: Int) {
        precondition(sampleRate > 0, "sample rate must be positive, got \(sampleRate)")
        self.samples = samples
        self.sampleRate = sampleRate
    }

    /// Number of samples `N`.
    public var count: Int { samples.count }
    /// Length in seconds.
    public var durationSeconds: Double { Double(samples.count) / Double(sampleRate) }
}
