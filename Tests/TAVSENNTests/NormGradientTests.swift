import NetworkReference
import TAVSENN
import Testing

/// Batch norm's backward pass begins with a mask and two sums, which the kernel that writes the last part of a gradient
/// takes along. A tape that looks for values that are not finite makes every operation do its own work instead.
@Suite("Batch norm's gradient on the way")
struct NormGradientTests {
    /// What a residual network does with norms: pooling, an identity shortcut, one with its own norm, two users.
    struct Residual {
        let state: NetworkState
        let layers: [ConvNorm]
        let head: Conv2D

        init() {
            state = NetworkState(seed: 9)
            let sizes = [(3, 16, 1), (16, 16, 1), (16, 16, 1), (16, 20, 2), (20, 20, 1), (16, 20, 2)]
            layers = sizes.enumerated().map { [state] i, size in
                ConvNorm(
                    state.root / "l\(i)", convolutionName: "conv", normName: "norm", inputs: size.0,
                    outputs: size.1, kernel: 3, stride: AxisPair(size.2), padding: 1)
            }
            head = Conv2D(state.root / "head", inputs: 20, outputs: 4, kernel: 3, padding: 1)
        }

        func callAsFunction(_ x: Tensor, _ activation: Activation, addsTwice: Bool) -> Tensor {
            let stem = layers[0](x, activation: activation).maxPooled(kernel: 3, stride: 2, padding: 1)
            let one = layers[2](
                layers[1](stem, activation: activation), activation: activation, residual: stem)
            let shortcut = layers[5](one, activation: .none)
            let two = layers[4](
                layers[3](one, activation: activation), activation: activation, residual: shortcut)
            let y = head(two).squared().mean()
            // A second user whose gradient is one that others hold as well.
            return addsTwice ? y + (two + two * 0.5).squared().mean() : y
        }
    }

    /// Property: only the order of sums differs.
    @Test(
        "gives the gradients that every operation for itself gives",
        arguments: [Activation.relu, .leakyReLU(slope: 0.2), .none], [false, true])
    func agrees(activation: Activation, addsTwice: Bool) {
        let x = GradientCheckTests.values([3, 22, 18, 3], 4)
        func gradients(_ options: Tape.Options) -> [Tensor] {
            let network = Residual()
            let tape = Tape(options: options)
            let loss = tape.record { network(x, activation, addsTwice: addsTwice) }
            tape.backward(from: loss)
            #expect(tape.firstNonFinite == nil)
            return network.state.parameters.compactMap(\.gradient)
        }
        let together = gradients(.init(tracesNonFinite: false))
        let apart = gradients(.init(tracesNonFinite: true))
        #expect(together.count == apart.count && together.count == 20)
        for (a, b) in zip(together, apart) { #expect(a.error(from: b, floor: 1e-3) < 1e-5) }
    }

    /// Property.
    @Test("adds up over several backward passes")
    func accumulates() {
        let x = GradientCheckTests.values([2, 12, 12, 3], 6)
        let (once, twice) = (Residual(), Residual())
        let tape = Tape()
        tape.backward(from: tape.record { once(x, .relu, addsTwice: false) * 2 })
        for _ in 0..<2 {
            let tape = Tape()
            tape.backward(from: tape.record { twice(x, .relu, addsTwice: false) })
        }
        for (a, b) in zip(twice.state.parameters, once.state.parameters) {
            guard let a = a.gradient, let b = b.gradient else {
                Issue.record("a parameter has no gradient")
                continue
            }
            #expect(a.error(from: b, floor: 1e-3) < 1e-5)
        }
    }
}
