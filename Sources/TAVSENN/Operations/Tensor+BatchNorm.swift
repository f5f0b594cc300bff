// y = φ(γ · (x − μ)/√(σ² + ε) + β + residual), φ linear on each side of zero, statistics over all but the last axis.
//
// Training, with x̂ = (x − μ)·r, r = 1/√(σ² + ε), g = dy · φ′ (sign of y), n rows:
//     dβ = Σ g,  dγ = Σ g·x̂,  dx = γ·r·(g − dβ/n − x̂·dγ/n),  dresidual = g
// Normalisation, activation and residual sum are one operation because each alone would be a pass over memory.
//
// > Source: Ioffe & Szegedy, *Batch Normalization*, ICML 2015 (arXiv:1502.03167).

/// Mean and biased variance per channel.
struct ChannelMoments {
    let mean: Tensor
    let variance: Tensor
}

extension Tensor {
    private func checkedRows(_ operation: String, _ parameters: [Tensor], residual: Tensor?) -> Int {
        guard let channels = shape.last, rank >= 2, parameters.allSatisfy({ $0.shape == [channels] }) else {
            Contract.fail(
                operation, "input \(label) does not fit \(parameters.map(\.label).joined(separator: ", "))")
        }
        if let residual { Contract.equal(operation, self, residual) }
        return count / max(1, channels)
    }

    /// Batch norm with the statistics of this batch, then residual sum and activation.
    ///
    /// x: `[…, C]`; statistics over all axes but the last. Returns y and the moments for the running statistics.
    func batchNormalized(
        weight: Tensor, bias: Tensor, epsilon: Float, activation: Activation, residual: Tensor?
    ) -> (Tensor, ChannelMoments) {
        let rows = checkedRows("batch norm", [weight, bias], residual: residual)
        let channels = weight.count
        guard rows > 1 else {
            Contract.fail(
                "batch norm", "needs more than one value per channel in training, input is \(label)")
        }
        let mean = Tensor(uninitialized: [channels])
        let variance = Tensor(uninitialized: [channels])
        Device.kernels.channelMoments(
            source, rows: rows, channels: channels, mean: mean.target, variance: variance.target)
        let affine = ChannelAffine(weight, bias, mean, variance, epsilon)
        let result = Tensor(uninitialized: shape)
        Device.kernels.channelAffine(
            source, scale: affine.scale.source, shift: affine.shift.source, residual: residual?.source,
            activation,
            result.target, rows: rows, channels: channels)
        let moments = ChannelMoments(mean: mean, variance: variance)
        let all = [self, weight, bias] + (residual.map { [$0] } ?? [])
        guard Tape.current != nil, all.contains(where: { $0.wantsGradient }) else {
            return (result.recorded("batch norm", all) { _ in [] }, moments)
        }
        let (savedX, savedY) = (Saved(self), activation == .none ? nil : Saved(result))
        let (wantsX, gamma) = (wantsGradient, weight.detached)
        let wantsResidual = residual?.wantsGradient ?? false
        let inverse = affine.inverse
        let recorded = result.recorded("batch norm", all) { dy in
            let x = savedX.restored()
            let y = savedY?.restored() ?? x
            let pass = BatchNormPass(
                x: x.source, y: y.source, dy: dy.source, mean: mean.source, inverseDeviation: inverse.source,
                activation: activation, rows: rows, channels: channels)
            let dBias = Tensor(uninitialized: [channels])
            let dWeight = Tensor(uninitialized: [channels])
            Device.kernels.batchNormSums(pass, sumGradient: dBias.target, sumProduct: dWeight.target)
            guard wantsX || wantsResidual else { return [nil, dWeight, dBias, nil] }
            let factor = gamma * inverse
            let scale = Tensor(-1 / Float(rows))
            let slope = factor * inverse * dWeight * scale
            let constant = factor * dBias * scale
            let dx = Tensor(uninitialized: x.shape)
            let dResidual = wantsResidual ? Tensor(uninitialized: x.shape) : nil
            Device.kernels.batchNormInputGradient(
                pass, factor: factor.source, slope: slope.source, constant: constant.source, dx.target,
                residual: dResidual?.target)
            return [wantsX ? dx : nil, dWeight, dBias, dResidual]
        }
        return (recorded, moments)
    }

    /// Batch norm with given statistics, then residual sum and activation: an affine map per channel.
    func batchNormalized(
        weight: Tensor, bias: Tensor, mean: Tensor, variance: Tensor, epsilon: Float, activation: Activation,
        residual: Tensor?
    ) -> Tensor {
        let rows = checkedRows("batch norm", [weight, bias, mean, variance], residual: residual)
        let channels = weight.count
        let affine = ChannelAffine(weight, bias, mean, variance, epsilon)
        let result = Tensor(uninitialized: shape)
        Device.kernels.channelAffine(
            source, scale: affine.scale.source, shift: affine.shift.source, residual: residual?.source,
            activation,
            result.target, rows: rows, channels: channels)
        let all = [self, weight, bias] + (residual.map { [$0] } ?? [])
        guard Tape.current != nil, all.contains(where: { $0.wantsGradient }) else {
            return result.recorded("batch norm", all) { _ in [] }
        }
        let (savedX, savedY) = (Saved(self), activation == .none ? nil : Saved(result))
        let wantsResidual = residual?.wantsGradient ?? false
        return result.recorded("batch norm", all) { dy in
            let x = savedX.restored()
            let y = savedY?.restored() ?? x
            let pass = BatchNormPass(
                x: x.source, y: y.source, dy: dy.source, mean: mean.source,
                inverseDeviation: affine.inverse.source,
                activation: activation, rows: rows, channels: channels)
            let dBias = Tensor(uninitialized: [channels])
            let dWeight = Tensor(uninitialized: [channels])
            Device.kernels.batchNormSums(pass, sumGradient: dBias.target, sumProduct: dWeight.target)
            let dx = Tensor(uninitialized: x.shape)
            let dResidual = wantsResidual ? Tensor(uninitialized: x.shape) : nil
            let zero = Tensor.zeros([channels])
            Device.kernels.batchNormInputGradient(
                pass, factor: affine.scale.source, slope: zero.source, constant: zero.source, dx.target,
                residual: dResidual?.target)
            return [dx, dWeight, dBias, dResidual]
        }
    }
}

/// Normalisation as one multiplication and addition per channel: scale = γ·r, shift = β − μ·scale.
struct ChannelAffine {
    let inverse: Tensor
    let scale: Tensor
    let shift: Tensor

    init(_ weight: Tensor, _ bias: Tensor, _ mean: Tensor, _ variance: Tensor, _ epsilon: Float) {
        let (gamma, beta, mu, sigma) = (weight.values, bias.values, mean.values, variance.values)
        let r = sigma.map { Float(1 / (Double($0) + Double(epsilon)).squareRoot()) }
        let scales = zip(gamma, r).map { $0 * $1 }
        let shifts = zip(beta, zip(mu, scales)).map { Float(Double($0) - Double($1.0) * Double($1.1)) }
        inverse = Tensor([r.count], values: r)
        scale = Tensor([r.count], values: scales)
        shift = Tensor([r.count], values: shifts)
    }
}
