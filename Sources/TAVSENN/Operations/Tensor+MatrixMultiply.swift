extension Tensor {
    /// Matrix product over the last two axes.
    ///
    ///     y[…, i, j] = Σₖ a[…, i, k] · b[…, k, j]
    ///
    /// `b` has the leading axes of `a`, or is a single matrix used for all of them.
    /// Backward: da = g · bᵀ, db = aᵀ · g.
    public func multiplied(by b: Tensor) -> Tensor {
        let a = self
        let isShared = b.rank == 2
        guard a.rank >= 2, b.rank >= 2, a.shape[a.rank - 1] == b.shape[b.rank - 2],
            isShared || a.shape.dropLast(2) == b.shape.dropLast(2)
        else { Contract.fail("matrix product", "cannot multiply \(a.label) by \(b.label)") }
        let (n, k) = (b.shape[b.rank - 1], a.shape[a.rank - 1])
        // One shared matrix makes one tall product.
        let batch = isShared ? 1 : a.shape.dropLast(2).reduce(1, *)
        let m = isShared ? a.count / max(1, k) : a.shape[a.rank - 2]
        let result = Tensor(uninitialized: a.shape.dropLast() + [n])
        for i in 0..<batch {
            Device.kernels.multiply(
                MatrixProduct(m: m, n: n, k: k), a.source + i * m * k, b.source + i * k * n,
                result.target + i * m * n)
        }
        guard Tensor.isRecording(a, b) else {
            return result.recorded("matrix product", [a, b]) { _ in [nil, nil] }
        }
        let savedA = b.wantsGradient ? Saved(a) : nil
        let savedB = a.wantsGradient ? b.detached : nil
        let (shapeA, shapeB) = (a.shape, b.shape)
        return result.recorded("matrix product", [a, b]) { g in
            var da: Tensor?
            var db: Tensor?
            if let b = savedB {
                let target = Tensor(uninitialized: shapeA)
                for i in 0..<batch {
                    Device.kernels.multiply(
                        MatrixProduct(m: m, n: k, k: n, transposeB: true), g.source + i * m * n,
                        b.source + i * k * n, target.target + i * m * k)
                }
                da = target
            }
            if let a = savedA?.restored() {
                let target = Tensor(uninitialized: shapeB)
                for i in 0..<batch {
                    Device.kernels.multiply(
                        MatrixProduct(m: k, n: n, k: m, transposeA: true), a.source + i * m * k,
                        g.source + i * m * n, target.target + i * k * n)
                }
                db = target
            }
            return [da, db]
        }
    }

    /// y = x · Wᵀ + bias over the last axis.
    ///
    /// x: `[…, I]`, weight: `[O, I]`, bias: `[O]`, y: `[…, O]`.
    /// Backward: dx = g · W, dW = gᵀ · x, dbias = Σ g over all rows.
    public func linear(weight: Tensor, bias: Tensor? = nil) -> Tensor {
        guard weight.rank == 2, let width = shape.last, width == weight.shape[1] else {
            Contract.fail("linear", "input \(label) does not fit weight \(weight.label)")
        }
        let (outputs, inputs) = (weight.shape[0], width)
        if let bias, bias.shape != [outputs] {
            Contract.fail("linear", "bias \(bias.label) does not fit weight \(weight.label)")
        }
        let rows = shape.dropLast().reduce(1, *)
        let result = Tensor(uninitialized: shape.dropLast() + [outputs])
        let precision = ProductPrecision.current
        var product = MatrixProduct(
            m: rows, n: outputs, k: inputs, transposeB: true, precision: precision)
        if let bias {
            Device.kernels.copyBlocks(
                bias.source, stride: 0, result.target, stride: outputs, length: outputs, count: rows)
            product.beta = 1
        }
        Device.kernels.multiply(product, source, weight.source, result.target)
        let all = [self, weight] + (bias.map { [$0] } ?? [])
        guard Tape.current != nil, all.contains(where: { $0.wantsGradient }) else {
            return result.recorded("linear", all) { _ in [] }
        }
        let savedX = weight.wantsGradient ? Saved(self) : nil
        let savedWeight = wantsGradient ? weight.detached : nil
        let (shapeX, wantsBias) = (shape, bias?.wantsGradient ?? false)
        return result.recorded("linear", all) { g in
            var dx: Tensor?
            var dw: Tensor?
            var db: Tensor?
            if let weight = savedWeight {
                let target = Tensor(uninitialized: shapeX)
                Device.kernels.multiply(
                    MatrixProduct(m: rows, n: inputs, k: outputs, precision: precision), g.source,
                    weight.source, target.target)
                dx = target
            }
            if let x = savedX?.restored() {
                let target = Tensor(uninitialized: [outputs, inputs])
                Device.kernels.multiply(
                    MatrixProduct(
                        m: outputs, n: inputs, k: rows, transposeA: true, precision: precision),
                    g.source, x.source, target.target)
                dw = target
            }
            if wantsBias {
                let target = Tensor(uninitialized: [outputs])
                Device.kernels.columnSums(g.source, rows: rows, columns: outputs, target.target)
                db = target
            }
            return [dx, dw, db]
        }
    }
}
