/// Where one example of a batch came from and how it was made.
public struct ExampleDescription: Sendable, Equatable {
    /// Manifest entry.
    public let entry: ManifestEntry
    /// The mix, nil when no noise was added.
    public let choice: MixChoice?
    /// Factor on the noise file's samples; nil when no noise was added.
    public let noiseGain: Double?
    /// Factor on speech and noise against clipping, 1 when not needed.
    public let scale: Double
    /// First video frame of the crop; its sound starts at `firstFrame / fps` seconds.
    public let firstFrame: Int
    /// Samples that are signal; the rest of the row is zero.
    public let sampleCount: Int
    /// Video frames that belong to the utterance; the rest of the row are absent.
    public let frameCount: Int
    /// Per camera and frame `[T]`: whether the frame was there. One that was not shows its nearest earlier
    /// neighbour (a later one at the start); padding and absent cameras are zero.
    public let framePresent: [Camera: [Bool]]

    /// Whether a camera saw anything of this example.
    public func isPresent(_ modality: Camera) -> Bool { framePresent[modality]?.contains(true) ?? false }
}

/// Examples of one step, ready for a network.
public struct Batch: Sendable {
    /// Size of everything in a batch.
    public struct Shape: Sendable, Equatable {
        /// Number of examples B.
        public let count: Int
        /// Samples N of each example.
        public let sampleCount: Int
        /// Video frames T of each example.
        public let frameCount: Int
        /// Pixels on each side of a frame, H = W.
        public let side: Int
    }

    /// B, N, T and H = W.
    public let shape: Shape
    /// Clean speech, `[B, N]`.
    public let clean: FloatStorage
    /// Noisy speech, `[B, N]`; equal to clean when no noise was asked for.
    public let noisy: FloatStorage
    /// Pixels 0…1 of each camera asked for, `[B, T, H, W, C]`: as the decoders give them and as the network reads them.
    public let video: [Camera: FloatStorage]
    /// Where each example came from, `[B]`.
    public internal(set) var examples: [ExampleDescription]

    init(shape: Shape, modalities: [Camera], pool: FloatStoragePool) {
        self.shape = shape
        clean = FloatStorage(count: shape.count * shape.sampleCount, pool: pool)
        noisy = FloatStorage(count: shape.count * shape.sampleCount, pool: pool)
        var video: [Camera: FloatStorage] = [:]
        for modality in modalities {
            let frame = modality.channels * shape.side * shape.side
            video[modality] = FloatStorage(count: shape.count * shape.frameCount * frame, pool: pool)
        }
        self.video = video
        examples = []
    }
}
