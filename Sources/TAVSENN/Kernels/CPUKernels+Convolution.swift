import CTAVSEKernels

extension CPUKernels {
    func convolution(
        _ g: ConvolutionGeometry, _ x: Operand, weight: Source, bias: Source?, statistics: ChannelStatistics?,
        _ y: Target
    ) {
        var plan = Self.plan(g)
        Self.withScratch(Int(plan.forward_weights)) { packed in
            tavse_conv_pack_forward(&plan, weight, packed)
            Self.withScratch(bytes: plan.forward_workspace) { workspace in
                Self.withSources(x) { sources, count in
                    Self.withSink(y, bias: bias, statistics) { sink in
                        tavse_conv_forward(&plan, sources, count, packed, sink, workspace)
                    }
                }
            }
        }
    }

    func convolutionAdjoint(
        _ g: ConvolutionGeometry, _ dy: Operand, weight: Source, bias: Source?,
        statistics: ChannelStatistics?,
        _ dx: Target
    ) {
        var plan = Self.plan(g)
        Self.withScratch(Int(plan.backward_weights)) { packed in
            tavse_conv_pack_backward(&plan, weight, packed)
            Self.withScratch(bytes: plan.backward_workspace) { workspace in
                Self.withSources(dy) { gradients, count in
                    Self.withSink(dx, bias: bias, statistics) { sink in
                        tavse_conv_backward(
                            &plan, nil, 0, gradients, count, packed, sink, nil, nil, false, workspace)
                    }
                }
            }
        }
    }

    func convolutionGradients(
        _ g: ConvolutionGeometry, _ x: Operand?, _ dy: Operand, weight: Source?, dx: Target?,
        ending: GradientEnding?, dWeight: Target?, dBias: Target?
    ) {
        var plan = Self.plan(g)
        Self.withScratch(dx == nil ? 1 : Int(plan.backward_weights)) { packed in
            if dx != nil, let weight { tavse_conv_pack_backward(&plan, weight, packed) }
            Self.withScratch(bytes: plan.backward_workspace) { workspace in
                Self.withSources(x) { inputs, inputCount in
                    Self.withSources(dy) { gradients, gradientCount in
                        guard let dx else {
                            tavse_conv_backward(
                                &plan, inputs, inputCount, gradients, gradientCount, nil, nil, dWeight, dBias,
                                false,
                                workspace)
                            return
                        }
                        Self.withSink(dx, ending) { sink in
                            tavse_conv_backward(
                                &plan, inputs, inputCount, gradients, gradientCount, packed, sink, dWeight,
                                dBias,
                                false, workspace)
                        }
                    }
                }
            }
        }
    }

    private static func plan(_ g: ConvolutionGeometry) -> tavse_conv_plan {
        let sizes = [
            g.batch, g.inputHeight, g.inputWidth, g.inputChannels, g.outputHeight, g.outputWidth,
            g.outputChannels,
            g.kernelHeight, g.kernelWidth, g.stride.height, g.stride.width, g.padding.height, g.padding.width,
        ]
        guard sizes.allSatisfy({ Int32(exactly: $0) != nil }) else {
            Contract.fail("convolution", "is too large: \(g)")
        }
        var shape = tavse_conv_shape(
            batch: Int32(g.batch), in_h: Int32(g.inputHeight), in_w: Int32(g.inputWidth),
            in_channels: Int32(g.inputChannels), out_h: Int32(g.outputHeight), out_w: Int32(g.outputWidth),
            out_channels: Int32(g.outputChannels), kernel_h: Int32(g.kernelHeight),
            kernel_w: Int32(g.kernelWidth),
            stride_h: Int32(g.stride.height), stride_w: Int32(g.stride.width),
            pad_h: Int32(g.padding.height), pad_w: Int32(g.padding.width))
        var plan = tavse_conv_plan()
        guard tavse_conv_make_plan(&shape, &plan) else {
            Contract.fail("convolution", "cannot be computed: \(g)")
        }
        return plan
    }

    func maxPool(_ g: ConvolutionGeometry, _ x: Operand, _ y: Target, winner: UnsafeMutablePointer<UInt8>) {
        // The kernel reads one source; several side by side are stored first.
        let single =
            x.parts.count == 1 ? x : Operand(parts: [Operand.Part(evaluated(x), channels: x.channels)])
        Self.withSources(single) { sources, _ in
            tavse_max_pool(
                Int32(g.batch), Int32(g.inputHeight), Int32(g.inputWidth), Int32(g.inputChannels),
                Int32(g.kernelHeight), Int32(g.stride.height), Int32(g.padding.height), Int32(g.outputHeight),
                Int32(g.outputWidth),
                sources, y, winner)
        }
    }

    func maxPoolGradient(
        _ g: ConvolutionGeometry, _ dy: Source, winner: UnsafePointer<UInt8>, _ dx: Target,
        ending: GradientEnding?
    ) {
        let channels = Int32(g.inputChannels)
        let bytes = tavse_map_workspace(Int64(g.batch * g.inputHeight * g.inputWidth), channels)
        Self.withScratch(bytes: bytes) { workspace in
            Self.withSink(dx, ending) { sink in
                tavse_max_pool_backward(
                    Int32(g.batch), Int32(g.inputHeight), Int32(g.inputWidth), channels,
                    Int32(g.kernelHeight),
                    Int32(g.stride.height), Int32(g.padding.height), Int32(g.outputHeight),
                    Int32(g.outputWidth), dy,
                    winner, sink,
                    workspace)
            }
        }
    }

    private func evaluated(_ x: Operand) -> Tensor {
        let tensor = Tensor(uninitialized: [x.pixels, x.channels])
        evaluate(x, tensor.target)
        return tensor
    }
}
