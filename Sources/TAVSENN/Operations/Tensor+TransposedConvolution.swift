extension Tensor {
    /// Transposed convolution of a channels-last image: the adjoint of a convolution that maps the output size asked
    /// for to the size of this input.
    ///
    ///     y[b, i·s₁ + u − p₁, j·s₂ + v − p₂, n] += w[c, n, u, v] · x[b, i, j, c],   then + bias[n]
    ///
    /// x: `[B, H, W, C]`, weight: `[C, N, U, V]` (the layout of checkpoints), bias: `[N]`, y: `[B, H′, W′, N]`.
    /// Backward: dx is the convolution of dy with w; dw correlates dy with x; dbias sums dy.
    ///
    /// - Parameter outputSize: H′ and W′; H′ must be one of the s₁ values (H − 1)·s₁ − 2p₁ + U + 0 … s₁ − 1, likewise W′.
    public func transposedConvolution(
        weight: Tensor, bias: Tensor? = nil, stride: AxisPair, padding: AxisPair,
        outputSize: (height: Int, width: Int)
    ) -> Tensor {
        transposedConvolution(
            weight: weight, bias: bias, stride: stride, padding: padding, outputSize: outputSize,
            gathersStatistics: false)
    }

    /// The same; with `gathersStatistics` the result carries the mean and spread of its channels for a batch norm.
    func transposedConvolution(
        weight: Tensor, bias: Tensor?, stride: AxisPair, padding: AxisPair,
        outputSize: (height: Int, width: Int), gathersStatistics: Bool
    ) -> Tensor {
        Contract.rank("transposed convolution", self, 4, "[B, H, W, C]")
        guard weight.rank == 4, weight.shape[0] == shape[3], stride.smallest > 0, padding.smallest >= 0
        else {
            Contract.fail(
                "transposed convolution", "input \(label) does not fit weight \(weight.label) [C, N, U, V]")
        }
        let w = weight.shape
        let (height, width) = outputSize
        guard
            ConvolutionGeometry.outputLength(
                height, kernel: w[2], stride: stride.height, padding: padding.height) == shape[1],
            ConvolutionGeometry.outputLength(
                width, kernel: w[3], stride: stride.width, padding: padding.width) == shape[2]
        else {
            Contract.fail(
                "transposed convolution",
                "cannot make \(height) × \(width) of \(label) with \(weight.label), stride \(stride), padding \(padding)"
            )
        }
        if let bias, bias.shape != [w[1]] {
            Contract.fail("transposed convolution", "bias \(bias.label) does not fit weight \(weight.label)")
        }
        // In the words of the convolution whose adjoint this is, our output is its input.
        let g = ConvolutionGeometry(
            batch: shape[0], inputHeight: height, inputWidth: width, inputChannels: w[1],
            outputHeight: shape[1], outputWidth: shape[2], outputChannels: w[0],
            kernelHeight: w[2], kernelWidth: w[3], stride: stride, padding: padding)
        let result = Tensor(uninitialized: [g.batch, height, width, w[1]])
        let statistics = gathersStatistics ? ChannelStatistics(channels: w[1]) : nil
        Device.kernels.convolutionAdjoint(
            g, operand, weight: weight.source, bias: bias?.source, statistics: statistics, result.target)
        result.storage.statistics = statistics
        let all = [self, weight] + (bias.map { [$0] } ?? [])
        guard Tape.current != nil, all.contains(where: { $0.wantsGradient }) else {
            return result.recorded("transposed convolution", all) { _ in [] }
        }
        let savedX = weight.wantsGradient ? Saved(self) : nil
        let savedWeight = wantsGradient ? weight.detached : nil
        let (shapeX, wantsBias) = (shape, bias?.wantsGradient ?? false)
        return result.recorded("transposed convolution", all) { dy in
            var dx: Tensor?
            var dw: Tensor?
            var db: Tensor?
            if let x = savedX?.restored() {
                let target = Tensor(uninitialized: w)
                Device.kernels.convolutionGradients(
                    g, dy.operand, x.operand, weight: nil, dx: nil, ending: nil, dWeight: target.target,
                    dBias: nil)
                dw = target
            }
            if let weight = savedWeight {
                let target = Tensor(uninitialized: shapeX)
                Device.kernels.convolution(
                    g, dy.operand, weight: weight.source, bias: nil, statistics: nil, target.target)
                dx = target
            }
            if wantsBias {
                let target = Tensor(uninitialized: [g.inputChannels])
                Device.kernels.columnSums(
                    dy.source, rows: g.batch * height * width, columns: g.inputChannels, target.target)
                db = target
            }
            return [dx, dw, db]
        }
    }
}
