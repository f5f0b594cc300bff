import Foundation
import TAVSEModel
import TAVSENN
import TestSupport
import Testing

@testable import TAVSETraining

@Suite("TrainingState")
struct TrainingStateTests {
    private let folder: TemporaryFolder
    private let network: Network
    private let optimizer: AdamW
    private let state: TrainingState
    private var path: String { folder.path + "/state.safetensors" }

    init() throws {
        folder = try TemporaryFolder()
        network = try Network(try TinyExperiment([.audio]).configuration.network, seed: 3)
        optimizer = AdamW(network.state.parameters)
        for parameter in network.state.parameters {
            parameter.gradient = Tensor(parameter.shape, repeating: 0.1)
        }
        optimizer.step(learningRate: 1e-3)
        var progress = TrainingProgress()
        progress.step = 17
        progress.epochSums.add(loss: 0.1, siSNR: 1.0 / 3, magnitudeError: 2e-9, examples: 3)
        progress.ranking = [RankedCheckpoint(epoch: 1, siSNR: -1.0 / 7)]
        state = TrainingState(
            toolVersion: "1", configuration: "{\"checksum\":\"\"}", threads: 2, dataHashes: ["a": "b"],
            progress: progress, logPositions: ["metrics.csv": 12])
    }

    /// Property.
    @Test("comes back as it was, to the last bit")
    func roundTrip() throws {
        let data = try state.data(network.state, optimizer)
        try data.write(to: URL(fileURLWithPath: path))
        let other = try Network(network.specification, seed: 4)
        let moments = AdamW(other.state.parameters)
        #expect(try TrainingState.load(path, into: other.state, moments) { _ in } == state)
        #expect(try state.data(other.state, moments) == data)
    }

    @Test("a changed bit anywhere is found, and nothing is taken over")
    func damage() throws {
        let data = try state.data(network.state, optimizer)
        for place in [9, 40, data.count / 3, data.count / 2, data.count - 1] {
            var damaged = data
            damaged[place] ^= 0x10
            try expectRefused(damaged)
        }
        for length in [0, 7, 100, data.count / 2, data.count - 1] { try expectRefused(data.prefix(length)) }
        try expectRefused(Data("not a state".utf8))
    }

    private func expectRefused(_ data: Data) throws {
        try data.write(to: URL(fileURLWithPath: path))
        let before = network.state.parameters.map(\.value.values)
        #expect {
            try TrainingState.load(path, into: network.state, optimizer) { _ in }
        } throws: { error in
            guard case TrainingError.damagedState(path, _) = error else { return false }
            return true
        }
        #expect(network.state.parameters.map(\.value.values) == before)
    }

    @Test("weights alone are no state")
    func foreign() throws {
        var writer = SafetensorsWriter(metadata: ["format": "pt"])
        network.state.save(to: &writer)
        try writer.write(to: path)
        #expect(
            throws: TrainingError.damagedState(
                path: path, reason: "it is a safetensors file of another kind")
        ) { try TrainingState.load(path, into: network.state, optimizer) { _ in } }
    }
}
