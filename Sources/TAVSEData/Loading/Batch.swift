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
    /// The noise environment whose stretch was silent where the mix asked for it, so that a later one was taken.
    public var movedNoise: String?
    /// The example that stood here and could not be read; this one stands in for it.
    public internal(set) var replaced: BadExample?

    /// Whether a camera saw anything of this example.
    public func isPresent(_ modality: Camera) -> Bool { framePresent[modality]?.contains(true) ?? false }
}

/// An example that could not be read.
public struct BadExample: Sendable, Equatable {
    /// Its utterance.
    public let utterance: String
    /// Why, in one line that names the file.
    public let reason: String
    /// What is wrong.
    public let error: DataError

    init(utterance: String, error: DataError) {
        self.utterance = utterance
        self.error = error
        reason = error.description
    }
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

    /// The same with some rows only, at least one.
    func keeping(_ rows: [Int], of all: [ExampleDescription?], pool: FloatStoragePool) -> Batch {
        var kept = Batch(
            shape: Shape(
                count: rows.count, sampleCount: shape.sampleCount, frameCount: shape.frameCount,
                side: shape.side),
            modalities: Array(video.keys), pool: pool)
        kept.examples = rows.compactMap { all[$0] }
        func copy(_ source: FloatStorage, _ target: FloatStorage?) {
            let size = source.count / shape.count
            for (place, row) in rows.enumerated() {
                _ = target?.part(from: place * size, count: size)
                    .update(fromContentsOf: source.part(from: row * size, count: size))
            }
        }
        copy(clean, kept.clean)
        copy(noisy, kept.noisy)
        for (camera, storage) in video { copy(storage, kept.video[camera]) }
        return kept
    }
}
