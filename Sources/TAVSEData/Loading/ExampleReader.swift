/// Reads the examples of a dataset one by one, each with its own length and its own error.
///
/// An evaluation notes an example that cannot be read with its reason and continues. Used by one thread at a time.
public final class ExampleReader {
    private let dataset: SpeechDataset
    private let decoders: [Camera: FrameDecoder]
    private let pool: FloatStoragePool

    /// - Parameter dataset: where examples come from.
    /// - Throws: ``DataError`` when a frame store cannot be read.
    public init(_ dataset: SpeechDataset) throws(DataError) {
        self.dataset = dataset
        decoders = try dataset.decoders()
        pool = FloatStoragePool(limit: 2 * (2 + dataset.settings.modalities.count))
    }

    /// Reads one example.
    ///
    /// - Parameters:
    ///   - index: its number.
    ///   - epoch: what drawn mixes and crops depend on; fixed ones do not.
    ///   - shown: per camera, another utterance whose frames are shown instead of its own; where they are fewer, the
    ///     last one stays.
    /// - Returns: a batch of one.
    public func read(
        _ index: Int, epoch: Int = 0, videoOf shown: [Camera: ManifestEntry] = [:]
    ) throws(DataError) -> Batch {
        guard index >= 0, index < dataset.count else {
            throw .setting("example", reason: "number \(index) of a dataset of \(dataset.count)")
        }
        var batch = Batch(
            shape: dataset.shape(of: [index]), modalities: dataset.settings.modalities, pool: pool)
        batch.examples = [
            try dataset.fill(
                index, epoch: epoch, row: 0, of: batch, decoders: decoders, videoOf: shown)
        ]
        return batch
    }
}
