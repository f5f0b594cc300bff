// y = x̂·γ + β with x̂ = (x − mean)/√(var + ε) over the last axis, biased variance.
// Backward, h = dy·γ, D columns: dx = (h − Σh/D − x̂·Σ(h·x̂)/D)/√(var + ε), dγ = Σ dy·x̂, dβ = Σ dy over rows.
//
// > Source: Ba, Kiros & Hinton, *Layer Normalization*, 2016 (arXiv:1607.06450).

extension Tensor {
    /// Layer norm over the last axis.
    ///
    /// x: `[…, D]`, weight γ and bias β: `[D]`.
    public func layerNormalized(weight: Tensor, bias: Tensor, epsilon: Float = 1e-5) -> Tensor {
        guard let columns = shape.last, weight.shape == [columns], bias.shape == [columns] else {
            Contract.fail("layer norm", "input \(label) does not fit \(weight.label) and \(bias.label)")
        }
        let rows = count / max(1, columns)
        let mean = Tensor(uninitialized: [rows])
        let inverse = Tensor(uninitialized: [rows])
        let result = Tensor(uninitialized: shape)
        Device.kernels.layerNorm(
            source, weight: weight.source, bias: bias.source, epsilon: epsilon, rows: rows, columns: columns,
            mean: mean.target, inverseDeviation: inverse.target, result.target)
        guard Tensor.isRecording(self, weight, bias) else {
            return result.recorded("layer norm", [self, weight, bias]) { _ in [] }
        }
        let (saved, gamma) = (Saved(self), weight.detached)
        return result.recorded("layer norm", [self, weight, bias]) { dy in
            let x = saved.restored()
            let dx = Tensor(uninitialized: x.shape)
            let dWeight = Tensor(uninitialized: [columns])
            let dBias = Tensor(uninitialized: [columns])
            Device.kernels.layerNormGradient(
                x.source, weight: gamma.source, mean: mean.source, inverseDeviation: inverse.source,
                dy.source,
                rows: rows, columns: columns, dx.target, dWeight: dWeight.target, dBias: dBias.target)
            return [dx, dWeight, dBias]
        }
    }
}
