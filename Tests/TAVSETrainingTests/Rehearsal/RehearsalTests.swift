import TAVSEModel
import TAVSENN
import Testing

@testable import TAVSETraining

@Suite("Rehearsal")
struct RehearsalTests {
    @Test("reports parts, shapes, memory and time, and writes nothing")
    func report() throws {
        let experiment = try TinyExperiment([.audio, .rgb, .thermal])
        let report = try Rehearsal(experiment.configuration).run()
        let network = try Network(experiment.configuration.network)
        #expect(report.parameterCount == network.state.parameterCount)
        #expect(
            report.parameters.map(\.name) == [
                "encoder", "bottleneck", "visual.rgb", "visual.thermal", "fusion", "decoder",
            ])
        let shapes = Dictionary(uniqueKeysWithValues: report.shapes.map { ($0.name, $0.shape) })
        #expect(shapes["noisy"] == [1, 6400])
        #expect(shapes["spectrogram"] == [1, 2, 257, 41])
        #expect(shapes["rgb frames"] == [1, 11, 96, 96, 3])
        #expect(shapes["thermal frames"] == [1, 11, 96, 96, 1])
        #expect(shapes["bottleneck"]?.dropFirst().dropLast() == [9, 11])
        #expect(shapes["mask"] == [1, 257, 41])
        #expect(report.memory.count == 4 && report.memory.count { $0.isConfigured } == 1)
        #expect(report.examples?.train == 4 && report.stepsPerEpoch == 4)
        #expect(report.secondsPerBatch > 0)
        #expect(throws: (any Error).self) { try experiment.files() }
    }

    @Test("works without data on made up numbers")
    func withoutData() throws {
        var experiment = try TinyExperiment([.audio, .thermal])
        experiment.configuration.data.root = "/nowhere"
        let report = try Rehearsal(experiment.configuration).run()
        #expect(report.examples == nil && report.secondsPerEpoch == nil)
        #expect(report.losses.allSatisfy { $0.isFinite })
    }

    /// Property.
    @Test("learns one batch by heart")
    func overfit() throws {
        let experiment = try TinyExperiment([.audio, .rgb])
        let losses = try Rehearsal(experiment.configuration).overfit(steps: 24)
        #expect(losses.count == 24)
        #expect(losses[23] < losses[0] - 1)
    }

    @Test("says when nothing is learned")
    func notLearned() throws {
        var experiment = try TinyExperiment([.audio])
        experiment.configuration.training.lr = 1e30
        #expect(throws: TrainingError.self) { try Rehearsal(experiment.configuration).overfit(steps: 8) }
    }
}

@Suite("NetworkCost")
struct NetworkCostTests {
    /// Closed form: weights times places where each is used, worked out by hand for 2.5 s.
    @Test("counts the full-size network")
    func fullSize() {
        let cost = NetworkCost(
            NetworkSpecification(modalities: [.audio, .thermal]), samples: 40000, frames: 70, side: 96)
        let parts = Dictionary(uniqueKeysWithValues: cost.parts.map { ($0.name, $0.multiplyAdds) })
        // 129×126, 65×63, 33×63, 17×63, 9×63; 7 frames lie within 0.12 s of a token
        let encoder =
            9
            * (1 * 32 * 129 * 126 + 32 * 64 * 65 * 63 + 64 * 128 * 33 * 63 + 128 * 256 * 17 * 63 + 256 * 512
                * 567)
        #expect(parts["encoder"] == encoder)
        let decoder =
            9
            * (512 * 256 * 567 + 512 * 128 * 17 * 63 + 256 * 64 * 33 * 63 + 128 * 32 * 65 * 63
                + 64 * 1 * 129 * 126)
        #expect(parts["decoder"] == decoder)
        #expect(parts["bottleneck"] == 567 * (4 * 512 * 512 + 2 * 567 * 512 + 2 * 512 * 608))
        let stages = 4 * 9 * 32 * 32 * 576 + 9 * (32 * 64 + 3 * 64 * 64) * 144 + 32 * 64 * 144
        let deep =
            9 * (64 * 128 + 3 * 128 * 128) * 36 + 64 * 128 * 36 + 9 * (128 * 256 + 3 * 256 * 256) * 9
            + 128 * 256 * 9
        #expect(
            parts["visual.thermal"] == 70 * (49 * 32 * 48 * 48 + stages + deep + 6 * 128 * (256 + 128)))
        #expect(
            parts["fusion"] == 2 * 567 * 512 * 256 + 2 * 70 * 256 * 256 + 2 * 567 * 7 * 256 + 567 * 1024 * 8)
        #expect(cost.total == parts.values.reduce(0, +))
    }
}
