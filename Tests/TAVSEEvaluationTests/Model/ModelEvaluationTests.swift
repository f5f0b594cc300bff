import Foundation
import TAVSEBase
import TAVSEConfiguration
import TAVSEMetrics
import TAVSEModel
import TAVSENN
import TAVSEStore
import Testing

@testable import TAVSEEvaluation

@Suite(.serialized) struct ModelEvaluationTests {
    private let folder = NSTemporaryDirectory() + "tavse-model-" + UUID().uuidString
    private let store: ResultsStore

    init() throws {
        try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
        store = try ResultsStore(path: folder + "/results.sqlite", access: .readWrite)
    }

    private func other(_ name: String) throws -> ResultsStore {
        try ResultsStore(path: "\(folder)/\(name).sqlite", access: .readWrite)
    }

    private func mean(_ outcome: EvaluationOutcome, _ system: String) -> [Double] {
        let row = outcome.table.systems.firstIndex { $0.name == system } ?? 0
        return outcome.table.columns[row].map { $0.values.reduce(0, +) / Double($0.values.count) }
    }

    @Test("scores every item's noisy, enhanced and oracle signal, the oracle above both (property)")
    func whole() throws {
        let outcome = try TinyExperiment.evaluate(TinyExperiment.configuration(), store: store)
        #expect(outcome.table.systems.map(\.name) == ["noisy", "audio_rgb", "oracle"])
        #expect(outcome.table.items.count == 4)
        #expect(outcome.failedItems == 0 && outcome.reusedItems == 0 && !outcome.stopped)
        #expect((outcome.realTimeFactor ?? 0) > 0)
        let (noisy, enhanced, oracle) = (
            mean(outcome, "noisy"), mean(outcome, "audio_rgb"), mean(outcome, "oracle")
        )
        for metric in 0..<2 {
            #expect(oracle[metric] > noisy[metric])
            #expect(oracle[metric] > enhanced[metric])
        }
        let run = try store.runs()[0].run
        #expect(run.source == .checkpoint && run.variant == "audio_rgb" && run.checkpointHash == "hash-3")
        #expect(run.modalities == ["audio", "rgb"] && run.fusion == "cross_attention" && run.seed == 42)
        #expect(run.manifestHash?.count == 64 && run.noiseHash?.count == 64)
    }

    @Test("stores the same whatever the number of jobs, and joins shards to it (property)")
    func jobs() throws {
        let configuration = try TinyExperiment.configuration()
        _ = try TinyExperiment.evaluate(configuration, store: store) { $0.jobs = 1 }
        let expected = try TinyExperiment.scores(store)
        #expect(expected.count == 4 * 3 * 2)
        let many = try other("many")
        _ = try TinyExperiment.evaluate(configuration, store: many) { $0.jobs = 4 }
        #expect(try TinyExperiment.scores(many) == expected)
        let shards = try other("shards")
        for index in 1...3 {
            _ = try TinyExperiment.evaluate(configuration, store: shards, shard: Shard(index, of: 3))
        }
        #expect(try TinyExperiment.scores(shards) == expected)
        #expect(try shards.runs().count == 1)
    }

