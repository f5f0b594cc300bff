// y = φ(γ · (z − μ)/√(σ² + ε) + β + residual), φ linear on each side of zero, statistics over all but the last axis.
//
// Training, with ẑ = (z − μ)·r, r = 1/√(σ² + ε), g = dy · φ′, n rows:
//     dβ = Σ g,  dγ = r · Σ g·(z − μ),  dz = c1·g + c2·z + c3,  dresidual = g
//     c1 = γ·r,  c2 = −γ·r²·dγ/n,  c3 = −c1·dβ/n − c2·μ
//
// Normalisation, activation and residual sum are one operation because each alone would be a pass over memory. Without
// a residual neither y nor dz is stored at all: both stay pending and are computed by the convolutions that read them.
// A block's output is stored, because the next convolution, the next shortcut and the mask all read it.
//
// > Source: Ioffe & Szegedy, *Batch Normalization*, ICML 2015 (arXiv:1502.03167).

/// Normalisation as one multiplication and addition per channel: scale = γ·r, shift = β − μ·scale.
struct ChannelAffine {
    let mean: Tensor
    let inverse: Tensor
    let scale: Tensor
    let shift: Tensor

    /// - Parameters:
    ///   - mean: μ.
    ///   - variance: σ², biased.
    init(weight: Tensor, bias: Tensor, mean: [Double], variance: [Double], epsilon: Float) {
        let r = variance.map { 1 / ($0 + Double(epsilon)).squareRoot() }
        let scales = zip(weight.values, r).map { Double($0) * $1 }
        let shifts = zip(bias.values, zip(mean, scales)).map { Double($0) - $1.0 * $1.1 }
        let tensor = { (values: [Double]) in Tensor([values.count], values: values.map(Float.init)) }
        self.mean = tensor(mean)
        inverse = tensor(r)
        scale = tensor(scales)
        shift = tensor(shifts)
    }

    init(weight: Tensor, bias: Tensor, mean: Tensor, variance: Tensor, epsilon: Float) {
        self.init(
            weight: weight, bias: bias, mean: mean.values.map(Double.init),
            variance: variance.values.map(Double.init),
            epsilon: epsilon)
    }
}

extension Tensor {
    private func checkedRows(_ parameters: [Tensor], residual: Tensor?) -> Int {
        guard let channels = shape.last, rank >= 2, parameters.allSatisfy({ $0.shape == [channels] }) else {
            Contract.fail(
                "batch norm", "input \(label) does not fit \(parameters.map(\.label).joined(separator: ", "))"
            )
        }
        if let residual { Contract.equal("batch norm", self, residual) }
        return count / max(1, channels)
    }

    /// φ(self + residual) without history, for a convolution into which the norm is folded.
    func activated(_ activation: Activation, residual: Tensor?) -> Tensor {
        affine(nil, activation, residual: residual)
    }

    /// φ(scale · self + shift + residual), left pending where that saves a pass.
    private func affine(_ a: ChannelAffine?, _ activation: Activation, residual: Tensor?) -> Tensor {
        var part = Operand.Part(self, channels: shape.last ?? 1)
        part.scale = a?.scale
        part.shift = a?.shift
        part.slope = activation.negativeSlope
        if let residual { part.add(residual: residual) }
        let pending = Operand(parts: [part])
        if residual == nil, Tensor.mayPend { return Tensor(shape: shape, pending: pending) }
        let result = Tensor(uninitialized: shape)
        Device.kernels.evaluate(pending, result.target)
        return result
    }

    /// Batch norm with the statistics of this batch, then residual sum and activation.
    ///
    /// x: `[…, C]`; statistics over all axes but the last. Returns y and the statistics for the running ones.
    func batchNormalized(
        weight: Tensor, bias: Tensor, epsilon: Float, activation: Activation, residual: Tensor?
    ) -> (Tensor, ChannelStatistics) {
        let rows = checkedRows([weight, bias], residual: residual)
        guard rows > 1 else {
            Contract.fail(
                "batch norm", "needs more than one value per channel in training, input is \(label)")
        }
        let statistics = storage.statistics ?? Device.kernels.statistics(operand)
        let affine = ChannelAffine(
            weight: weight, bias: bias, mean: statistics.mean,
            variance: statistics.squares.map { $0 / Double(rows) }, epsilon: epsilon)
        let result = self.affine(affine, activation, residual: residual)
        return (
            recordNorm(result, weight, bias, affine, activation, residual, batchStatistics: true), statistics
        )
    }

