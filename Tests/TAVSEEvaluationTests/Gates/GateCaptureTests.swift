import Foundation
import TAVSEBase
import TAVSEConfiguration
import TAVSEData
import TAVSEModel
import TAVSENN
import TAVSEStore
import Testing

@testable import TAVSEEvaluation

@Suite(.serialized) struct GateCaptureTests {
    private let folder = NSTemporaryDirectory() + "tavse-gates-" + UUID().uuidString
    private let store: ResultsStore

    init() throws {
        try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
        store = try ResultsStore(path: folder + "/results.sqlite", access: .readWrite)
    }

    private func capture(
        _ configuration: Configuration, modalities: [Modality]? = nil, store: ResultsStore? = nil,
        stop: StopFlag = StopFlag(), limit: Int? = nil, jobs: Int = 2,
        progress: (EvaluationProgress) -> Void = { _ in }
    ) throws -> GateCapture.Outcome {
        let network = try Self.opened(configuration)
        let used = try ModelRun.modalities(modalities, of: network.network.specification)
        let items = try ModelItems(configuration, split: .test, modalities: used)
        let run = try ModelRun(
            configuration, network, items: items, modalities: modalities, toolVersion: "test")
        var options = GateCapture.Options()
        options.jobs = jobs
        options.limit = limit
        return try GateCapture(network, items: items, run: run, options: options).run(
            store: store ?? self.store, stop: stop, progress: progress)
    }

    /// A network whose gates differ: the weights of the gates start at 0 otherwise.
    private static func opened(_ configuration: Configuration) throws -> EvaluatedNetwork {
        let network = try TinyExperiment.network(configuration)
        for parameter in network.network.state.parameters where parameter.path.hasSuffix("gate.weight") {
            let values = (0..<parameter.count).map { index -> Float in
                let step: Int = (index * 37 + 11) % 101
                return Float(step) * 0.02 - 1
            }
            parameter.assign(Tensor(parameter.shape, values: values))
        }
        return network
    }

    @Test("stores what the network returns, token by token (reference: direct pass, percentiles by hand)")
    func values() throws {
        let configuration = try TinyExperiment.configuration([.audio, .rgb, .thermal])
        let outcome = try capture(configuration)
        #expect(outcome.progress == .init(done: 4, total: 4, failed: 0, reused: 0))
        #expect(outcome.system == "audio_rgb_thermal" && outcome.failures.isEmpty && !outcome.stopped)
        let table = try store.gateTable(run: outcome.run)
        #expect(table.modalities == ["rgb", "thermal"] && table.items.count == 4)
        #expect(table.items.allSatisfy { $0.noisyScore != nil && $0.enhancedScore != nil })

        let items = try ModelItems(configuration, split: .test)
        let network = try Self.opened(configuration).network
        for index in 0..<items.count {
            let item = try items.read(index)
            let output = try network(
                noisy: Tensor([1, item.noisy.count], values: item.noisy.samples), frames: item.frames)
            let gates = try #require(output.gates)
            let contribution = try #require(output.effectiveContribution).values
            let groups = gates.shape[3]
            let position = try #require(table.items.firstIndex { $0.key == item.description.key })
            let rows = (0..<table.rowCount).filter { Int(table.item[$0]) == position }
            #expect(rows.count == output.bottleneck.rows * output.bottleneck.columns * 2)
            for row in rows {
                let token =
                    Int(table.frequencyRow[row]) * output.bottleneck.columns + Int(table.timeSlot[row])
                let place = token * 2 + Int(table.modality[row])
                let values = (0..<groups).map { Double(gates.values[place * groups + $0]) }
                // Two groups: the p-th percentile is low + p·(high − low).
                let (low, high) = (values.min() ?? .nan, values.max() ?? .nan)
                #expect(abs(table.mean[row] - (low + high) / 2) < 1e-15)
                #expect(abs(table.p10[row] - (low + 0.1 * (high - low))) < 1e-15)
                #expect(abs(table.p50[row] - (low + high) / 2) < 1e-15)
                #expect(abs(table.p90[row] - (low + 0.9 * (high - low))) < 1e-15)
                #expect(table.effectiveContribution[row] == Double(contribution[place]))
            }
        }
        #expect(Set(table.mean).count > table.rowCount / 2)
    }

