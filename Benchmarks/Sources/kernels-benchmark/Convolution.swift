import CTAVSEKernels

/// A convolution with training-mode batch norm: everything a step needs, driven straight through the C interface.
final class Convolution {
    var plan = tavse_conv_plan()
    let weights: UnsafeMutablePointer<Float>
    let weightGradient: UnsafeMutablePointer<Float>
    let forwardWeights: UnsafeMutablePointer<Float>
    let backwardWeights: UnsafeMutablePointer<Float>
    let norm: Norm
    /// The output before normalisation, `[B, H, W, N]`.
    let z: UnsafeMutablePointer<Float>
    let outputs: Int
    let inputs: Int

    var shape: tavse_conv_shape { plan.shape }
    var inChannels: Int { Int(shape.in_channels) }
    var channels: Int { Int(shape.out_channels) }
    /// Multiply-adds counted as direct convolution, twice.
    var flops: Double {
        2 * Double(outputs * channels * inChannels) * Double(shape.kernel_h * shape.kernel_w)
    }

    /// `transposed`: z holds the input side, as a transposed convolution's output.
    init(_ shape: tavse_conv_shape, transposed: Bool = false) {
        var shape = shape
        guard tavse_conv_make_plan(&shape, &plan) else { fatalError("impossible shape \(shape)") }
        let taps = Int(shape.kernel_h * shape.kernel_w)
        let count = Int(shape.out_channels * shape.in_channels) * taps
        outputs = Int(shape.batch * shape.out_h * shape.out_w)
        inputs = Int(shape.batch * shape.in_h * shape.in_w)
        weights = Memory.random(count, deviation: (2 / Float(Int(shape.in_channels) * taps)).squareRoot())
        weightGradient = Memory.floats(count)
        forwardWeights = Memory.floats(Int(plan.forward_weights))
        backwardWeights = Memory.floats(Int(plan.backward_weights))
        norm = Norm(transposed ? Int(shape.in_channels) : Int(shape.out_channels))
        z = Memory.floats(
            transposed ? inputs * Int(shape.in_channels) : outputs * Int(shape.out_channels))
        Workspace.shared.reserve(Int(max(plan.forward_workspace, plan.backward_workspace)))
    }

    /// Frees the tensors; a table of many layers would otherwise keep them all.
    func deallocate() {
        for memory in [weights, weightGradient, forwardWeights, backwardWeights, z] { memory.deallocate() }
    }

    static func shape(
        _ batch: Int, _ height: Int, _ width: Int, _ from: Int, _ to: Int, kernel: Int = 3, stride: Int = 1,
        timeStride: Int? = nil
    ) -> tavse_conv_shape {
        let (pad, across) = (kernel / 2, timeStride ?? stride)
        return tavse_conv_shape(
            batch: Int32(batch), in_h: Int32(height), in_w: Int32(width), in_channels: Int32(from),
            out_h: Int32((height + 2 * pad - kernel) / stride + 1),
            out_w: Int32((width + 2 * pad - kernel) / across + 1),
            out_channels: Int32(to), kernel_h: Int32(kernel), kernel_w: Int32(kernel),
            stride_h: Int32(stride),
            stride_w: Int32(across), pad_h: Int32(pad), pad_w: Int32(pad))
    }

    /// z ← convolution of the sources; in training with statistics and the batch norm's coefficients.
    func forward(_ sources: [tavse_source], training: Bool = true) {
        tavse_conv_pack_forward(&plan, weights, forwardWeights)
        var sink = tavse_sink()
        sink.values = z
        sink.slope = 1
        if training {
            sink.mean = norm.mean
            sink.m2 = norm.m2
        }
        tavse_conv_forward(
            &plan, sources, Int32(sources.count), forwardWeights, &sink, Workspace.shared.memory)
        if training { norm.forward(pixels: outputs) }
    }

    /// The output seen through batch norm and an activation.
    func activated(slope: Float) -> tavse_source {
        var source = tavse_source()
        source.values = UnsafePointer(z)
        source.channels = Int32(norm.channels)
        source.slope = slope
        source.scale = UnsafePointer(norm.scale)
        source.shift = UnsafePointer(norm.shift)
        return source
    }

    /// The gradient of z from that of the activation, whose mask is already applied.
    func gradient(_ g: UnsafeMutablePointer<Float>, stride: Int = 0) -> tavse_source {
        var source = tavse_source()
        source.values = UnsafePointer(z)
        source.gradient = UnsafePointer(g)
        source.gradient_stride = Int64(stride)
        source.channels = Int32(norm.channels)
        source.slope = 1
        source.c1 = UnsafePointer(norm.c1)
        source.c2 = UnsafePointer(norm.c2)
        source.c3 = UnsafePointer(norm.c3)
        return source
    }

    /// A sink for the gradient of the activation: masks it and gathers what batch norm's backward needs.
    func gradientSink(_ g: UnsafeMutablePointer<Float>, slope: Float) -> tavse_sink {
        var sink = tavse_sink()
        sink.values = g
        sink.slope = slope
        sink.z = UnsafePointer(z)
        sink.scale = UnsafePointer(norm.scale)
        sink.shift = UnsafePointer(norm.shift)
        sink.center = UnsafePointer(norm.center)
        sink.sum = norm.sum
        sink.sum_z = norm.sumZ
        return sink
    }

    /// dw, and dx through the sink if there is one.
    func backward(_ inputs: [tavse_source], _ gradients: [tavse_source], _ sink: tavse_sink?) {
        if var sink {
            tavse_conv_pack_backward(&plan, weights, backwardWeights)
            tavse_conv_backward(
                &plan, inputs, Int32(inputs.count), gradients, Int32(gradients.count), backwardWeights, &sink,
                weightGradient, nil, false, Workspace.shared.memory)
        } else {
            tavse_conv_backward(
                &plan, inputs, Int32(inputs.count), gradients, Int32(gradients.count), nil, nil,
                weightGradient, nil,
                false, Workspace.shared.memory)
        }
    }
}

/// One scratch memory that all layers take turns with.
final class Workspace {
    nonisolated(unsafe) static let shared = Workspace()
    private var size = 0
    private(set) var memory = Memory.bytes(64)

    func reserve(_ bytes: Int) {
        guard bytes > size else { return }
        memory.deallocate()
        memory = Memory.bytes(bytes)
        size = bytes
    }
}
