import CTAVSEKernels

/// The audio U-Net's convolutions: five down with batch norm and leaky ReLU, five up with skip concatenation.
final class UNet {
    private let down: [Convolution]
    private let up: [Convolution]
    private let input: UnsafeMutablePointer<Float>
    private let outputGradient: UnsafeMutablePointer<Float>
    private let downGradients, upGradients, joined: [UnsafeMutablePointer<Float>]

    /// Strides along time; along frequency every level halves.
    static let timeStrides = [2, 2, 1, 1, 1]

    init(batch: Int, rows: Int = 257, columns: Int = 251, channels: [Int] = [1, 32, 64, 128, 256, 512]) {
        var down: [Convolution] = []
        var up: [Convolution] = []
        var (h, w) = (rows, columns)
        for level in 1..<channels.count {
            let time = Self.timeStrides[level - 1]
            down.append(
                Convolution(
                    Convolution.shape(
                        batch, h, w, channels[level - 1], channels[level], stride: 2, timeStride: time)))
            let from = level == channels.count - 1 ? channels[level] : 2 * channels[level]
            up.append(
                Convolution(
                    Convolution.shape(batch, h, w, channels[level - 1], from, stride: 2, timeStride: time),
                    transposed: true))
            (h, w) = ((h - 1) / 2 + 1, (w - 1) / time + 1)
        }
        (self.down, self.up) = (down, up)
        input = Memory.random(batch * rows * columns, deviation: 1)
        outputGradient = Memory.random(batch * rows * columns, deviation: 1)
        downGradients = down.map { Memory.floats($0.outputs * $0.channels) }
        upGradients = up.map { Memory.floats($0.inputs * $0.inChannels) }
        joined = up.map { Memory.floats($0.outputs * $0.channels) }
        Workspace.shared.reserve(Int(tavse_map_workspace(Int64(batch * rows * columns), 512)))
    }

    private var inputSource: tavse_source {
        var source = tavse_source()
        source.values = UnsafePointer(input)
        source.channels = 1
        source.slope = 1
        return source
    }

    private func encoded(_ level: Int) -> tavse_source {
        level < 0 ? inputSource : down[level].activated(slope: 0.2)
    }

    /// What the transposed convolution of a level reads: the level below it, and the skip beside it.
    private func decoderInput(_ level: Int) -> [tavse_source] {
        level == up.count - 1 ? [encoded(level)] : [up[level + 1].activated(slope: 0), encoded(level)]
    }

    func forward(training: Bool = true) {
        for (level, layer) in down.enumerated() { layer.forward([encoded(level - 1)], training: training) }
        for level in up.indices.reversed() {
            let layer = up[level]
            tavse_conv_pack_backward(&layer.plan, layer.weights, layer.backwardWeights)
            var sink = tavse_sink()
            sink.values = layer.z
            sink.slope = 1
            if training, level > 0 {
                sink.mean = layer.norm.mean
                sink.m2 = layer.norm.m2
            }
            let sources = decoderInput(level)
            tavse_conv_backward(
                &layer.plan, nil, 0, sources, Int32(sources.count), layer.backwardWeights, &sink, nil, nil,
                false,
                Workspace.shared.memory)
            if training, level > 0 { layer.norm.forward(pixels: layer.inputs) }
        }
        tavse_sigmoid(Int64(up[0].inputs), up[0].z, up[0].z)
    }

    func backward() {
        for (level, layer) in up.enumerated() {
            var dy = inputSource
            dy.values = UnsafePointer(outputGradient)
            if level > 0 { dy = layer.gradient(upGradients[level]) }
            tavse_conv_pack_forward(&layer.plan, layer.weights, layer.forwardWeights)
            var sink = tavse_sink()
            if level == up.count - 1 {
                sink = down[level].gradientSink(downGradients[level], slope: 0.2)
            } else {
                sink.values = joined[level]
                sink.slope = 1
            }
            tavse_conv_forward(&layer.plan, [dy], 1, layer.forwardWeights, &sink, Workspace.shared.memory)
            let sources = decoderInput(level)
            tavse_conv_backward(
                &layer.plan, [dy], 1, sources, Int32(sources.count), nil, nil, layer.weightGradient, nil,
                false,
                Workspace.shared.memory)
            if level < up.count - 1 { split(level) }
        }
        for level in down.indices.reversed() {
            let layer = down[level]
            layer.norm.backward()
            var sink: tavse_sink?
            if level > 0 {
                sink = down[level - 1].gradientSink(downGradients[level - 1], slope: 0.2)
                sink?.accumulate = true
            }
            layer.backward([encoded(level - 1)], [layer.gradient(downGradients[level])], sink)
        }
    }

    /// The gradient of a concatenation: its first half to the decoder below, its second to the skip.
    private func split(_ level: Int) {
        let below = up[level + 1]
        let half = Int32(below.norm.channels)
        var source = tavse_source()
        source.values = UnsafePointer(joined[level])
        source.stride = Int64(2 * half)
        source.channels = half
        source.slope = 1
        var sink = below.gradientSink(upGradients[level + 1], slope: 0)
        tavse_map(&source, 1, Int64(below.inputs), &sink, Workspace.shared.memory)
        below.norm.backward()
        source.values = UnsafePointer(joined[level] + Int(half))
        sink = tavse_sink()
        sink.values = downGradients[level]
        sink.slope = 1
        tavse_map(&source, 1, Int64(below.inputs), &sink, Workspace.shared.memory)
    }
}
