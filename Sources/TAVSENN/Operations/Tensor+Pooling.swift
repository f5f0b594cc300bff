extension Tensor {
    /// Largest value in each window of a channels-last image; what lies outside never wins.
    ///
    /// x: `[B, H, W, C]`, y: `[B, H′, W′, C]` with H′ = ⌊(H + 2p − k)/s⌋ + 1.
    /// Backward: the gradient goes to the winner of each window, the first of equal ones.
    public func maxPooled(kernel: Int, stride: Int, padding: Int = 0) -> Tensor {
        Contract.rank("max pool", self, 4, "[B, H, W, C]")
        guard (1...15).contains(kernel), stride > 0, padding >= 0, padding <= kernel / 2 else {
            Contract.fail(
                "max pool", "needs kernel 1…15 and padding at most half of it, got \(kernel) and \(padding)")
        }
        let g = ConvolutionGeometry(
            batch: shape[0], inputHeight: shape[1], inputWidth: shape[2], inputChannels: shape[3],
            outputHeight: ConvolutionGeometry.outputLength(
                shape[1], kernel: kernel, stride: stride, padding: padding),
            outputWidth: ConvolutionGeometry.outputLength(
                shape[2], kernel: kernel, stride: stride, padding: padding),
            outputChannels: shape[3], kernelHeight: kernel, kernelWidth: kernel,
            stride: AxisPair(stride), padding: AxisPair(padding))
        guard g.outputHeight > 0, g.outputWidth > 0 else {
            Contract.fail("max pool", "window \(kernel) is larger than input \(label) padded by \(padding)")
        }
        let result = Tensor(uninitialized: [g.batch, g.outputHeight, g.outputWidth, g.outputChannels])
        let winner = ByteStorage(count: result.count)
        Device.kernels.maxPool(g, operand, result.target, winner: winner.pointer)
        guard let node else { return result.recorded("max pool", [self]) { _ in [] } }
        let shapeX = shape
        return result.recorded("max pool", [self]) { dy in
            [
                Node.part(of: node, shape: shapeX) { dx, ending in
                    Device.kernels.maxPoolGradient(
                        g, dy.source, winner: winner.pointer, dx, ending: ending)
                }
            ]
        }
    }

    /// Mean over the pixels of each image: `[B, H, W, C]` to `[B, C]`.
    public func globalAveragePooled() -> Tensor {
        Contract.rank("global average pool", self, 4, "[B, H, W, C]")
        return reshaped([shape[0], shape[1] * shape[2], shape[3]]).mean(axis: 1)
    }
}
