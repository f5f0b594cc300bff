import Foundation
import TestSupport
import Testing

@testable import TAVSEStore

@Suite struct MergeTests {
    private let folder: TemporaryFolder
    private let store: ResultsStore

    init() throws {
        folder = try TemporaryFolder()
        store = try ResultsStore(path: folder.file("main.sqlite"), access: .readWrite)
    }

    private func shard(_ name: String, _ fill: (ResultsStore) throws -> Void) throws -> String {
        let path = folder.file(name)
        try fill(ResultsStore(path: path, access: .readWrite))
        return path
    }

    @Test("makes one run of the shards of one evaluation, and changes nothing the second time (closed form)")
    func shards() throws {
        // Other numbers on either side: the systems are registered in another order.
        try Sample.fill(store, system: "B", metric: Sample.lsd, [("u9", 9)])
        try Sample.fill(store, system: "A", noisy: 0.5, [("u1", 1)])
        let other = try shard("other.sqlite") {
            try Sample.fill($0, system: "A", noisy: 0.5, [("u2", 2), ("u3", .nan)])
            try Sample.fill($0, system: "C", [("u1", 7)])
        }
        #expect(try store.merge(other) == MergeSummary(added: 5, repaired: 0, unchanged: 0))
        let table = try store.scoreTable(systems: ["A", "B", "C"], metrics: ["stoi"])
        #expect(table.items.map(\.utterance) == ["u1", "u2", "u3"])
        #expect(table.columns[0][0].status == [0, 0, 2])
        #expect(table.columns[2][0].values[0] == 7)
        #expect(try store.runs().map(\.run.system).sorted() == ["A", "B", "C"])
        #expect(try store.merge(other) == MergeSummary(added: 0, repaired: 0, unchanged: 5))
        #expect(try "\(store.scoreTable(systems: ["A", "B", "C"], metrics: ["stoi"]))" == "\(table)")
    }

    @Test("lets a value take the place of a failure, in either direction (closed form)")
    func repairs() throws {
        try Sample.fill(store, system: "A", [("u1", .nan), ("u2", 2)])
        let other = try shard("other.sqlite") { try Sample.fill($0, system: "A", [("u1", 1), ("u2", .nan)]) }
        #expect(try store.merge(other) == MergeSummary(added: 0, repaired: 1, unchanged: 1))
        #expect(try store.scoreTable().columns[0][0].values == [1, 2])
    }

    @Test("refuses contradicting values, says which, and changes nothing (closed form)")
    func conflict() throws {
        try Sample.fill(store, system: "A", [("u1", 1)])
        let other = try shard("other.sqlite") { try Sample.fill($0, system: "A", [("u1", 1.5), ("u2", 2)]) }
        let difference = "stoi of A for u1 at 0.0 dB: 1.0 here, 1.5 there"
        #expect(throws: StoreError.mergeConflict(source: other, differences: [difference], count: 1)) {
            try store.merge(other)
        }
        #expect(try store.scoreTable().items.map(\.utterance) == ["u1"])
    }

    @Test("refuses another recording under the same name in the same run (closed form)")
    func otherRecording() throws {
        try Sample.fill(store, system: "A", [("u1", 1)])
        let other = try shard("other.sqlite") { shard in
            let run = try shard.openRun(Sample.run("A")).run
            let result = ItemResult(
                item: Sample.item("u1", clean: "another"),
                estimate: EstimateRecord(path: nil, contentHash: "e"),
                scores: [])
            try shard.commit([result], run: run)
        }
        let difference = "A for u1 at 0.0 dB: another recording here than there"
        #expect(throws: StoreError.mergeConflict(source: other, differences: [difference], count: 1)) {
            try store.merge(other)
        }
    }

    @Test("refuses itself and whatever is not a store (closed form)")
    func wrongFiles() throws {
        #expect(throws: StoreError.self) { try store.merge(store.path) }
        let missing = folder.file("none")
        #expect(throws: StoreError.missingFile(path: missing)) { try store.merge(missing) }
    }
}
