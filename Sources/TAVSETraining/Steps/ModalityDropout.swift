import TAVSEBase
import TAVSEData
import TAVSESignal

/// Leaves cameras out of training examples, each camera of each example independently; never the sound.
///
/// Whether one is left out is a function of (seed, epoch, utterance, camera): the same in every run, whatever the
/// batches, workers and threads.
struct ModalityDropout: Sendable {
    /// In 0 ..< 1.
    let probability: Double
    let seed: UInt64

    func isDropped(utterance: String, _ camera: Camera, epoch: Int) -> Bool {
        guard probability > 0 else { return false }
        let derived = SeedPath.derive(seed, "modality dropout", "\(epoch)", utterance, camera.rawValue)
        var generator = SplitMix64(seed: derived)
        return Double(generator.next() >> 11) * 0x1p-53 < probability
    }
}
