import Foundation
import TAVSEData
import TAVSEModel
import TAVSENN
import Testing

@testable import TAVSETraining

@Suite("Validator")
struct ValidatorTests {
    /// Closed form: noise orthogonal to speech with a tenth of its amplitude is 20 dB down, whatever scale and offset.
    @Test("SI-SNR of an orthogonal disturbance", arguments: [Float(1), 0.01, -3])
    func closedForm(scale: Float) {
        let speech = (0..<1600).map { sin(Float($0) * .pi / 20) }
        let noise = (0..<1600).map { cos(Float($0) * .pi / 20) }
        let estimate = zip(speech, noise).map { scale * ($0 + 0.1 * $1) + 0.3 }
        #expect(abs(ValidationScore.siSNR(estimate: estimate, reference: speech) - 20) < 1e-3)
    }

    /// Property: the same formula as the loss, in double precision.
    @Test("agrees with the loss")
    func sameAsLoss() {
        let key = CounterRandom.key(seed: 1, name: "signals")
        let values = (0..<3200).map { CounterRandom.uniform(key: key, index: UInt64($0)) - 0.5 }
        let (e, r) = (Array(values[..<1600]), Array(values[1600...]))
        let loss = EnhancementLoss.siSNR(
            estimate: Tensor([1, 1600], values: e), reference: Tensor([1, 1600], values: r))
        #expect(abs(Double(loss.item) - ValidationScore.siSNR(estimate: e, reference: r)) < 1e-3)
    }

    @Test("silence is finite")
    func silence() {
        let (silent, tone) = ([Float](repeating: 0, count: 100), (0..<100).map { sin(Float($0)) })
        for (e, r) in [(silent, tone), (tone, silent), (silent, silent), (tone, tone)] {
            #expect(ValidationScore.siSNR(estimate: e, reference: r).isFinite)
        }
    }

    /// Property: rounding alone may differ between batch sizes.
    @Test("how mixes fall into batches changes no score, and nothing in the network changes")
    func batches() throws {
        var configuration = try TinyExperiment([.audio, .rgb]).configuration
        configuration.data.valSNRLevels = [-5, 0, 5]
        let dataset = try SpeechDataset(
            root: DataRoot(configuration.data.root), split: .val,
            settings: configuration.datasetSettings(.val)
        )
        let network = try Network(configuration.network, seed: 2)
        let buffers = network.state.buffers.map(\.value.values)
        let reports = try [0, 1_000_000].map { capacity in
            try #require(
                try Validator(dataset, capacity: capacity, workers: 1, loss: EnhancementLoss())
                    .run(network, isStopping: { false }))
        }
        #expect(reports[0].examples == 12 && reports[1].examples == 12)
        for value in [\ValidationReport.loss, \.siSNR, \.noisySISNR] {
            let (one, many) = (
                try #require(reports[0][keyPath: value]), try #require(reports[1][keyPath: value])
            )
            #expect(abs(one - many) < 1e-4)
        }
        // Gates open from sigmoid(−2).
        let gate = try #require(reports[0].gates[.rgb])
        #expect(abs(gate - 1 / (1 + exp(2))) < 1e-6)
        #expect(network.state.mode == .training)
        #expect(network.state.buffers.map(\.value.values) == buffers)
    }

    @Test("stops when asked to")
    func stopping() throws {
        let configuration = try TinyExperiment([.audio]).configuration
        let dataset = try SpeechDataset(
            root: DataRoot(configuration.data.root), split: .val,
            settings: configuration.datasetSettings(.val)
        )
        let network = try Network(configuration.network)
        let validator = Validator(dataset, capacity: 0, workers: 1, loss: EnhancementLoss())
        #expect(try validator.run(network, isStopping: { true }) == nil)
        #expect(network.state.mode == .training)
    }
}
