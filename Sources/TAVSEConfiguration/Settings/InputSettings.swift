import TAVSEData

/// Sound: its rate, its spectrum, the length of training crops.
public struct AudioSettings: Sendable, Equatable, Encodable {
    /// Hz; the only rate that data and network know.
    public var sampleRate = 16000
    /// Length of the Fourier transform, samples.
    public var nFFT = 512
    /// Length of the analysis window, samples.
    public var winLength = 400
    /// Step between analysis frames, samples.
    public var hopLength = 160
    /// Length of training crops, seconds.
    public var segmentSeconds = 2.5

    /// Defaults of the guide.
    public init() {}

    enum CodingKeys: String, CodingKey, CaseIterable {
        case sampleRate = "sample_rate"
        case nFFT = "n_fft"
        case winLength = "win_length"
        case hopLength = "hop_length"
        case segmentSeconds = "segment_seconds"
    }
}

/// Mouth video: its size, its rate, its random changes in training.
public struct VisualSettings: Sendable, Equatable, Encodable {
    /// Pixels on each side of a mouth crop.
    public var roiSize = 96
    /// Frames per second.
    public var fps = 28.0
    /// Random changes in training; nil for none.
    public var augmentation: FrameAugmentation? = FrameAugmentation()

    /// Defaults of the guide.
    public init() {}

    enum CodingKeys: String, CodingKey, CaseIterable {
        case roiSize = "roi_size"
        case fps, augmentation
    }
}
