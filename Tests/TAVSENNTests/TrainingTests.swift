import Foundation
import TAVSENN
import Testing

@Suite("Optimiser, clipping, schedule and dropout")
struct TrainingTests {
    /// Closed form: with a constant gradient both corrected moments equal it, so a step is the learning rate.
    @Test("the first steps of AdamW move by the learning rate against the gradient's sign")
    func firstSteps() {
        let state = NetworkState(seed: 1)
        let p = state.root.parameter("p", [2], .constant(1))
        var options = AdamW.Options()
        options.weightDecay = 0
        let optimizer = AdamW(state.parameters, options: options)
        for step in 1...3 {
            p.gradient = Tensor([2], values: [4, -0.5])
            optimizer.step(learningRate: 0.01)
            #expect(abs(p.value.values[0] - (1 - 0.01 * Float(step))) < 1e-6)
            #expect(abs(p.value.values[1] - (1 + 0.01 * Float(step))) < 1e-6)
        }
    }

    /// Property.
    @Test("a saved and loaded optimiser continues bit for bit")
    func resume() throws {
        let make = {
            let state = NetworkState(seed: 1)
            _ = state.root.parameter("p", [5], .uniform(bound: 1))
            _ = state.root.parameter("unused", [2], .constant(1))
            return state
        }
        let step = { (state: NetworkState, optimizer: AdamW, index: Int) in
            state.parameters[0].gradient = GradientCheckTests.values([5], UInt64(index))
            optimizer.step(learningRate: 0.1, gradientScale: 0.5)
        }
        let (through, stopped) = (make(), make())
        let (a, b) = (AdamW(through.parameters), AdamW(stopped.parameters))
        for index in 0..<3 { step(through, a, index) }
        for index in 0..<2 { step(stopped, b, index) }
        var writer = SafetensorsWriter()
        stopped.save(to: &writer)
        b.save(to: &writer)
        let file = try Safetensors(writer.data)
        let resumed = make()
        try resumed.load(from: file, ignoring: ["adamw.p.first", "adamw.p.second", "adamw.p.steps"])
        let c = AdamW(resumed.parameters)
        try c.load(from: file)
        step(resumed, c, 2)
        #expect(resumed.parameters[0].value.values == through.parameters[0].value.values)
        #expect(resumed.parameters[1].value.values == [1, 1])
    }

    /// Closed form.
    @Test("the gradient norm is that of all gradients as one vector")
    func norm() {
        let state = NetworkState(seed: 1)
        state.root.parameter("a", [1], .constant(0)).gradient = Tensor([1], values: [3])
        state.root.parameter("b", [2], .constant(0)).gradient = Tensor([2], values: [0, 4])
        _ = state.root.parameter("c", [2], .constant(0))
        #expect(GradientNorm.norm(state.parameters) == 5)
        #expect(abs(GradientNorm.clipScale(norm: 5, maximum: 2.5) - 0.5) < 1e-6)
        #expect(GradientNorm.clipScale(norm: 1, maximum: 5) == 1)
        state.parameters[0].gradient = Tensor([1], values: [.nan])
        #expect(GradientNorm.norm(state.parameters).isNaN)
    }

    /// Closed form.
    @Test("the learning rate rises in a line and falls in a half cosine")
    func schedule() {
        let schedule = LearningRateSchedule(peak: 1, floor: 0.2, warmupSteps: 4, totalSteps: 14)
        #expect([0, 1, 3].map(schedule.rate) == [0.25, 0.5, 1])
        #expect(schedule.rate(at: 4) == 1)
        #expect(abs(schedule.rate(at: 9) - 0.6) < 1e-12)
        #expect([14, 1000].map(schedule.rate) == [0.2, 0.2])
        #expect(LearningRateSchedule(peak: 1, warmupSteps: 0, totalSteps: 10).rate(at: 0) == 1)
    }

    /// Property, and the binomial's standard deviation for the share of zeros.
    @Test("dropout follows seed, path and step, and keeps the mean")
    func dropout() {
        let state = NetworkState(seed: 9)
        let (a, b) = (
            Dropout(state.root / "a", probability: 0.3), Dropout(state.root / "b", probability: 0.3)
        )
        let x = Tensor.ones([100_000])
        let (first, again, other) = (a(x).values, a(x).values, b(x).values)
        #expect(first == again)
        #expect(first != other)
        let zeros = Double(first.filter { $0 == 0 }.count) / 1e5
        #expect(abs(zeros - 0.3) < 5 * (0.3 * 0.7 / 1e5).squareRoot())
        #expect(first.allSatisfy { $0 == 0 || $0 == 1 / 0.7 })
        state.step = 1
        #expect(a(x).values != first)
        state.mode = .evaluation
        #expect(a(x).values == x.values)
    }

    /// Property: the example of docs/engine.md.
    @Test("a small network learns two moons")
    func learns() {
        let state = NetworkState(seed: 1)
        let hidden = Linear(state.root / "hidden", inputs: 2, outputs: 32)
        let out = Linear(state.root / "out", inputs: 32, outputs: 1)
        let key = CounterRandom.key(seed: 1, name: "moons")
        let angles = (0..<200).map { Float.pi * CounterRandom.uniform(key: key, index: $0) }
        let points = angles.enumerated().flatMap { i, a in
            i % 2 == 0
                ? [Foundation.cos(a), Foundation.sin(a)] : [1 - Foundation.cos(a), 0.5 - Foundation.sin(a)]
        }
        let x = Tensor([200, 2], values: points)
        let y = Tensor([200, 1], values: (0..<200).map { Float($0 % 2) })
        let optimizer = AdamW(state.parameters)
        var losses: [Float] = []
        for _ in 0..<300 {
            let tape = Tape()
            let loss = tape.record { (out(hidden(x).tanh()).sigmoid() - y).squared().mean() }
            tape.backward(from: loss)
            optimizer.step(learningRate: 0.02)
            state.clearGradients()
            losses.append(loss.item)
        }
        #expect(losses[0] > 0.2)
        #expect(losses[299] < 0.02)
    }
}
