import Foundation
import GRDB
import TestSupport
import Testing

@testable import TAVSEStore

@Suite struct CommitTests {
    private let folder: TemporaryFolder
    private let store: ResultsStore

    init() throws {
        folder = try TemporaryFolder()
        store = try ResultsStore(path: folder.file("r.sqlite"), access: .readWrite)
    }

    @Test("gives back what was stored, and noisy scores of other runs (closed form)")
    func stored() throws {
        let a = try Sample.fill(store, system: "A", noisy: 0.25, [("u1", 0.5)])
        let b = try store.openRun(Sample.run("B")).run
        let metric = try store.register([Sample.stoi])[0]
        let noisy = ScoreRecord(signal: .noisy, metric: metric, outcome: .value(0.25))
        let enhanced = ScoreRecord(signal: .enhanced, metric: metric, outcome: .value(0.5))
        let estimate = EstimateRecord(path: nil, contentHash: "e")
        #expect(
            try store.stored(for: Sample.item("u1"), run: a)
                == StoredScores(estimate: estimate, scores: [noisy, enhanced], references: []))
        #expect(
            try store.stored(for: Sample.item("u1"), run: b)
                == StoredScores(estimate: nil, scores: [], references: [.init(run: a, score: noisy)]))
        #expect(
            try store.stored(for: Sample.item("u2"), run: a)
                == StoredScores(estimate: nil, scores: [], references: []))
    }

    @Test("does not lend noisy scores that were made of cut recordings (closed form)")
    func trimmedNoisy() throws {
        let run = try store.openRun(Sample.run("A")).run
        let metric = try store.register([Sample.stoi])[0]
        let noisy = ScoreRecord(signal: .noisy, metric: metric, outcome: .value(0.25))
        let result = ItemResult(
            item: Sample.item("u1"), estimate: EstimateRecord(path: nil, contentHash: "e", trimmedSamples: 7),
            scores: [noisy])
        try store.commit([result], run: run)
        let other = try store.openRun(Sample.run("B")).run
        #expect(try store.stored(for: Sample.item("u1"), run: other).references.isEmpty)
        #expect(try store.stored(for: Sample.item("u1"), run: run).scores == [noisy])
    }

    @Test("drops the scores of an output that has changed, whichever metrics they are of (closed form)")
    func changedOutput() throws {
        let run = try Sample.fill(store, system: "A", noisy: 0.25, [("u1", 0.5)])
        let metric = try store.register([Sample.lsd])[0]
        let score = ScoreRecord(signal: .enhanced, metric: metric, outcome: .value(3))
        let result = ItemResult(
            item: Sample.item("u1"), estimate: EstimateRecord(path: nil, contentHash: "another"),
            scores: [score])
        try store.commit([result], run: run)
        let scores = try store.stored(for: Sample.item("u1"), run: run).scores
        #expect(scores.filter { $0.signal == .enhanced } == [score])
        #expect(scores.filter { $0.signal == .noisy }.count == 1)
    }

    @Test("finds the same run again by what decides its scores (property)")
    func runIdentity() throws {
        let first = try store.openRun(Sample.run("A"))
        #expect(!first.existed)
        var moved = Sample.run("A")
        moved.host = "elsewhere"
        moved.toolVersion = "2.0"
        #expect(try store.openRun(moved) == (first.run, true))
        var changed: [RunDescription] = [Sample.run("B"), Sample.run("A", generation: 2)]
        for change in [\RunDescription.checkpointHash, \.config, \.control] {
            var description = Sample.run("A")
            description[keyPath: change] = "x"
            changed.append(description)
        }
        for description in changed { #expect(try !store.openRun(description).existed) }
        #expect(try store.newestGeneration(of: Sample.run("A")) == 2)
        #expect(try store.newestGeneration(of: Sample.run("Z")) == 0)
    }

    @Test("puts a changed recording in the place of the old one of its name (closed form)")
    func superseded() throws {
        let run = try Sample.fill(store, system: "A", [("u1", 1), ("u2", 2)])
        let metric = try store.register([Sample.stoi])[0]
        let result = ItemResult(
            item: Sample.item("u1", clean: "repaired"), estimate: EstimateRecord(path: nil, contentHash: "f"),
            scores: [ScoreRecord(signal: .enhanced, metric: metric, outcome: .value(3))])
        try store.commit([result], run: run)
        let table = try store.scoreTable()
        #expect(table.items.map(\.utterance) == ["u1", "u2"])
        #expect(table.columns[0][0].values == [3, 2])
    }

    @Test("keeps names with quotes, newlines, other scripts apart and intact (property)")
    func hostileNames() throws {
        let names = [
            "a'b\"c", "line\nbreak", "tab\t", "日本語", "é", "e\u{301}", "'; DROP TABLE score;--", " ",
        ]
        try Sample.fill(store, system: "A'; \"x\"", names.map { ($0, 1) })
        let stored = try store.scoreTable().items.map { Array($0.utterance.utf8) }
        #expect(Set(stored) == Set(names.map { Array($0.utf8) }))
        #expect(throws: StoreError.self) { try Sample.fill(store, system: "A", [("a\0b", 1)]) }
    }

    @Test("fills every view (closed form)")
    func views() throws {
        try Sample.fill(store, system: "A", noisy: 0.25, [("u1", 0.5), ("u2", .nan)])
        try Sample.fill(store, system: "B", metric: Sample.lsd, noisy: 9, [("u1", 4)])
        let pairs = try store.read {
            try Row.fetchAll($0, sql: "SELECT * FROM v_pairs ORDER BY metric DESC, item")
        }
        #expect(pairs.map { $0["improvement"] as Double? } == [0.25, nil, 5])
        let failures = try store.read { try Row.fetchAll($0, sql: "SELECT * FROM v_failures") }
        #expect(failures.map { $0["status"] as String } == ["not_a_number"])
        let snr = try store.read {
            try Row.fetchOne($0, sql: "SELECT * FROM v_by_snr WHERE system = 'A' AND signal = 'enhanced'")
        }
        let counts: [Int?] = [snr?["n"], snr?["n_failed"]]
        let numbers: [Double?] = [snr?["mean"], snr?["snr_db"]]
        #expect(counts == [1, 1])
        #expect(numbers == [0.5, 0])
        for view in ["v_scores", "v_by_noise", "v_systems"] {
            #expect(try store.read { try Int.fetchOne($0, sql: "SELECT count(*) FROM \(view)") ?? 0 } > 0)
        }
    }

    @Test("exports every score once, in order, with its item (closed form)")
    func export() throws {
        try Sample.fill(store, system: "A", noisy: 0.25, [("u2", 0.5), ("u1", .nan)])
        var lines: [String] = []
        try store.exportScores { score in
            lines.append(
                "\(score.system) \(score.item.utterance) \(score.signal.name) \(score.outcome.status)")
        }
        #expect(
            lines == [
                "A u1 noisy ok", "A u1 enhanced not_a_number", "A u2 noisy ok", "A u2 enhanced ok",
            ])
        let overview = try store.runs()[0]
        #expect(overview.items == 2 && overview.scores == 3 && overview.failed == 1)
        #expect(overview.status == .finished && overview.run.system == "A")
        #expect(try store.selectedRuns().map(\.id) == [overview.id])
    }
}
