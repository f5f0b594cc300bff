/// How activations saved for the backward pass are kept.
public enum SavedPrecision: String, Sendable, Codable, CaseIterable {
    /// As computed.
    case float32
    /// Rounded to bfloat16: half the memory, relative error up to 2⁻⁹ in what gradients are computed from.
    case bfloat16
}

/// A tensor kept for the backward pass, in the precision that the recording tape asks for.
struct Saved {
    private enum Content {
        case full(Tensor)
        case compressed(CompressedStorage, shape: [Int])
    }

    private enum Constants {
        /// Smaller tensors stay in full precision: they cost nothing and hold statistics.
        static let smallest = 4096
    }

    private let content: Content

    init(_ tensor: Tensor) {
        guard let tape = Tape.current, tape.options.savedPrecision == .bfloat16,
            tensor.count >= Constants.smallest, tensor.count == tensor.storage.count
        else {
            content = .full(tensor.detached)
            return
        }
        if let existing = tensor.storage.compressed {
            content = .compressed(existing, shape: tensor.shape)
            return
        }
        let compressed = CompressedStorage(count: tensor.count)
        Device.kernels.compress(tensor.source, compressed.pointer, count: tensor.count)
        tensor.storage.compressed = compressed
        content = .compressed(compressed, shape: tensor.shape)
    }

    func restored() -> Tensor {
        switch content {
        case .full(let tensor): return tensor
        case .compressed(let compressed, let shape):
            let tensor = Tensor(uninitialized: shape)
            Device.kernels.expand(compressed.pointer, tensor.target, count: tensor.count)
            return tensor
        }
    }
}
