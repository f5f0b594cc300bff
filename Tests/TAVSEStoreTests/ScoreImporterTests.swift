import TestSupport
import Testing

@testable import TAVSEStore

@Suite struct ScoreImporterTests {
    private let folder: TemporaryFolder
    private let store: ResultsStore
    private let metric = MetricDescription(name: "pesq", signature: "pesq|imported")

    init() throws {
        folder = try TemporaryFolder()
        store = try ResultsStore(path: folder.file("r.sqlite"), access: .readWrite)
    }

    private func give(
        _ rows: [(system: String, utterance: String, value: Double)], replacing: Bool = false
    ) throws -> ImportSummary {
        try store.importScores(toolVersion: "1", replacing: replacing) { importer in
            for row in rows {
                try importer.add(
                    run: importer.run(system: row.system),
                    item: importer.item(ItemDescription(utterance: row.utterance)),
                    metric: importer.metric(metric), outcome: ScoreOutcome(row.value))
            }
        }
    }

    @Test("adds once, changes nothing the second time, and counts failures (closed form)")
    func idempotent() throws {
        let rows = [("A", "u1", 2.5), ("A", "u2", -Double.infinity), ("noisy", "u1", 1.5)]
        #expect(try give(rows) == ImportSummary(added: 3, unchanged: 0, replaced: 0, failed: 1))
        let before = try store.scoreTable()
        #expect(try give(rows) == ImportSummary(added: 0, unchanged: 3, replaced: 0, failed: 1))
        // As text: NaN marks a missing value and equals nothing.
        #expect(try "\(store.scoreTable())" == "\(before)")
        #expect(before.systems.map(\.kind) == [.noisy, .enhanced])
        #expect(before.columns[1][0].status == [0, 2])
        #expect(before.statusNames[2] == "infinite")
    }

    @Test("refuses the same score twice in one import, and leaves nothing behind (closed form)")
    func duplicate() throws {
        #expect(throws: StoreError.duplicateScore(system: "A", item: "u1", metric: "pesq")) {
            try give([("A", "u1", 2.5), ("A", "u2", 2), ("A", "u1", 2.5)])
        }
        #expect(try store.scoreTable().items.isEmpty)
    }

    @Test("refuses another value for a stored score unless it may replace it (closed form)")
    func conflict() throws {
        _ = try give([("A", "u1", 2.5)])
        let error = StoreError.conflict(system: "A", item: "u1", metric: "pesq", stored: "2.5", new: "3.0")
        #expect(throws: error) { try give([("A", "u1", 3)]) }
        #expect(try give([("A", "u1", 3)], replacing: true).replaced == 1)
        #expect(try store.scoreTable().columns[0][0].values == [3])
    }

    @Test("refuses names that no system or item can have (closed form)")
    func names() throws {
        #expect(throws: StoreError.self) { try give([("", "u1", 1)]) }
        #expect(throws: StoreError.self) { try give([("a/b", "u1", 1)]) }
        #expect(
            throws: StoreError.invalid(field: "utterance", value: "", expected: "a name that is not empty")
        ) {
            try give([("A", "", 1)])
        }
    }

    @Test("passes the caller's own error on and undoes the import (property)")
    func callerError() throws {
        struct Stop: Error {}
        #expect(throws: Stop.self) {
            try store.importScores(toolVersion: "1") { importer in
                _ = try importer.run(system: "A")
                throw Stop()
            }
        }
        #expect(try store.scoreTable(systems: ["noisy"]).items.isEmpty)
        #expect(throws: StoreError.unknownSystem(name: "A", known: [])) {
            try store.scoreTable(systems: ["A"])
        }
    }
}