    @Test("computes nothing again that is stored, and goes on where it was stopped (property)")
    func resumed() throws {
        let configuration = try TinyExperiment.configuration()
        let whole = try other("whole")
        _ = try TinyExperiment.evaluate(configuration, store: whole)
        #expect(throws: EvaluationError.nothingToResume(system: "audio_rgb", store: store.path)) {
            try TinyExperiment.evaluate(configuration, store: store) { $0.start = .resume }
        }
        let network = try TinyExperiment.network(configuration)
        let items = try ModelItems(configuration, split: .test)
        let run = try ModelRun(configuration, network, items: items, toolVersion: "test")
        var options = EvaluationOptions()
        options.metrics = [.siSNR, .stoi]
        options.jobs = 1
        let stop = StopFlag()
        let part = try ModelEvaluation(network, items: items, run: run, options: options).run(
            store: store, stop: stop
        ) { if $0.done >= 1 { stop.raise() } }
        #expect(part.stopped && part.table.items.count < 4)
        let rest = try TinyExperiment.evaluate(configuration, store: store) { $0.start = .resume }
        #expect(rest.reusedItems == part.table.items.count)
        #expect(try TinyExperiment.scores(store) == TinyExperiment.scores(whole))
        #expect(try TinyExperiment.evaluate(configuration, store: store).reusedItems == 4)
        let fresh = try TinyExperiment.evaluate(configuration, store: store) { $0.start = .fresh }
        #expect(fresh.reusedItems == 0)
        #expect(try store.runs().map(\.run.generation) == [1, 2])
    }

    @Test("takes noisy and oracle scores over from another network on the same items (closed form)")
    func references() throws {
        let configuration = try TinyExperiment.configuration()
        _ = try TinyExperiment.evaluate(configuration, store: store)
        // Scores that no computation gives: whoever has them took them over.
        let metric = try store.register([
            MetricDescription(MetricCatalog.descriptor(for: .siSNR)),
            MetricDescription(MetricCatalog.descriptor(for: .stoi)),
        ])
        let items = try ModelItems(configuration, split: .test)
        let run = try store.runs()[0].id
        for index in 0..<items.count {
            let item = try items.read(index).description
            let estimate = try #require(try store.stored(for: item, run: run).estimate)
            let scores = [SignalKind.noisy, .oracle].flatMap { kind in
                metric.map { ScoreRecord(signal: kind, metric: $0, outcome: .value(77)) }
            }
            try store.commit([ItemResult(item: item, estimate: estimate, scores: scores)], run: run)
        }
        let second = try TinyExperiment.evaluate(TinyExperiment.configuration([.audio]), store: store)
        #expect(mean(second, "noisy") == [77, 77])
        #expect(mean(second, "oracle") == [77, 77])
        // Another window makes another oracle.
        var wide = try TinyExperiment.configuration([.audio])
        wide.experimentName = "wide"
        wide.network.winLength = 512
        let third = try TinyExperiment.evaluate(wide, store: store)
        #expect(mean(third, "noisy") == [77, 77])
        #expect(mean(third, "oracle")[0] != 77)
    }

    @Test(
        "shows by controls whether a network looks: they move its scores, and those without video not at all (property)"
    )
    func controls() throws {
        let configuration = try TinyExperiment.configuration()
        let network = try TinyExperiment.network(configuration)
        let seen = mean(try TinyExperiment.evaluate(configuration, network, store: store), "audio_rgb")
        for control in VisualControl.allCases {
            let name = "audio_rgb+\(control.rawValue)"
            let outcome = try TinyExperiment.evaluate(configuration, network, store: store, control: control)
            #expect(outcome.table.systems[1].name == name)
            #expect(mean(outcome, name) != seen, "\(control)")
            #expect(mean(outcome, "noisy") == mean(outcome, "noisy"))
        }
        #expect(throws: EvaluationError.self) {
            try TinyExperiment.evaluate(
                configuration, network, store: store, modalities: [.audio], control: .zero)
        }
    }

    @Test("gives a subset of the modalities under a name of its own (closed form)")
    func modalities() throws {
        let configuration = try TinyExperiment.configuration([.audio, .rgb, .thermal])
        let network = try TinyExperiment.network(configuration)
        let all = try TinyExperiment.evaluate(configuration, network, store: store)
        let some = try TinyExperiment.evaluate(
            configuration, network, store: store, modalities: [.thermal, .audio])
        let none = try TinyExperiment.evaluate(configuration, network, store: store, modalities: [.audio])
        let names = [
            "audio_rgb_thermal", "audio_rgb_thermal@audio+thermal", "audio_rgb_thermal@audio",
        ]
        #expect([all, some, none].map { $0.table.systems[1].name } == names)
        let means = zip([all, some, none], names).map { mean($0, $1) }
        #expect(means[0] != means[1] && means[1] != means[2] && means[0] != means[2])
        #expect(try store.runs()[1].run.modalities == ["audio", "thermal"])
        #expect(throws: EvaluationError.self) {
            try TinyExperiment.evaluate(configuration, network, store: store, modalities: [.thermal])
        }
        let plain = try TinyExperiment.configuration([.audio])
        #expect(
            throws: EvaluationError.option(
                name: "modalities", value: "rgb", expected: "what the network has: audio")
        ) { try TinyExperiment.evaluate(plain, store: store, modalities: [.audio, .rgb]) }
    }

    @Test("stores an output that is not a number as failed and scores the rest (closed form)")
    func notANumber() throws {
        let configuration = try TinyExperiment.configuration([.audio])
        let network = try TinyExperiment.network(configuration)
        let last = try #require(network.network.state.parameters.last { $0.path.hasPrefix("decoder.") })
        last.assign(Tensor(last.shape, repeating: .nan))
        let outcome = try TinyExperiment.evaluate(configuration, network, store: store)
        #expect(outcome.failedItems == 4)
        #expect(outcome.table.statusNames.contains("non_finite_output"))
        #expect(mean(outcome, "oracle").allSatisfy { $0.isFinite })
        let scores = try TinyExperiment.scores(store)
        #expect(scores.count { $0.hasSuffix("non_finite_output") } == 8)
    }

    @Test("passes over an utterance whose recording is damaged (closed form)")
    func damaged() throws {
        let root = folder + "/data"
        try FileManager.default.copyItem(atPath: TinyExperiment.corpus.get(), toPath: root)
        let configuration = try TinyExperiment.configuration([.audio], root: root)
        let items = try ModelItems(configuration, split: .test)
        let name = items.description(0).utterance
        try Data("not sound".utf8).write(
            to: URL(fileURLWithPath: "\(root)/processed/audio_16k/\(name).wav"))
        let outcome = try TinyExperiment.evaluate(configuration, store: store)
        #expect(outcome.failedItems == 2 && outcome.table.items.count == 4)
        #expect(outcome.table.statusNames.contains("bad_audio"))
    }

    @Test("keeps recordings spread over the SNRs, the same ones each time (closed form)")
    func samples() throws {
        let configuration = try TinyExperiment.configuration()
        for _ in 0..<2 {
            _ = try TinyExperiment.evaluate(configuration, store: store) {
                $0.sampleCount = 2
                $0.sampleFolder = folder + "/samples"
            }
        }
        let names = try FileManager.default.contentsOfDirectory(atPath: folder + "/samples").sorted()
        #expect(
            names
                == ["0000", "0001"].flatMap { number in
                    ["clean", "enhanced", "noisy", "oracle"].map { "sample\(number)_\($0).wav" }
                })
        let kept = try store.samples(of: store.runs()[0].id)
        #expect(Set(kept.map(\.item.snrDB)) == [-5, 5])
    }

    @Test("refuses the training split and data that is not there (closed form)")
    func refused() throws {
        let configuration = try TinyExperiment.configuration()
        #expect(throws: EvaluationError.self) { try ModelItems(configuration, split: .train) }
        let missing = try TinyExperiment.configuration(root: folder)
        #expect(
            throws: EvaluationError.data(
                .missingInput(path: folder + "/processed/metadata/test_manifest.csv"))
        ) { try ModelItems(missing, split: .test) }
    }
}
