import CTAVSEKernels

/// The visual tower without its recurrent layer: ResNet-18 from frames to one feature vector per frame.
///
/// A training step stores every convolution's output z before batch norm and each block's output; batch norm, ReLU and
/// residual additions happen while the next kernel loads, statistics and gradient sums while one stores.
final class Tower {
    let frames: UnsafeMutablePointer<Float>
    let features: UnsafeMutablePointer<Float>
    let featureGradient: UnsafeMutablePointer<Float>
    private let batch: Int
    private let channels: Int
    private let stem: Convolution
    private let pooled, pooledGradient: UnsafeMutablePointer<Float>
    private let winners: UnsafeMutablePointer<UInt8>
    private let stemGradient: UnsafeMutablePointer<Float>
    private let poolSize: Int
    private var blocks: [Block] = []

    private final class Block {
        let first, second: Convolution
        let shortcut: Convolution?
        let input, output, gradient, inner: UnsafeMutablePointer<Float>
        let inChannels: Int

        /// An identity block takes over its input's gradient memory: the shortcut's part is then already in place, and
        /// the convolution's part is added to it.
        init(
            _ batch: Int, _ size: Int, _ from: Int, _ to: Int, stride: Int,
            input: UnsafeMutablePointer<Float>,
            inputGradient: UnsafeMutablePointer<Float>
        ) {
            first = Convolution(Convolution.shape(batch, size, size, from, to, stride: stride))
            second = Convolution(Convolution.shape(batch, size / stride, size / stride, to, to))
            shortcut =
                stride == 1 && from == to
                ? nil : Convolution(Convolution.shape(batch, size, size, from, to, kernel: 1, stride: stride))
            self.input = input
            inChannels = from
            output = Memory.floats(second.outputs * to)
            gradient = shortcut == nil ? inputGradient : Memory.floats(second.outputs * to)
            inner = Memory.floats(second.outputs * to)
        }

        /// The block's output seen through batch norm, shortcut and ReLU, stored on the way.
        func outputSource() -> tavse_source {
            var source = second.activated(slope: 0)
            if let shortcut {
                source.residual = UnsafePointer(shortcut.z)
                source.residual_scale = UnsafePointer(shortcut.norm.scale)
                source.residual_shift = UnsafePointer(shortcut.norm.shift)
            } else {
                source.residual = UnsafePointer(input)
            }
            source.store = output
            return source
        }

        /// Where the gradient of the output goes: masked by the stored output, summed for the second batch norm.
        func outputSink() -> tavse_sink {
            var sink = second.gradientSink(gradient, slope: 0)
            sink.output = UnsafePointer(output)
            return sink
        }
    }

    init(batch: Int, channels: Int = 3, width: Int, stemStride: Int = 2) {
        let stemLayer = Convolution(
            Convolution.shape(batch, 96, 96, channels, width, kernel: 7, stride: stemStride))
        self.batch = batch
        self.channels = channels
        stem = stemLayer
        let size = Int(stemLayer.shape.out_h)
        poolSize = (size + 2 - 3) / 2 + 1
        let pooledCount = batch * poolSize * poolSize * width
        frames = Memory.random(batch * 96 * 96 * channels, deviation: 1)
        pooled = Memory.floats(pooledCount)
        pooledGradient = Memory.floats(pooledCount)
        winners = Memory.bytes(pooledCount).assumingMemoryBound(to: UInt8.self)
        stemGradient = Memory.floats(stemLayer.outputs * width)
        features = Memory.floats(batch * 8 * width)
        featureGradient = Memory.random(batch * 8 * width, deviation: 1)
        var (side, from, input, gradient) = (poolSize, width, pooled, pooledGradient)
        for stage in 0..<4 {
            for index in 0..<2 {
                let stride = stage > 0 && index == 0 ? 2 : 1
                let block = Block(
                    batch, side, from, width << stage, stride: stride, input: input, inputGradient: gradient)
                (side, from, input, gradient) = (side / stride, width << stage, block.output, block.gradient)
                blocks.append(block)
            }
        }
        Workspace.shared.reserve(Int(tavse_map_workspace(Int64(stemLayer.outputs), Int32(8 * width))))
    }

    private static func plain(_ values: UnsafeMutablePointer<Float>, _ channels: Int) -> tavse_source {
        var source = tavse_source()
        source.values = UnsafePointer(values)
        source.channels = Int32(channels)
        source.slope = 1
        return source
    }

    func forward(training: Bool = true) {
        let size = stem.shape.out_h
        stem.forward([Self.plain(frames, channels)], training: training)
        var source = stem.activated(slope: 0)
        tavse_max_pool(
            Int32(batch), size, size, Int32(stem.channels), 3, 2, 1, Int32(poolSize), Int32(poolSize),
            &source,
            pooled, training ? winners : nil)
        // A block's output is computed and stored by the first convolution of the next.
        source = Self.plain(pooled, stem.channels)
        for block in blocks {
            block.first.forward([source], training: training)
            block.shortcut?.forward([Self.plain(block.input, block.inChannels)], training: training)
            block.second.forward([block.first.activated(slope: 0)], training: training)
            source = block.outputSource()
        }
        guard let last = blocks.last else { return }
        var sink = tavse_sink()
        sink.values = last.output
        sink.slope = 1
        source.store = nil
        tavse_map(&source, 1, Int64(last.second.outputs), &sink, Workspace.shared.memory)
        var output = Self.plain(last.output, last.second.channels)
        tavse_global_average(Int32(batch), Int32(last.second.outputs / batch), &output, features)
    }

    /// All parameter gradients from the gradient of the features.
    func backward() {
        guard let last = blocks.last else { return }
        var sink = last.outputSink()
        tavse_global_average_backward(
            Int32(batch), Int32(last.second.outputs / batch), Int32(last.second.channels), featureGradient,
            &sink,
            Workspace.shared.memory)
        for index in blocks.indices.reversed() {
            let block = blocks[index]
            block.second.norm.backward()
            block.second.backward(
                [block.first.activated(slope: 0)], [block.second.gradient(block.gradient)],
                block.first.gradientSink(block.inner, slope: 0))
            block.first.norm.backward()

            // The gradient of the block's input: where the previous block keeps its own, masked and summed for it.
            let target = index > 0 ? blocks[index - 1].gradient : pooledGradient
            var into = tavse_sink()
            into.slope = 1
            if index > 0 { into = blocks[index - 1].outputSink() }
            into.values = target
            into.accumulate = true
            let input = Self.plain(block.input, block.inChannels)
            if let shortcut = block.shortcut {
                var through = shortcut.gradientSink(block.gradient, slope: 1)
                var g = Self.plain(block.gradient, shortcut.channels)
                tavse_map(&g, 1, Int64(shortcut.outputs), &through, Workspace.shared.memory)
                shortcut.norm.backward()
                var plain = tavse_sink()
                plain.values = target
                plain.slope = 1
                shortcut.backward([input], [shortcut.gradient(block.gradient)], plain)
            }
            block.first.backward([input], [block.first.gradient(block.inner)], into)
        }
        let size = stem.shape.out_h
        var through = stem.gradientSink(stemGradient, slope: 0)
        tavse_max_pool_backward(
            Int32(batch), size, size, Int32(stem.channels), 3, 2, 1, Int32(poolSize), Int32(poolSize),
            pooledGradient, winners, &through, Workspace.shared.memory)
        stem.norm.backward()
        stem.backward([Self.plain(frames, channels)], [stem.gradient(stemGradient)], nil)
    }
}
