// One direction of one layer; gates side by side as reset, update, new (the order of checkpoints).
//
//     r = σ(Wᵢᵣx + bᵢᵣ + Wₕᵣh + bₕᵣ)      z = σ(Wᵢ_z x + bᵢ_z + Wₕ_z h + bₕ_z)
//     n = tanh(Wᵢₙx + bᵢₙ + r·(Wₕₙh + bₕₙ))   h′ = (1 − z)·n + z·h,   h = 0 before the first step
//
// Backward, g = dh′: dn̂ = g(1 − z)(1 − n²), dẑ = g(h − n)z(1 − z), dr̂ = dn̂·(Wₕₙh + bₕₙ)·r(1 − r);
// dh = g·z + Wₕᵀ·[dr̂, dẑ, dn̂·r]. The input's products over all steps are one matrix product each way.
//
// > Source: Cho et al., 2014 (arXiv:1406.1078), with the reset gate applied after the product, as in cuDNN.

/// Weights of one direction of a gated recurrent layer, in the layout and order of checkpoints.
public struct GRUWeights {
    /// `[3H, I]`
    public var input: Tensor
    /// `[3H, H]`
    public var hidden: Tensor
    /// `[3H]`
    public var inputBias: Tensor
    /// `[3H]`
    public var hiddenBias: Tensor

    /// Gates side by side as reset, update, new.
    public init(input: Tensor, hidden: Tensor, inputBias: Tensor, hiddenBias: Tensor) {
        self.input = input
        self.hidden = hidden
        self.inputBias = inputBias
        self.hiddenBias = hiddenBias
    }

    fileprivate var all: [Tensor] { [input, hidden, inputBias, hiddenBias] }
}

/// Memory that the forward pass leaves for the backward pass, r, z, n and the hidden part of n.
private struct GRUSaved {
    let storage: Storage
    let state: GRUState

    init(_ d: GRUDimensions) {
        let size = d.steps * d.batch * d.hidden
        storage = Storage(count: 4 * size)
        let base = storage.pointer
        state = GRUState(reset: base, update: base + size, new: base + 2 * size, hiddenNew: base + 3 * size)
    }
}

extension Tensor {
    /// A gated recurrent layer over a sequence, in one direction or in both side by side.
    ///
    /// x: `[B, T, I]`, y: `[B, T, directions·H]`: forward, then reversed. Directions run on different threads.
    ///
    /// - Parameter directions: weights of the forward direction and, where wanted, of the reversed one.
    public func gru(_ directions: [GRUWeights]) -> Tensor {
        Contract.rank("gru", self, 3, "[B, T, I]")
        guard let first = directions.first, (1...2).contains(directions.count), first.hidden.rank == 2 else {
            Contract.fail("gru", "needs the weights of one or two directions, got \(directions.count)")
        }
        let (batch, steps, inputs, hidden) = (shape[0], shape[1], shape[2], first.hidden.shape[1])
        for w in directions
        where w.input.shape != [3 * hidden, inputs] || w.hidden.shape != [3 * hidden, hidden]
            || w.inputBias.shape != [3 * hidden] || w.hiddenBias.shape != [3 * hidden]
        {
            Contract.fail("gru", "input \(label) does not fit \(w.all.map(\.label).joined(separator: ", "))")
        }
        let width = directions.count * hidden
        let dimensions = directions.indices.map {
            GRUDimensions(batch: batch, steps: steps, hidden: hidden, reversed: $0 == 1, outputStride: width)
        }
        let result = Tensor(uninitialized: [batch, steps, width])
        let saved = dimensions.map(GRUSaved.init)
        let gates = directions.map { w in
            detached.linear(weight: w.input.detached, bias: w.inputBias.detached)
        }
        Parallel.run(directions.count) { i in
            let w = directions[i]
            Device.kernels.gru(
                dimensions[i], inputGates: gates[i].source, weight: w.hidden.source,
                bias: w.hiddenBias.source,
                saved[i].state, result.target + i * hidden)
        }
        let all = [self] + directions.flatMap(\.all)
        guard Tape.current != nil, all.contains(where: { $0.wantsGradient }) else {
            return result.recorded("gru", all) { _ in [] }
        }
        let (x, y, wantsX) = (Saved(self), result.detached, wantsGradient)
        let weights = directions.map { ($0.input.detached, $0.hidden.detached) }
        return result.recorded("gru", all) { dy in
            let input = x.restored()
            let inputGates = directions.indices.map { _ in Tensor(uninitialized: [batch, steps, 3 * hidden]) }
            let hiddenGates = directions.indices.map { _ in Tensor(uninitialized: [batch, steps, 3 * hidden])
            }
            Parallel.run(weights.count) { i in
                Device.kernels.gruGradient(
                    dimensions[i], weight: weights[i].1.source, saved[i].state, y.source + i * hidden,
                    dy.source + i * hidden, dInputGates: inputGates[i].target,
                    dHiddenGates: hiddenGates[i].target)
            }
            var gradients: [Tensor?] = [nil]
            for i in weights.indices {
                let previous = Self.previousStates(y, column: i * hidden, hidden: hidden, reversed: i == 1)
                gradients += Self.gruWeightGradients(
                    inputGates[i], hiddenGates[i], input: input, previous: previous)
            }
            if wantsX {
                let dx = Tensor(uninitialized: input.shape)
                for i in weights.indices {
                    let (gates, weight) = (inputGates[i], weights[i].0)
                    let product = MatrixProduct(
                        m: batch * steps, n: inputs, k: 3 * hidden, beta: i == 0 ? 0 : 1)
                    Device.kernels.multiply(product, gates.source, weight.source, dx.target)
                }
                gradients[0] = dx
            }
            return gradients
        }
    }

    /// The state each step started from, [B, T, H]: the output one step earlier, zero at the start.
    private static func previousStates(_ y: Tensor, column: Int, hidden: Int, reversed: Bool) -> Tensor {
        let (batch, steps, width) = (y.shape[0], y.shape[1], y.shape[2])
        let previous = Tensor.zeros([batch, steps, hidden])
        for b in 0..<batch {
            let from = y.source + b * steps * width + column + (reversed ? width : 0)
            let to = previous.target + b * steps * hidden + (reversed ? 0 : hidden)
            Device.kernels.copyBlocks(
                from, stride: width, to, stride: hidden, length: hidden, count: max(0, steps - 1))
        }
        return previous
    }

    private static func gruWeightGradients(
        _ inputGates: Tensor, _ hiddenGates: Tensor, input: Tensor, previous: Tensor
    ) -> [Tensor] {
        let (rows, width) = (inputGates.shape[0] * inputGates.shape[1], inputGates.shape[2])
        let (inputs, hidden) = (input.shape[2], previous.shape[2])
        let dInput = Tensor(uninitialized: [width, inputs])
        let dHidden = Tensor(uninitialized: [width, hidden])
        let dInputBias = Tensor(uninitialized: [width])
        let dHiddenBias = Tensor(uninitialized: [width])
        let kernels = Device.kernels
        kernels.multiply(
            MatrixProduct(m: width, n: inputs, k: rows, transposeA: true), inputGates.source, input.source,
            dInput.target)
        kernels.multiply(
            MatrixProduct(m: width, n: hidden, k: rows, transposeA: true), hiddenGates.source,
            previous.source,
            dHidden.target)
        kernels.columnSums(inputGates.source, rows: rows, columns: width, dInputBias.target)
        kernels.columnSums(hiddenGates.source, rows: rows, columns: width, dHiddenBias.target)
        return [dInput, dHidden, dInputBias, dHiddenBias]
    }
}
