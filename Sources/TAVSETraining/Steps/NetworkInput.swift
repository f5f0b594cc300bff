import TAVSEConfiguration
import TAVSEData
import TAVSEModel
import TAVSENN

/// A batch as the network takes it.
struct NetworkInput {
    /// `[B, S]`
    let noisy: Tensor
    /// `[B, S]`
    let clean: Tensor
    /// `[B, N, H, W, C]` per modality that at least one example has.
    let frames: [Modality: Tensor]
    /// One mark per example.
    let present: [Modality: [Bool]]

    /// Number of examples B.
    var count: Int { noisy.shape[0] }

    init(
        noisy: Tensor, clean: Tensor, frames: [Modality: Tensor] = [:], present: [Modality: [Bool]] = [:]
    ) {
        self.noisy = noisy
        self.clean = clean
        self.frames = frames
        self.present = present
    }

    /// Takes a batch of the loader.
    ///
    /// - Parameter isDropped: whether an example goes without a camera that saw it.
    init(
        _ batch: Batch, isDropped: (ExampleDescription, Camera) -> Bool = { _, _ in false }
    ) {
        let shape = batch.shape
        noisy = Tensor([shape.count, shape.sampleCount], copying: batch.noisy)
        clean = Tensor([shape.count, shape.sampleCount], copying: batch.clean)
        var frames: [Modality: Tensor] = [:]
        var present: [Modality: [Bool]] = [:]
        for (camera, pixels) in batch.video {
            let marks = batch.examples.map { $0.isPresent(camera) && !isDropped($0, camera) }
            present[camera.modality] = marks
            guard marks.contains(true), shape.frameCount > 0 else { continue }
            frames[camera.modality] = Tensor(
                [shape.count, shape.frameCount, shape.side, shape.side, camera.channels], copying: pixels)
        }
        self.frames = frames
        self.present = present
    }
}

extension Tensor {
    fileprivate init(_ shape: [Int], copying storage: FloatStorage) {
        self.init(shape) { target in
            storage.withUnsafeBufferPointer { _ = target.update(fromContentsOf: $0) }
        }
    }
}
