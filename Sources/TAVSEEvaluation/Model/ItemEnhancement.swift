import TAVSEModel
import TAVSESignal

extension Enhancer {
    /// Enhances an item as `tavse-enhance` would: in one pass up to ten seconds, in overlapping segments beyond.
    ///
    /// - Parameters:
    ///   - item: sound and frames; a camera without frames is absent.
    ///   - capturesGates: whether to return what the gates did over the whole item.
    /// - Throws: why there is no signal, as the store keeps it.
    func enhance(
        _ item: ModelItem, capturesGates: Bool = false
    ) throws(SignalFailure) -> (signal: Signal, gates: GateActivations?) {
        do throws(ModelError) {
            var frames: [Modality: FrameSequence] = [:]
            for (modality, tensor) in item.frames { frames[modality] = try FrameSequence(tensor) }
            let result = try enhance(item.noisy.samples, frames: frames, capturesGates: capturesGates)
            return (Signal(samples: result.wave, sampleRate: item.noisy.sampleRate), result.gates)
        } catch { throw SignalFailure(error) }
    }
}
