import TAVSENN

/// Two 3×3 convolutions with norms and a shortcut: the block of ResNet-18.
///
///     y = relu( bn2(conv2( relu(bn1(conv1(x))) )) + shortcut(x) )
///
/// The shortcut is x itself, or a 1×1 convolution with a norm where size or channels change.
///
/// > Source: He et al., *Deep Residual Learning for Image Recognition*, CVPR 2016 (arXiv:1512.03385).
struct BasicBlock: Sendable {
    private let first: ConvNorm
    private let second: ConvNorm
    private let downsample: ConvNorm?

    init(_ scope: Scope, inputs: Int, outputs: Int, stride: AxisPair) {
        first = ConvNorm(
            scope, convolutionName: "conv1", normName: "bn1", inputs: inputs, outputs: outputs, kernel: 3,
            stride: stride, padding: 1)
        second = ConvNorm(
            scope, convolutionName: "conv2", normName: "bn2", inputs: outputs, outputs: outputs, kernel: 3,
            padding: 1)
        downsample =
            stride == 1 && inputs == outputs
            ? nil
            : ConvNorm(
                scope / "downsample", convolutionName: "0", normName: "1", inputs: inputs, outputs: outputs,
                kernel: 1,
                stride: stride)
    }

    func callAsFunction(_ x: Tensor) -> Tensor {
        let shortcut = downsample.map { $0(x, activation: .none) } ?? x
        return second(first(x, activation: .relu), activation: .relu, residual: shortcut)
    }
}

/// Mouth frames to features: ResNet-18 per frame, global average pool, bidirectional GRU over time.
public struct VisualEncoder: Sendable {
    private let stem: ConvNorm
    private let blocks: [BasicBlock]
    private let gru: GRU
    private let side: Int

    /// - Parameters:
    ///   - scope: place of the parameters.
    ///   - specification: sizes.
    ///   - channels: channels of a frame.
    public init(_ scope: Scope, _ specification: NetworkSpecification, channels: Int) {
        let width = specification.visualWidth
        side = specification.roiSize
        stem = ConvNorm(
            scope, convolutionName: "conv1", normName: "bn1", inputs: channels, outputs: width, kernel: 7,
            stride: AxisPair(specification.stemStride), padding: 3)
        var blocks: [BasicBlock] = []
        var inputs = width
        for (stage, outputs) in [width, 2 * width, 4 * width, 8 * width].enumerated() {
            let place = scope / "layer\(stage + 1)"
            blocks.append(BasicBlock(place / 0, inputs: inputs, outputs: outputs, stride: stage == 0 ? 1 : 2))
            blocks.append(BasicBlock(place / 1, inputs: outputs, outputs: outputs, stride: 1))
            inputs = outputs
        }
        self.blocks = blocks
        gru = GRU(
            scope / "gru", inputs: inputs, hidden: specification.gruHidden, layers: specification.gruLayers)
    }

    /// frames: `[B, N, H, W, C]`, result: `[B, N, V]`.
    ///
    /// - Parameter recomputes: whether stem and blocks keep only their inputs and run again in backward.
    public func callAsFunction(_ frames: Tensor, recomputes: Bool = false) -> Tensor {
        let frames = averaged(frames)
        let s = frames.shape
        let images = frames.reshaped([s[0] * s[1], s[2], s[3], s[4]])
        let stem = stem
        let part = { (x: Tensor, body: @escaping (Tensor) -> Tensor) in
            recomputes ? checkpoint([x]) { body($0[0]) } : body(x)
        }
        let start = part(images) { stem($0, activation: .relu).maxPooled(kernel: 3, stride: 2, padding: 1) }
        let maps = blocks.reduce(start) { x, block in part(x) { block($0) } }
        return gru(maps.globalAveragePooled().reshaped([s[0], s[1], -1]))
    }

    /// Frames of `roi_size` pixels from larger ones: means over squares. What a camera gives has no gradient.
    private func averaged(_ frames: Tensor) -> Tensor {
        let s = frames.shape
        guard s[2] > side, s[2] == s[3] else { return frames }
        precondition(s[2] % side == 0, "frames of \(s[2]) pixels, roi_size \(side) does not divide them")
        let (factor, channels) = (s[2] / side, s[4])
        let share = 1 / Float(factor * factor)
        return Tensor([s[0], s[1], side, side, channels]) { target in
            frames.values.withUnsafeBufferPointer { pixels in
                var next = 0
                for row in 0..<s[0] * s[1] * side {
                    for x in 0..<side {
                        for c in 0..<channels {
                            var sum: Float = 0
                            for v in 0..<factor {
                                let first = ((row * factor + v) * s[2] + x * factor) * channels + c
                                for u in 0..<factor { sum += pixels[first + u * channels] }
                            }
                            target[next] = sum * share
                            next += 1
                        }
                    }
                }
            }
        }
    }
}
