import Foundation
import TestSupport
import Testing

@testable import TAVSEStore

@Suite struct ScoreTableTests {
    private let folder: TemporaryFolder
    private let store: ResultsStore

    init() throws {
        folder = try TemporaryFolder()
        store = try ResultsStore(path: folder.file("r.sqlite"), access: .readWrite)
    }

    @Test("matches systems by item, in the order of names, whatever the order of writing (closed form)")
    func matches() throws {
        try Sample.fill(store, system: "B", noisy: 0.1, [("u2", 0.22), ("u10", 0.21), ("é", 0.23)])
        try Sample.fill(store, system: "A", noisy: 0.1, [("u10", 0.31), ("u3", .nan)])
        let table = try store.scoreTable()
        #expect(table.items.map(\.utterance) == ["u10", "u2", "u3", "é"])
        #expect(table.systems == [.init(name: "noisy", kind: .noisy), .init(name: "B"), .init(name: "A")])
        #expect(table.metrics.map(\.signature) == ["STOI|v:1"])
        let b = table.columns[1][0]
        #expect(b.values[0] == 0.21 && b.values[1] == 0.22 && b.values[3] == 0.23 && b.values[2].isNaN)
        #expect(b.status == [0, 0, 1, 0])
        let a = table.columns[2][0]
        #expect(a.values[0] == 0.31 && a.values[1].isNaN)
        #expect(a.status == [0, 1, 2, 1])
        #expect(table.statusNames == ["ok", "absent", "not_a_number"])
        #expect(table.columns[0][0].values == [0.1, 0.1, 0.1, 0.1])
    }

    @Test("takes the newest run of a system unless told otherwise (closed form)")
    func newestRun() throws {
        let old = try Sample.fill(store, system: "A", started: Date(timeIntervalSince1970: 9), [("u1", 1)])
        try Sample.fill(
            store, system: "A", generation: 2, started: Date(timeIntervalSince1970: 99), [("u1", 2)])
        #expect(try store.scoreTable().columns[0][0].values == [2])
        #expect(try store.scoreTable(runs: [old]).columns[0][0].values == [1])
        #expect(throws: StoreError.unknownRun(77)) { try store.scoreTable(runs: [RunID(rawValue: 77)]) }
    }

    @Test("shows imported scores beside evaluated ones of the same system and item (closed form)")
    func importedBeside() throws {
        try Sample.fill(store, system: "A", [("u1", 0.5)])
        _ = try store.importScores(toolVersion: "1") { importer in
            try importer.add(
                run: importer.run(system: "A"),
                item: importer.item(Sample.item("u1", clean: nil, noisy: nil)),
                metric: importer.metric(MetricDescription(name: "mos", signature: "mos|imported")),
                outcome: .value(4))
        }
        let table = try store.scoreTable()
        #expect(table.items.count == 1)
        #expect(table.metrics.map(\.name) == ["stoi", "mos"])
        #expect(table.columns[0].map(\.values) == [[0.5], [4]])
    }

    @Test("keeps recordings that differ apart even under one name (closed form)")
    func differentAudio() throws {
        let metric = try store.register([Sample.stoi])[0]
        for (system, hash) in [("A", "x"), ("B", "y")] {
            let run = try store.openRun(Sample.run(system)).run
            let score = ScoreRecord(signal: .enhanced, metric: metric, outcome: .value(1))
            let result = ItemResult(
                item: Sample.item("u1", clean: hash), estimate: EstimateRecord(path: nil, contentHash: "e"),
                scores: [score])
            try store.commit([result], run: run)
        }
        let table = try store.scoreTable()
        #expect(table.items.map(\.utterance) == ["u1", "u1"])
        #expect(table.columns.map { $0[0].status } == [[0, 1], [1, 0]])
    }

    @Test("gives systems and metrics in the order asked for, and names what it does not know (closed form)")
    func selection() throws {
        try Sample.fill(store, system: "A", [("u1", 1)])
        try Sample.fill(store, system: "B", metric: Sample.lsd, [("u1", 2)])
        let table = try store.scoreTable(systems: ["B", "A"], metrics: ["lsd", "stoi"], split: "test")
        #expect(table.systems.map(\.name) == ["B", "A"])
        #expect(table.metrics.map(\.name) == ["lsd", "stoi"])
        #expect(table.metrics.map(\.higherIsBetter) == [false, true])
        #expect(table.columns[0][0].values == [2] && table.columns[0][1].status == [1])
        #expect(try store.scoreTable(split: "val").items.isEmpty)
        #expect(throws: StoreError.unknownSystem(name: "C", known: ["A", "B"])) {
            try store.scoreTable(systems: ["C"])
        }
        #expect(throws: StoreError.unknownMetric(name: "pesq", known: ["lsd", "stoi"])) {
            try store.scoreTable(metrics: ["pesq"])
        }
    }

    @Test("is empty, not an error, for a store without scores (closed form)")
    func empty() throws {
        #expect(try store.scoreTable() == ScoreTable(items: [], systems: [], metrics: [], columns: []))
    }
}