    @Test("passes over what is there, goes on where it was stopped, and jobs change nothing (property)")
    func resumed() throws {
        let configuration = try TinyExperiment.configuration()
        let stop = StopFlag()
        let stopped = try capture(configuration, stop: stop) { _ in stop.raise() }
        #expect(stopped.stopped && stopped.progress.done == 0)
        #expect(try store.runs()[0].status == .stopped)
        let first = try capture(configuration, limit: 2)
        #expect(first.progress == .init(done: 2, total: 2, failed: 0, reused: 0) && !first.stopped)
        #expect(try store.runs()[0].status == .stopped)
        let second = try capture(configuration)
        #expect(second.progress == .init(done: 4, total: 4, failed: 0, reused: 2))
        #expect(second.run == stopped.run && second.run == first.run)
        #expect(try store.runs()[0].status == .finished)
        let other = try ResultsStore(path: folder + "/other.sqlite", access: .readWrite)
        let whole = try capture(configuration, store: other, jobs: 4)
        #expect(try store.gateTable(run: second.run) == other.gateTable(run: whole.run))
        #expect(try capture(configuration).progress.reused == 4)
    }

    @Test("shares the evaluation's run, and neither computes the other's work again (property)")
    func sharesRun() throws {
        let configuration = try TinyExperiment.configuration()
        let network = try Self.opened(configuration)
        let evaluated = try TinyExperiment.evaluate(configuration, network, store: store)
        let before = try TinyExperiment.scores(store)
        let outcome = try capture(configuration)
        #expect(outcome.run == evaluated.run)
        #expect(try TinyExperiment.scores(store) == before)
        #expect(try store.gateTable(run: outcome.run).rowCount > 0)
        // The other way round: an evaluation after a capture takes its scores over and keeps the gates.
        let other = try ResultsStore(path: folder + "/other.sqlite", access: .readWrite)
        let captured = try capture(configuration, store: other)
        let gates = try other.gateTable(run: captured.run)
        _ = try TinyExperiment.evaluate(configuration, network, store: other)
        #expect(try TinyExperiment.scores(other) == before)
        #expect(try other.gateTable(run: captured.run) == gates)
    }

    @Test("a removed modality has a run of its own and no gates (property)")
    func subset() throws {
        let configuration = try TinyExperiment.configuration([.audio, .rgb, .thermal])
        let outcome = try capture(configuration, modalities: [.audio, .thermal], limit: 2)
        #expect(outcome.system == "audio_rgb_thermal@audio+thermal")
        let table = try store.gateTable(run: outcome.run)
        #expect(table.modalities == ["thermal"] && table.items.count == 2)
        #expect(try store.runs()[0].status == .stopped)
    }

    @Test("refuses a network or a selection without cameras, and a limit of nothing (closed form)")
    func refuses() throws {
        let audio = try TinyExperiment.configuration([.audio])
        let expected = "a network that is given at least one camera; audio alone has no fusion gates"
        #expect(
            throws: EvaluationError.option(name: "config", value: "audio_only", expected: expected)
        ) { try capture(audio) }
        let rgb = try TinyExperiment.configuration()
        #expect(throws: EvaluationError.option(name: "modalities", value: "audio", expected: expected)) {
            try capture(rgb, modalities: [.audio])
        }
        #expect(throws: EvaluationError.option(name: "limit", value: "0", expected: "1 or more")) {
            try capture(rgb, limit: 0)
        }
    }

    @Test("passes over an item that no camera saw or that cannot be read, and says why (closed form)")
    func badItems() throws {
        let copy = folder + "/corpus"
        try FileManager.default.copyItem(atPath: TinyExperiment.corpus.get(), toPath: copy)
        let configuration = try TinyExperiment.configuration(root: copy)
        let items = try ModelItems(configuration, split: .test)
        let bad = items.description(0).utterance
        let speech = try #require(
            FileManager.default.enumerator(atPath: copy)?.compactMap { $0 as? String }.first {
                $0.hasSuffix(".wav") && $0.contains(bad)
            })
        try Data("not a recording".utf8).write(to: URL(fileURLWithPath: copy + "/" + speech))
        let outcome = try capture(configuration)
        #expect(outcome.progress.done == 4 && outcome.progress.failed == 2)
        #expect(outcome.failures.allSatisfy { $0.item.hasPrefix(bad) && !$0.reason.isEmpty })
        #expect(try store.gateTable(run: outcome.run).items.count == 2)
        #expect(try capture(configuration).progress == .init(done: 4, total: 4, failed: 2, reused: 2))
    }
}
