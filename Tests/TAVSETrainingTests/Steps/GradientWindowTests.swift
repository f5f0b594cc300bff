import TAVSEModel
import TAVSENN
import Testing

@testable import TAVSETraining

@Suite("GradientWindow")
struct GradientWindowTests {
    private let network: Network
    private let optimizer: AdamW

    init() throws {
        var configuration = try TinyExperiment([.audio, .thermal]).configuration
        configuration.network.dropout = 0
        network = try Network(configuration.network, seed: 3)
        optimizer = AdamW(network.state.parameters)
    }

    private func random(_ shape: [Int], _ name: String) -> Tensor {
        let key = CounterRandom.key(seed: 1, name: name)
        return Tensor(shape) { values in
            for i in values.indices {
                values[i] = 0.2 * (CounterRandom.uniform(key: key, index: UInt64(i)) - 0.5)
            }
        }
    }

    private func batch(_ rows: Range<Int>) -> NetworkInput {
        let clean = random([5, 1600], "clean").sliced(axis: 0, rows)
        return NetworkInput(
            noisy: clean + random([5, 1600], "noise").sliced(axis: 0, rows), clean: clean,
            frames: [.thermal: random([5, 3, 16, 16, 1], "frames").sliced(axis: 0, rows)],
            present: [.thermal: rows.map { $0 != 1 }])
    }

    private func gradients(_ batches: [Range<Int>], _ settings: StepSettings = StepSettings()) throws
        -> [[Float]]
    {
        network.state.clearGradients()
        var window = GradientWindow(network, settings, examples: batches.reduce(0) { $0 + $1.count })
        for (number, rows) in batches.enumerated() { try window.add(batch(rows), number: number) }
        return network.state.parameters.map { $0.gradient?.values ?? [] }
    }

    /// Largest difference relative to the largest gradient.
    private func difference(_ a: [[Float]], _ b: [[Float]]) -> Float {
        let largest = a.joined().map(abs).max() ?? 0
        return (zip(a.joined(), b.joined()).map { abs($0 - $1) }.max() ?? .infinity) / largest
    }

    /// Closed form: the gradient of a mean is the mean of gradients. Batch norm is in evaluation, since its statistics
    /// are those of a batch. Tolerance: rounding of sums of some thousand float32 terms.
    @Test(
        "batches of any sizes add up to the gradient of one",
        arguments: [[0..<2, 2..<4, 4..<5], [0..<1, 1..<5], [0..<4, 4..<5]])
    func accumulation(_ batches: [Range<Int>]) throws {
        network.state.mode = .evaluation
        let whole = try gradients([0..<5])
        #expect(whole.contains { !$0.isEmpty })
        #expect(difference(whole, try gradients(batches)) < 2e-5)
    }

    /// Property: the same operations on the same numbers. Only the sums of a norm at the end of a part are rounded in
    /// another order: without parts the convolution after it takes them along, block of pixels by block.
    @Test("towers that are computed again give the same gradients and the same running statistics")
    func recomputation() throws {
        var settings = StepSettings()
        let fresh = network.state.buffers.map(\.value)
        let kept = try gradients([0..<5])
        let statistics = network.state.buffers.map(\.value.values)
        for (buffer, value) in zip(network.state.buffers, fresh) { buffer.assign(value) }
        settings.recomputesVisual = true
        let again = try gradients([0..<5], settings)
        #expect(network.state.buffers.map(\.value.values) == statistics)
        #expect(difference(kept, again) < 1e-6)
    }

    @Test("a gradient longer than the limit is scaled to it")
    func clipping() throws {
        var settings = StepSettings()
        settings.gradientClip = 1e-3
        var window = GradientWindow(network, settings, examples: 2)
        try window.add(batch(0..<2), number: 0)
        let norm = GradientNorm.norm(network.state.parameters)
        let outcome = window.finish(optimizer, learningRate: 1e-3)
        #expect(outcome.gradientNorm == norm && norm > 1e-3)
        #expect(network.state.parameters.allSatisfy { $0.gradient == nil })
    }

    @Test("NaN in one batch leaves weights, moments and running statistics as they were", arguments: [0, 1])
    func nonFinite(bad: Int) throws {
        var good = GradientWindow(network, StepSettings(), examples: 2)
        try good.add(batch(0..<2), number: 0)
        #expect(good.finish(optimizer, learningRate: 1e-3).problem == nil)
        let before = try state()
        var window = GradientWindow(network, StepSettings(), examples: 4)
        for number in 0..<2 {
            let rows = number == 0 ? 0..<2 : 2..<4
            let fine = batch(rows)
            let poisoned = NetworkInput(
                noisy: fine.noisy + Tensor([2, 1600], repeating: .nan), clean: fine.clean)
            try window.add(number == bad ? poisoned : fine, number: number)
        }
        let outcome = window.finish(optimizer, learningRate: 1e-3)
        #expect(outcome.gradientNorm == nil)
        #expect(outcome.problem == "the loss is nan")
        #expect(try state() == before)
    }

    private func state() throws -> [UInt8] {
        var writer = SafetensorsWriter()
        network.state.save(to: &writer, prefix: "network.")
        optimizer.save(to: &writer)
        return [UInt8](writer.data)
    }
}
