#if canImport(Glibc)
    import Glibc
#elseif canImport(Darwin)
    import Darwin
#endif

// Gates lie side by side as reset, update, new: rows of 3H. Saved values are time-major, [steps, B, H].

extension CPUKernels {
    func gru(
        _ d: GRUDimensions, inputGates: Source, weight: Source, bias: Source, _ state: GRUState, _ y: Target
    ) {
        let (batch, hidden) = (d.batch, d.hidden)
        Self.withScratch(batch * 3 * hidden) { gates in
            var previous: Source?
            for step in 0..<d.steps {
                let t = d.reversed ? d.steps - 1 - step : step
                for b in 0..<batch { (gates + b * 3 * hidden).update(from: bias, count: 3 * hidden) }
                if let previous {
                    var product = MatrixProduct(m: batch, n: 3 * hidden, k: hidden, transposeB: true, beta: 1)
                    product.lda = d.steps * d.outputStride
                    Self.gemm(product, previous, weight, gates)
                }
                for b in 0..<batch {
                    let place = (t * batch + b) * hidden
                    let input = inputGates + (b * d.steps + t) * 3 * hidden
                    let recurrent = gates + b * 3 * hidden
                    let out = y + (b * d.steps + t) * d.outputStride
                    let before = previous.map { $0 + b * d.steps * d.outputStride }
                    for j in 0..<hidden {
                        let r = UnaryOperation.sigmoid(input[j] + recurrent[j])
                        let z = UnaryOperation.sigmoid(input[hidden + j] + recurrent[hidden + j])
                        let hn = recurrent[2 * hidden + j]
                        let n = tanhf(input[2 * hidden + j] + r * hn)
                        state.reset[place + j] = r
                        state.update[place + j] = z
                        state.new[place + j] = n
                        state.hiddenNew[place + j] = hn
                        out[j] = (1 - z) * n + z * (before?[j] ?? 0)
                    }
                }
                previous = Source(y + t * d.outputStride)
            }
        }
    }

    func gruGradient(
        _ d: GRUDimensions, weight: Source, _ state: GRUState, _ y: Source, _ dy: Source,
        dInputGates: Target, dHiddenGates: Target
    ) {
        let (batch, hidden) = (d.batch, d.hidden)
        Self.withScratch(batch * hidden) { carried in
            for k in 0..<batch * hidden { carried[k] = 0 }
            for step in (0..<d.steps).reversed() {
                let t = d.reversed ? d.steps - 1 - step : step
                let before = step == 0 ? nil : (d.reversed ? t + 1 : t - 1)
                for b in 0..<batch {
                    let place = (t * batch + b) * hidden
                    let row = b * d.steps + t
                    let (di, dh) = (dInputGates + row * 3 * hidden, dHiddenGates + row * 3 * hidden)
                    let previous = before.map { y + (b * d.steps + $0) * d.outputStride }
                    for j in 0..<hidden {
                        let g = dy[row * d.outputStride + j] + carried[b * hidden + j]
                        let (r, z) = (state.reset[place + j], state.update[place + j])
                        let (n, hn) = (state.new[place + j], state.hiddenNew[place + j])
                        let dn = g * (1 - z) * (1 - n * n)
                        let dz = g * ((previous?[j] ?? 0) - n) * z * (1 - z)
                        let dr = dn * hn * r * (1 - r)
                        di[j] = dr
                        di[hidden + j] = dz
                        di[2 * hidden + j] = dn
                        dh[j] = dr
                        dh[hidden + j] = dz
                        dh[2 * hidden + j] = dn * r
                        carried[b * hidden + j] = g * z
                    }
                }
                guard step > 0 else { continue }
                var product = MatrixProduct(m: batch, n: hidden, k: 3 * hidden, beta: 1)
                product.lda = d.steps * 3 * hidden
                Self.gemm(product, dHiddenGates + t * 3 * hidden, weight, carried)
            }
        }
    }
}
