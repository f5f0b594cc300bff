import TAVSEData

/// What the network is given in training: how long the crops are, how the frames vary, which cameras are left out.
public struct InputSettings: Sendable, Equatable {
    /// Length of training crops, seconds (`audio.segment_seconds`).
    public var segmentSeconds = 2.5
    /// Random changes of the frames (`visual.augmentation`); nil for none.
    public var augmentation: FrameAugmentation? = FrameAugmentation()
    /// Probability with which each camera of each example is left out, 0 ..< 1 (`model.modality_dropout`).
    public var modalityDropout = 0.0

    /// The defaults.
    public init() {}
}