    /// Batch norm with given statistics, then residual sum and activation: an affine map per channel.
    func batchNormalized(
        weight: Tensor, bias: Tensor, mean: Tensor, variance: Tensor, epsilon: Float, activation: Activation,
        residual: Tensor?
    ) -> Tensor {
        _ = checkedRows([weight, bias, mean, variance], residual: residual)
        let affine = ChannelAffine(
            weight: weight, bias: bias, mean: mean, variance: variance, epsilon: epsilon)
        let result = self.affine(affine, activation, residual: residual)
        return recordNorm(result, weight, bias, affine, activation, residual, batchStatistics: false)
    }

    private func recordNorm(
        _ result: Tensor, _ weight: Tensor, _ bias: Tensor, _ affine: ChannelAffine, _ activation: Activation,
        _ residual: Tensor?, batchStatistics: Bool
    ) -> Tensor {
        let all = [self, weight, bias] + (residual.map { [$0] } ?? [])
        guard Tape.current != nil, all.contains(where: { $0.wantsGradient }) else {
            return result.recorded("batch norm", all) { _ in [] }
        }
        let savedZ = Saved(self)
        let savedY = residual != nil && activation != .none ? Saved(result) : nil
        let step = NormGradientStep(
            z: savedZ, output: savedY, affine: affine, slope: activation.negativeSlope)
        let (wantsZ, wantsResidual) = (wantsGradient, residual?.wantsGradient ?? false)
        // A tape that checks gradients wants to see them as they are; compressed activations are restored once.
        let leavesStep = Tensor.mayPend
        let output = result.recorded("batch norm", all) { dy in
            let z = savedZ.restored()
            var g = dy
            if step.sums == nil {
                g = Tensor(uninitialized: z.shape)
                step.take(accumulates: false) { Device.kernels.end(dy.source, $0, g.target) }
            }
            let gradients = NormGradients(
                step.sums ?? ChannelStatistics(channels: affine.scale.count), affine,
                rows: batchStatistics ? z.count / affine.scale.count : nil)
            let dz = wantsZ ? gradients.input(g, z) : nil
            return [dz, gradients.weight, gradients.bias, wantsResidual ? g : nil]
        }
        if leavesStep { output.node?.step = step }
        return output
    }
}

/// Gradients of batch norm from Σ g and Σ g·(z − μ).
private struct NormGradients {
    let weight: Tensor
    let bias: Tensor
    private let affine: ChannelAffine
    private let slope: Tensor?
    private let constant: Tensor?

    /// - Parameter rows: n, or nil where the statistics are constants.
    init(_ sums: ChannelStatistics, _ affine: ChannelAffine, rows: Int?) {
        let (sum, product) = (sums.mean, sums.squares)
        let r = affine.inverse.values.map(Double.init)
        let tensor = { (values: [Double]) in Tensor([values.count], values: values.map(Float.init)) }
        let weights = zip(product, r).map(*)
        weight = tensor(weights)
        bias = tensor(sum)
        self.affine = affine
        guard let rows else {
            (slope, constant) = (nil, nil)
            return
        }
        let c1 = affine.scale.values.map { Double($0) / Double(rows) }
        let c2 = c1.indices.map { -c1[$0] * r[$0] * weights[$0] }
        let center = affine.mean.values
        slope = tensor(c2)
        constant = tensor(c1.indices.map { -c1[$0] * sum[$0] - c2[$0] * Double(center[$0]) })
    }

    func input(_ g: Tensor, _ z: Tensor) -> Tensor {
        var part = Operand.Part(z, channels: affine.scale.count)
        part.gradient = g
        part.gradientScale = affine.scale
        part.valueScale = slope
        part.constant = constant
        if slope == nil {
            // Constants: dz = c1 · g needs no z.
            part = Operand.Part(g, channels: affine.scale.count)
            part.scale = affine.scale
        }
        return Tensor(shape: z.shape, pending: Operand(parts: [part]))
    }
}
