import TAVSEModel
import TAVSESignal

extension Enhancer {
    /// Enhances an item as `tavse-enhance` would: in one pass up to ten seconds, in overlapping segments beyond.
    ///
    /// - Parameters:
    ///   - item: sound and frames; a camera without frames is absent.
    ///   - capturesGates: whether to return what the gates did over the whole item.
    ///   - memory: of the same utterance's video.
    /// - Returns: the signal, what the gates did, and the seconds it takes alone, visual towers included.
    /// - Throws: why there is no signal, as the store keeps it.
    func enhance(
        _ item: ModelItem, capturesGates: Bool = false, memory: VisualMemory? = nil
    ) throws(SignalFailure) -> (signal: Signal, gates: GateActivations?, seconds: Double) {
        do throws(ModelError) {
            let clock = ContinuousClock()
            let start = clock.now
            var frames: [Modality: FrameSequence] = [:]
            for (modality, tensor) in item.frames { frames[modality] = try FrameSequence(tensor) }
            let result = try enhance(
                item.noisy.samples, frames: frames, capturesGates: capturesGates, memory: memory)
            let seconds = (clock.now - start + result.sharedTime) / .seconds(1)
            return (
                Signal(samples: result.wave, sampleRate: item.noisy.sampleRate), result.gates, seconds
            )
        } catch { throw SignalFailure(error) }
    }
}

extension ModelBench {
    /// Enhances an item; the visual towers run once for all mixes of an utterance.
    func enhance(
        _ item: ModelItem, capturesGates: Bool = false
    ) throws(SignalFailure) -> (signal: Signal, gates: GateActivations?, seconds: Double) {
        try enhancer.enhance(
            item, capturesGates: capturesGates, memory: video.memory(of: item.description.utterance))
    }
}
