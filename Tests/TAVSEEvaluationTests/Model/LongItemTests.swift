import Foundation
import TAVSEData
import TAVSEModel
import TAVSENN
import TAVSESignal
import TAVSEStore
import Testing

@testable import TAVSEEvaluation

/// Items longer than one pass of the network.
@Suite struct LongItemTests {
    private let folder = NSTemporaryDirectory() + "tavse-long-" + UUID().uuidString
    private static let seconds = 12

    init() throws {
        try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
    }

    /// The corpus with one test utterance, repeated to twelve seconds; its video ends where it ended.
    private func corpus() throws -> String {
        let root = DataRoot(folder + "/data")
        try FileManager.default.copyItem(atPath: TinyExperiment.corpus.get(), toPath: folder + "/data")
        var entry = try #require(try Manifest(path: root.manifest(.test)).entries.first)
        let path = root.processed + "/" + entry.audio
        let speech = try AudioFile.read(path)
        let count = Self.seconds * speech.sampleRate
        let samples = (0..<count).map { speech.samples[$0 % speech.count] }
        try AudioFile.write(Signal(samples: samples, sampleRate: speech.sampleRate), to: path)
        entry.durationSeconds = Double(Self.seconds)
        try Manifest(entries: [entry]).write(to: root.manifest(.test))
        return folder + "/data"
    }

    /// The network itself is the oracle.
    @Test("an item of one pass gives the bits that the network gives (property)")
    func onePass() throws {
        let configuration = try TinyExperiment.configuration([.audio, .rgb, .thermal])
        let evaluated = try TinyExperiment.network(configuration)
        let items = try ModelItems(configuration, split: .test)
        let enhancer = try evaluated.enhancer()
        for index in 0..<items.count {
            let item = try items.read(index)
            let direct = try evaluated.network(
                noisy: Tensor([1, item.noisy.count], values: item.noisy.samples), frames: item.frames)
            let found = try enhancer.enhance(item, capturesGates: true)
            #expect(found.signal.samples == direct.wave.values)
            #expect(found.gates?.values == direct.gates?.values)
            #expect(found.gates?.effectiveContribution == direct.effectiveContribution?.values)
        }
    }

    @Test(
        "a long item is scored as the enhancer gives it, with the gates of its whole length (reference: Enhancer)"
    )
    func segments() throws {
        let configuration = try TinyExperiment.configuration(root: corpus())
        let network = try TinyExperiment.network(configuration)
        let items = try ModelItems(configuration, split: .test)
        #expect(items.count == 2)
        let store = try ResultsStore(path: folder + "/results.sqlite", access: .readWrite)
        let outcome = try TinyExperiment.evaluate(configuration, network, store: store)
        #expect(outcome.failedItems == 0 && outcome.table.items.count == 2)
        let run = try ModelRun(configuration, network, items: items, toolVersion: "test")
        let captured = try GateCapture(network, items: items, run: run).run(store: store)
        // The scores are there: both went the same way to the same bits.
        #expect(captured.run == outcome.run && captured.failures.isEmpty)
        let table = try store.gateTable(run: captured.run)
        let specification = network.network.specification
        let enhancer = try Enhancer(network.network)
        for index in 0..<items.count {
            let item = try items.read(index)
            #expect(item.noisy.count > enhancer.segmentSamples)
            let frames = try #require(item.frames[.rgb])
            let expected = try enhancer.enhance(
                item.noisy.samples, frames: [.rgb: try FrameSequence(frames)], capturesGates: true)
            let signal = Signal(samples: expected.wave, sampleRate: item.noisy.sampleRate)
            let stored = try store.stored(for: item.description, run: captured.run)
            #expect(stored.estimate?.contentHash == signal.contentHash)
            let direct = try network.network(
                noisy: Tensor([1, item.noisy.count], values: item.noisy.samples), frames: item.frames)
            #expect(expected.wave != direct.wave.values)

            let gates = try #require(expected.gates)
            #expect(gates.columns == direct.bottleneck.columns && gates.rows == specification.bottleneckRows)
            let place = try #require(table.items.firstIndex { $0.key == item.description.key })
            let rows = (0..<table.rowCount).filter { Int(table.item[$0]) == place }
            #expect(rows.count == gates.rows * gates.columns)
            for row in rows {
                let token = Int(table.frequencyRow[row]) * gates.columns + Int(table.timeSlot[row])
                let values = gates.values[(token * gates.groups)..<((token + 1) * gates.groups)]
                let mean = values.map(Double.init).reduce(0, +) / Double(gates.groups)
                #expect(abs(table.mean[row] - mean) < 1e-15)
                #expect(table.effectiveContribution[row] == Double(gates.effectiveContribution[token]))
            }
            // Columns that only the second segment knows have no video.
            let last = rows.filter { Int(table.timeSlot[$0]) == gates.columns - 1 }
            #expect(last.allSatisfy { table.effectiveContribution[$0] == 0 })
        }
    }

    @Test("a network that gives NaN fails with its own status in a segment, too (closed form)")
    func notANumber() throws {
        let configuration = try TinyExperiment.configuration([.audio], root: corpus())
        let network = try TinyExperiment.network(configuration)
        let last = try #require(network.network.state.parameters.last { $0.path.hasPrefix("decoder.") })
        last.assign(Tensor(last.shape, repeating: .nan))
        let store = try ResultsStore(path: folder + "/results.sqlite", access: .readWrite)
        let outcome = try TinyExperiment.evaluate(configuration, network, store: store)
        #expect(outcome.failedItems == 2 && outcome.table.statusNames.contains("non_finite_output"))
    }
}
