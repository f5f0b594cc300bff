import Foundation
import NetworkReference
import TAVSEModel
import TAVSENN
import Testing

/// Oracle: reference, the executable specification in float64.
@Suite("Whole networks against the reference")
struct ReferenceNetworkTests {
    func network(_ c: ReferenceCase) throws -> Network {
        let text = try #require(c.file.metadata["spec"])
        let specification = try JSONDecoder().decode(NetworkSpecification.self, from: Data(text.utf8))
        let network = try Network(specification)
        // The specification keeps its analysis window among its buffers; ours is computed.
        try network.state.load(from: c.file, prefix: "state.before.", ignoring: ["window"])
        return network
    }

    struct Batch {
        var noisy: Tensor
        var clean: Tensor
        var frames: [Modality: Tensor] = [:]
        var present: [Modality: [Bool]] = [:]

        init(_ c: ReferenceCase, _ network: Network) throws {
            noisy = try c.tensor("in.noisy")
            clean = try c.tensor("in.clean")
            for modality in network.specification.visualModalities {
                // [B, N, C, H, W] to channels last.
                frames[modality] = try c.optional("in.frames.\(modality.rawValue)")?.permuted([0, 1, 3, 4, 2])
                present[modality] = try c.optional("in.present.\(modality.rawValue)")?.values.map { $0 != 0 }
            }
        }
    }

    func run(_ network: Network, _ batch: Batch, _ tape: Tape) throws -> (NetworkOutput, Tensor) {
        try tape.record {
            let output = try network(noisy: batch.noisy, frames: batch.frames, present: batch.present)
            return (output, try EnhancementLoss()(output, clean: batch.clean, stft: network.stft))
        }
    }

    @Test("outputs, loss and every gradient", arguments: try ReferenceCase.all("network"))
    func forwardAndBackward(_ c: ReferenceCase) throws {
        let network = try network(c)
        let batch = try Batch(c, network)
        let tape = Tape()
        let (output, loss) = try run(network, batch, tape)
        #expect(output.mask.error(from: try c.tensor("out.mask")) < 1e-4)
        #expect(output.magnitude.error(from: try c.tensor("out.magnitude")) < 1e-4)
        #expect(output.wave.error(from: try c.tensor("out.wave")) < 1e-4)
        if let gates = try c.optional("out.gates") {
            let ours = try #require(output.gates)
            #expect(ours.error(from: gates) < 1e-4)
        } else {
            #expect(output.gates == nil)
        }
        #expect(abs(loss.item - (try c.tensor("out.loss").values[0])) < 1e-3)
        tape.backward(from: loss)
        #expect(tape.count == 0)
        try compareGradients(c, network, batch)
    }

    /// Compares every parameter's gradient.
    ///
    /// The gradient jumps where a ReLU's argument crosses zero, and an argument within float32 rounding of zero may
    /// fall on either side. A parameter that disagrees is therefore also compared at points as near as rounding, the
    /// bias of one channel of a norm moved by 6e-6, which changes a smooth gradient by far less than the tolerance.
    func compareGradients(_ c: ReferenceCase, _ network: Network, _ batch: Batch) throws {
        // A gradient that vanishes in exact arithmetic (a bias before batch norm, a key bias before softmax) is rounding
        // only, and measured against a hundredth of the network's largest gradient. A modality that no sample has gets
        // no gradient at all, where the specification computes zeros.
        let expected = try network.state.parameters.map { try c.tensor("grad.\($0.path)") }
        let floor = 0.01 * (expected.map(\.largest).max() ?? 0)
        var errors = worstErrors(network, expected, floor)
        let biases = network.state.parameters.indices.filter {
            isNormBias(network.state.parameters[$0], network)
        }
        let points = biases.flatMap { index in
            (0..<network.state.parameters[index].count).flatMap { channel in
                Self.nudges.map { (index, channel, $0) }
            }
        }
        for (index, channel, shift) in points where (errors.max() ?? 0) >= Self.gradientTolerance {
            let nudged = try self.network(c)
            let bias = nudged.state.parameters[index]
            var values = bias.value.values
            values[channel] += shift
            bias.assign(Tensor(bias.shape, values: values))
            let tape = Tape()
            let (_, loss) = try run(nudged, batch, tape)
            tape.backward(from: loss)
            errors = zip(errors, worstErrors(nudged, expected, floor)).map(min)
        }
        for (parameter, error) in zip(network.state.parameters, errors) {
            #expect(error < Self.gradientTolerance, "\(c.name) \(parameter.path)")
        }
    }

    static let gradientTolerance = 2e-3
    /// Rounding of a float32 pre-activation; the specification run in float32 shows up to 5.5e-6.
    static let nudges: [Float] = [-6e-6, 6e-6]

    func isNormBias(_ parameter: Parameter, _ network: Network) -> Bool {
        let name = String(parameter.path.dropLast("bias".count)) + "running_mean"
        return parameter.path.hasSuffix(".bias") && network.state.buffers.contains { $0.path == name }
    }

    func worstErrors(_ network: Network, _ expected: [Tensor], _ floor: Double) -> [Double] {
        zip(network.state.parameters, expected).map { parameter, expected in
            (parameter.gradient ?? Tensor.zeros(parameter.shape)).error(from: expected, floor: floor)
        }
    }

    @Test("the wave in evaluation, with and without a tape", arguments: try ReferenceCase.all("network"))
    func evaluation(_ c: ReferenceCase) throws {
        let network = try network(c)
        let batch = try Batch(c, network)
        network.state.mode = .evaluation
        let folded = try network(noisy: batch.noisy, frames: batch.frames, present: batch.present)
        #expect(folded.wave.error(from: try c.tensor("eval.wave")) < 1e-4)
        let (recorded, _) = try run(network, batch, Tape())
        #expect(recorded.wave.error(from: try c.tensor("eval.wave")) < 1e-4)
    }

    @Test("the losses of AdamW steps", arguments: try ReferenceCase.all("network"))
    func steps(_ c: ReferenceCase) throws {
        let network = try network(c)
        let batch = try Batch(c, network)
        let optimizer = AdamW(network.state.parameters)
        for expected in try c.tensor("steps.losses").values {
            let tape = Tape()
            let (_, loss) = try run(network, batch, tape)
            #expect(abs(loss.item - expected) < 1e-3)
            tape.backward(from: loss)
            let norm = GradientNorm.norm(network.state.parameters)
            optimizer.step(learningRate: 3e-4, gradientScale: GradientNorm.clipScale(norm: norm, maximum: 5))
            network.state.clearGradients()
        }
    }
}
