extension Tensor {
    /// Two-dimensional convolution (cross-correlation) of a channels-last image.
    ///
    ///     y[b, i, j, n] = bias[n] + Σ w[n, c, u, v] · x[b, i·s₁ + u − p₁, j·s₂ + v − p₂, c]
    ///
    /// x: `[B, H, W, C]`, weight: `[N, C, U, V]` (the layout of checkpoints), bias: `[N]`,
    /// y: `[B, H′, W′, N]` with H′ = ⌊(H + 2p₁ − U)/s₁⌋ + 1, likewise W′.
    /// Backward: dx is the adjoint of dy with w; dw correlates x with dy; dbias sums dy over B, H′, W′.
    public func convolution(
        weight: Tensor, bias: Tensor? = nil, stride: AxisPair = 1, padding: AxisPair = 0
    ) -> Tensor {
        convolution(weight: weight, bias: bias, stride: stride, padding: padding, gathersStatistics: false)
    }

    /// The same; with `gathersStatistics` the result carries the mean and spread of its channels for a batch norm.
    func convolution(
        weight: Tensor, bias: Tensor?, stride: AxisPair, padding: AxisPair, gathersStatistics: Bool
    ) -> Tensor {
        Contract.rank("convolution", self, 4, "[B, H, W, C]")
        guard weight.rank == 4, weight.shape[1] == shape[3], stride.smallest > 0, padding.smallest >= 0
        else {
            Contract.fail("convolution", "input \(label) does not fit weight \(weight.label) [N, C, U, V]")
        }
        let w = weight.shape
        let g = ConvolutionGeometry(
            batch: shape[0], inputHeight: shape[1], inputWidth: shape[2], inputChannels: shape[3],
            outputHeight: ConvolutionGeometry.outputLength(
                shape[1], kernel: w[2], stride: stride.height, padding: padding.height),
            outputWidth: ConvolutionGeometry.outputLength(
                shape[2], kernel: w[3], stride: stride.width, padding: padding.width),
            outputChannels: w[0], kernelHeight: w[2], kernelWidth: w[3], stride: stride, padding: padding)
        guard g.outputHeight > 0, g.outputWidth > 0 else {
            Contract.fail(
                "convolution", "kernel \(weight.label) is larger than input \(label) padded by \(padding)")
        }
        if let bias, bias.shape != [w[0]] {
            Contract.fail("convolution", "bias \(bias.label) does not fit weight \(weight.label)")
        }
        let result = Tensor(uninitialized: [g.batch, g.outputHeight, g.outputWidth, g.outputChannels])
        let statistics = gathersStatistics ? ChannelStatistics(channels: g.outputChannels) : nil
        Device.kernels.convolution(
            g, operand, weight: weight.source, bias: bias?.source, statistics: statistics, result.target)
        result.storage.statistics = statistics
        let all = [self, weight] + (bias.map { [$0] } ?? [])
        guard Tape.current != nil, all.contains(where: { $0.wantsGradient }) else {
            return result.recorded("convolution", all) { _ in [] }
        }
        let savedX = weight.wantsGradient ? Saved(self) : nil
        let input = node.map { ($0, weight.detached, shape) }
        let wantsBias = bias?.wantsGradient ?? false
        return result.recorded("convolution", all) { dy in
            let x = savedX?.restored()
            let dw = x.map { _ in Tensor(uninitialized: w) }
            let db = wantsBias ? Tensor(uninitialized: [g.outputChannels]) : nil
            let gradients = { (weight: Source?, dx: Target?, ending: GradientEnding?) in
                Device.kernels.convolutionGradients(
                    g, x?.operand, dy.operand, weight: weight, dx: dx, ending: ending, dWeight: dw?.target,
                    dBias: db?.target)
            }
            guard let (node, weight, shape) = input else {
                gradients(nil, nil, nil)
                return [nil, dw, db]
            }
            return [Node.part(of: node, shape: shape) { gradients(weight.source, $0, $1) }, dw, db]
        }
    }
}
