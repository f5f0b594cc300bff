import CTAVSEKernels
import Foundation

/// One row per convolution: forward, input gradient and weight gradient, in GFLOPS counted as direct convolution.
enum LayerTable {
    static func layers(batch: Int, width: Int) -> [(String, tavse_conv_shape)] {
        let (w, b) = (width, batch)
        var rows = [
            ("tower stem 3→\(w), 7×7/2", Convolution.shape(b, 96, 96, 3, w, kernel: 7, stride: 2)),
            ("tower stem 3→\(w), 7×7/1", Convolution.shape(b, 96, 96, 3, w, kernel: 7)),
            ("tower \(w)→\(w) at 48²", Convolution.shape(b, 48, 48, w, w)),
        ]
        var size = 24
        for stage in 0..<4 {
            let c = w << stage
            rows.append(("tower \(c)→\(c) at \(size)²", Convolution.shape(b, size, size, c, c)))
            if stage < 3 {
                rows.append(
                    (
                        "tower \(c)→\(2 * c)/2 at \(size)²",
                        Convolution.shape(b, size, size, c, 2 * c, stride: 2)
                    ))
                rows.append(
                    (
                        "tower 1×1 \(c)→\(2 * c)/2",
                        Convolution.shape(b, size, size, c, 2 * c, kernel: 1, stride: 2)
                    ))
            }
            size /= 2
        }
        var (h, v) = (257, 251)
        let channels = [1, 32, 64, 128, 256, 512]
        for level in 1..<channels.count {
            let time = UNet.timeStrides[level - 1]
            func add(_ from: Int, _ to: Int) {
                rows.append(
                    (
                        "U-Net \(from)→\(to)/(2, \(time))",
                        Convolution.shape(8, h, v, from, to, stride: 2, timeStride: time)
                    ))
            }
            add(channels[level - 1], channels[level])
            // The decoder's transposed convolution is the adjoint of this one; the deepest has no skip beside it.
            if level < channels.count - 1 { add(channels[level - 1], 2 * channels[level]) }
            (h, v) = ((h - 1) / 2 + 1, (v - 1) / time + 1)
        }
        return rows
    }

    static func print(batch: Int, width: Int, runs: Int, processor: Bool) {
        Swift.print("layer,forward,input gradient,weight gradient,both gradients")
        for (name, shape) in layers(batch: batch, width: width) {
            let layer = Convolution(shape)
            var source = tavse_source()
            let x = Memory.random(layer.inputs * layer.inChannels, deviation: 1)
            source.values = UnsafePointer(x)
            source.channels = shape.in_channels
            source.slope = 1
            var gradient = source
            let dy = Memory.random(layer.outputs * layer.channels, deviation: 1)
            gradient.values = UnsafePointer(dy)
            gradient.channels = shape.out_channels
            var sink = tavse_sink()
            let dx = Memory.floats(layer.inputs * layer.inChannels)
            sink.values = dx
            sink.slope = 1
            func gflops(_ times: Double, _ body: () -> Void) -> String {
                let timing = Timing.best(of: runs, body)
                return String(
                    format: "%.0f", times * layer.flops / (processor ? timing.processor : timing.wall) * 1e-6)
            }
            let forward = gflops(1) { layer.forward([source], training: false) }
            let input = gflops(1) {
                tavse_conv_pack_backward(&layer.plan, layer.weights, layer.backwardWeights)
                tavse_conv_backward(
                    &layer.plan, nil, 0, &gradient, 1, layer.backwardWeights, &sink, nil, nil, false,
                    Workspace.shared.memory)
            }
            let weight = gflops(1) { layer.backward([source], [gradient], nil) }
            let both = gflops(2) { layer.backward([source], [gradient], sink) }
            Swift.print("\(name),\(forward),\(input),\(weight),\(both)")
            for memory in [x, dy, dx] { memory.deallocate() }
            layer.deallocate()
        }
    }
}
