import NetworkReference
import TAVSENN
import Testing

@Suite("Tape")
struct TapeTests {
    /// A small image network whose parts exercise pending values: convolutions, norms, a shortcut, side by side.
    struct Small {
        let state: NetworkState
        let first: ConvNorm
        let second: ConvNorm
        let last: Conv2D

        init(seed: UInt64 = 5) {
            state = NetworkState(seed: seed)
            first = ConvNorm(
                state.root, convolutionName: "c1", normName: "n1", inputs: 3, outputs: 8, kernel: 3,
                padding: 1)
            second = ConvNorm(
                state.root, convolutionName: "c2", normName: "n2", inputs: 8, outputs: 8, kernel: 3,
                padding: 1)
            last = Conv2D(state.root / "c3", inputs: 16, outputs: 2, kernel: 3, stride: 2, padding: 1)
        }

        func callAsFunction(_ x: Tensor) -> Tensor {
            let a = first(x, activation: .relu)
            let b = second(a, activation: .leakyReLU(slope: 0.2), residual: a)
            return last(Tensor.concatenated([a, b], axis: -1)).squared().mean()
        }

        func gradients(_ x: Tensor, _ options: Tape.Options = .init(), checkpointed: Bool = false) -> [Tensor]
        {
            state.clearGradients()
            let tape = Tape(options: options)
            let loss = tape.record {
                checkpointed ? checkpoint([x]) { callAsFunction($0[0]) } : callAsFunction(x)
            }
            tape.backward(from: loss)
            return state.parameters.compactMap(\.gradient)
        }
    }

    let x = GradientCheckTests.values([2, 9, 7, 3], 11)

    /// Property.
    @Test("saves nothing without recording")
    func noRecording() {
        let network = Small()
        let tape = Tape()
        tape.record { _ = noGradient { network(x) } }
        #expect(tape.count == 0)
        _ = network(x)
        #expect(network.state.parameters.allSatisfy { $0.gradient == nil })
    }

    /// Property: the same gradients, to the rounding of statistics computed again.
    @Test("a checkpointed part gives the same gradients and updates running statistics once")
    func checkpointing() {
        let (plain, saved) = (Small(), Small())
        let expected = plain.gradients(x)
        let found = saved.gradients(x, checkpointed: true)
        #expect(found.count == expected.count)
        for (a, b) in zip(found, expected) { #expect(a.error(from: b, floor: 1e-4) < 1e-5) }
        #expect(saved.state.counters.allSatisfy { $0.value == 1 })
        #expect(
            zip(plain.state.buffers, saved.state.buffers).allSatisfy { $0.value.values == $1.value.values })
    }

    /// Property: bfloat16 has 8 significant bits.
    @Test("activations saved as bfloat16 change gradients by about one part in 256")
    func savedPrecision() {
        let input = GradientCheckTests.values([2, 32, 32, 3], 11)
        let exact = Small().gradients(input)
        let rounded = Small().gradients(input, Tape.Options(savedPrecision: .bfloat16))
        for (a, b) in zip(rounded, exact) { #expect(a.error(from: b, floor: 0.05) < 0.02) }
        #expect(zip(rounded, exact).contains { $0.values != $1.values })
    }

    /// Property: nothing outside the part is saved, so no rounding is left.
    @Test("a checkpointed part has exact gradients under bfloat16 too")
    func checkpointUnderSavedPrecision() {
        let input = GradientCheckTests.values([2, 32, 32, 3], 11)
        let full = Small().gradients(input, checkpointed: true)
        let rounded = Small().gradients(
            input, Tape.Options(savedPrecision: .bfloat16), checkpointed: true)
        #expect(rounded.count == full.count && zip(rounded, full).allSatisfy { $0.values == $1.values })
    }

    /// Closed form.
    @Test("gradients add up over several backward passes and several uses")
    func accumulation() throws {
        let p = NetworkState(seed: 1).root.parameter("p", [2], .constant(3))
        for _ in 0..<2 {
            let tape = Tape()
            tape.backward(from: tape.record { (p.value * p.value + p.value).sum() })
        }
        #expect(p.gradient?.values == [14, 14])
    }

    /// Closed form.
    @Test("a frozen parameter gets no gradient")
    func frozen() {
        let root = NetworkState(seed: 1).root
        let (a, b) = (root.parameter("a", [1], .constant(2)), root.parameter("b", [1], .constant(5)))
        b.isTrainable = false
        let tape = Tape()
        tape.backward(from: tape.record { (a.value * b.value).sum() })
        #expect(a.gradient?.values == [5])
        #expect(b.gradient == nil)
    }

    /// Closed form.
    @Test("a custom operation takes part in the backward pass")
    func custom() {
        let x = Tensor([2], values: [3, 4]).tracked()
        let tape = Tape()
        let y = tape.record {
            Tensor.custom("cube", inputs: [x], output: x * x * x) { g in [g * 3 * x.detached * x.detached] }
                .sum()
        }
        tape.backward(from: y)
        // The product inside is recorded too, but nothing reads its node: only the custom gradient arrives.
        #expect(x.gradient?.values == [27, 48])
    }

    /// Closed form: the logarithm of a negative number is the first bad value, though the sum is bad as well.
    @Test("tracing names the first operation that was not finite")
    func tracing() throws {
        let p = NetworkState(seed: 1).root.parameter("weights", [2], .constant(-1))
        let tape = Tape(options: Tape.Options(tracesNonFinite: true))
        _ = tape.record { (p.value.log() * 2).sum() }
        let first = try #require(tape.firstNonFinite)
        #expect(first.operation == "log")
        #expect(first.parameter == "weights")
        #expect(!first.isBackward)
        let root = NetworkState(seed: 1).root.parameter("zero", [1], .constant(0))
        let second = Tape(options: Tape.Options(tracesNonFinite: true))
        let y = second.record { root.value.squareRoot().sum() }
        second.backward(from: y)
        #expect(second.firstNonFinite?.isBackward == true)
        #expect(second.firstNonFinite?.operation == "sqrt")
    }

    /// Property.
    @Test("the same seed gives the same bits")
    func deterministic() {
        let runs = (0..<2).map { _ in Small().gradients(x) }
        #expect(zip(runs[0], runs[1]).allSatisfy { $0.values == $1.values })
        #expect(
            Small(seed: 6).state.parameters[0].value.values != Small(seed: 5).state.parameters[0].value.values
        )
    }

    /// Property.
    @Test("evaluation folds the norm into the convolution and follows later changes of parameters")
    func folding() {
        let network = Small()
        _ = network.gradients(x)
        network.state.mode = .evaluation
        for _ in 0..<2 {
            let folded = network(x)
            let recorded = Tape().record { network(x) }
            #expect(folded.error(from: recorded.detached) < 1e-5)
            let weight = network.state.parameters[0]
            weight.assign(weight.value * 1.5)
        }
    }
}
