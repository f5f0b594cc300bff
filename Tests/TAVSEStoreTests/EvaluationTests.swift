import Foundation
import GRDB
import TestSupport
import Testing

@testable import TAVSEStore

@Suite struct EvaluationTests {
    private let folder: TemporaryFolder
    private let store: ResultsStore

    init() throws {
        folder = try TemporaryFolder()
        store = try ResultsStore(path: folder.file("r.sqlite"), access: .readWrite)
    }

    /// Does what a command does: declares its list, stores some of it, ends.
    @discardableResult
    private func command(
        _ values: [(String, Double)], stored: Int? = nil, output: String = "e",
        shard: Int = 1, of shards: Int = 1, metric: MetricDescription = Sample.stoi, generation: Int = 1,
        in target: ResultsStore? = nil, date: Date = Date()
    ) throws -> (run: RunID, end: EvaluationEnd) {
        let store = target ?? self.store
        let items = values.map { Sample.item($0.0, clean: $0.0) }
        let plan = EvaluationPlan(items, shard: shard, of: shards)
        let id = try store.register([metric])[0]
        let opened = try store.beginEvaluation(
            Sample.run("A", generation: generation), plan: plan, started: date)
        let share = values.indices.filter { $0 % shards == shard - 1 }.prefix(stored ?? values.count)
        try store.commit(
            share.map { index in
                ItemResult(
                    item: items[index], estimate: EstimateRecord(path: nil, contentHash: output),
                    scores: [
                        ScoreRecord(signal: .enhanced, metric: id, outcome: .value(values[index].1))
                    ])
            }, run: opened.run, for: .evaluation(shard: shard))
        return (
            opened.run,
            try store.endEvaluation(
                opened.run, plan: plan, finished: stored == nil, metrics: [id], date: date)
        )
    }

    private func values(_ store: ResultsStore? = nil) throws -> [String: Double] {
        let table = try (store ?? self.store).scoreTable(systems: ["A"])
        guard let column = table.columns.first?.first else { return [:] }
        return Dictionary(uniqueKeysWithValues: zip(table.items.map(\.utterance), column.values))
    }

    @Test("keeps a complete evaluation until its repetition is complete, whatever that changes (closed form)")
    func repetition() throws {
        try command([("u1", 1), ("u2", 2), ("u3", 3)])
        let stopped = try command([("u1", 7), ("u2", 8), ("u3", 9)], stored: 2, output: "f")
        #expect(stopped.end.isPending && stopped.end.items == 2 && stopped.end.asked == 3)
        #expect(try values() == ["u1": 1, "u2": 2, "u3": 3])
        #expect(try store.runs().map(\.isComplete) == [true, false])
        let done = try command([("u1", 7), ("u2", 8), ("u3", 9)], output: "f")
        #expect(!done.end.isPending && done.run == stopped.run)
        #expect(try values() == ["u1": 7, "u2": 8, "u3": 9])
        #expect(try store.runs().count == 1)
        // A stop that changed nothing leaves nothing behind.
        try command([("u1", 7), ("u2", 8), ("u3", 9)], stored: 1, output: "f")
        #expect(try store.runs().count == 1)
    }

    @Test("supersedes what a partial evaluation no longer asks for, at once (closed form)")
    func partialList() throws {
        try command([("u1", 1), ("u2", 2), ("u3", 3)], stored: 2)
        #expect(try values() == ["u1": 1, "u2": 2])
        try command([("u1", 1), ("u3", 3)], stored: 1)
        #expect(try values() == ["u1": 1])
        let run = try store.runs()[0]
        #expect(run.asked == 2 && run.items == 1 && run.superseded == 1 && !run.isComplete)
        #expect(try store.supersededItems(of: run.id).map(\.utterance) == ["u2"])
    }

    @Test("orders by the time of the last command, which never goes back, then by number (closed form)")
    func order() throws {
        let now = Date()
        try command([("u1", 1)], date: now)
        // A clock that was set back, and a tick of no length.
        try command([("u1", 2)], output: "f", generation: 2, date: now.addingTimeInterval(-3600))
        #expect(try values() == ["u1": 2])
        try command([("u1", 1)], date: now.addingTimeInterval(-7200))
        #expect(try values() == ["u1": 1])
        try store.write { try $0.execute(sql: "UPDATE run SET activity = 5") }
        #expect(try values() == ["u1": 2])
    }

    @Test(
        "a metric in a later signature takes the place of the earlier one when it covers as much (closed form)"
    )
    func signatures() throws {
        try command([("u1", 1), ("u2", 2)])
        let later = MetricDescription(name: "stoi", signature: "STOI|v:2")
        try command([("u1", 3), ("u2", 4)], metric: later)
        let table = try store.scoreTable(systems: ["A"])
        #expect(table.metrics.map(\.signature) == ["STOI|v:2"])
        #expect(try values() == ["u1": 3, "u2": 4])
        var exported = 0
        try store.exportScores { _ in exported += 1 }
        #expect(exported == 2)
    }

    @Test("joins the shards of one list and lists without a common recording, in any order (closed form)")
    func merging() throws {
        func other(_ name: String, _ fill: (ResultsStore) throws -> Void) throws -> String {
            let path = folder.file(name)
            try fill(ResultsStore(path: path, access: .readWrite))
            return path
        }
        let all: [(String, Double)] = [("u1", 1), ("u2", 2), ("u3", 3)]
        let shards = try (1...3).map { shard in
            try other("s\(shard)") { try command(all, shard: shard, of: 3, in: $0) }
        }
        for (name, order) in [("a", [0, 2, 0]), ("b", [2, 0, 0])] {
            let target = try ResultsStore(path: folder.file(name), access: .readWrite)
            for index in order { _ = try target.merge(shards[index]) }
            var run = try target.runs()[0]
            #expect(run.missingShards == [2] && run.asked == 3 && run.items == 2 && !run.isComplete)
            _ = try target.merge(shards[1])
            run = try target.runs()[0]
            #expect(run.isComplete && run.missingShards.isEmpty)
            #expect(try values(target) == ["u1": 1, "u2": 2, "u3": 3])
        }
        let halves = [
            try other("h1") { try command([("u1", 1)], output: "x", in: $0) },
            try other("h2") { try command([("u2", 2)], output: "y", in: $0) },
        ]
        let joined = try ResultsStore(path: folder.file("joined"), access: .readWrite)
        for path in halves + halves { _ = try joined.merge(path) }
        #expect(try values(joined) == ["u1": 1, "u2": 2] && joined.runs()[0].isComplete)
        #expect(try joined.runs()[0].asked == 2)
    }

    @Test(
        "of two lists of one evaluation the later one counts, in whichever order they are merged (closed form)"
    )
    func laterList() throws {
        let now = Date()
        var paths: [String] = []
        for (name, values, age) in [
            ("old", [("u1", 1.0), ("u2", 2.0), ("u3", 3.0)], 60.0), ("new", [("u1", 1.0), ("u2", 2.0)], 0.0),
        ] {
            let path = folder.file(name)
            try command(
                values, in: ResultsStore(path: path, access: .readWrite), date: now.addingTimeInterval(-age))
            paths.append(path)
        }
        for (name, order) in [("a", paths), ("b", paths.reversed())] {
            let target = try ResultsStore(path: folder.file(name), access: .readWrite)
            for path in order { _ = try target.merge(path) }
            #expect(try values(target) == ["u1": 1, "u2": 2])
            #expect(try target.runs()[0].superseded == 1 && target.runs()[0].isComplete)
        }
    }

    @Test("gates that were captured without an evaluation displace none (closed form)")
    func gates() throws {
        try command([("u1", 1)])
        let plan = EvaluationPlan([Sample.item("u1", clean: "u1")])
        let opened = try store.beginCapture(Sample.run("A", generation: 2), plan: plan)
        #expect(!opened.isEvaluation)
        let metric = try store.register([Sample.stoi])[0]
        let scores = [ScoreRecord(signal: .enhanced, metric: metric, outcome: .value(99))]
        try store.commit(
            [
                ItemResult(
                    item: Sample.item("u1", clean: "u1"), estimate: .init(path: nil, contentHash: "g"),
                    scores: scores)
            ], run: opened.run, for: .capture)
        try store.endCapture(opened.run, isWhole: true)
        #expect(try values() == ["u1": 1])
        // Nor does a capture under the evaluation's own run change what is there.
        let own = try store.beginCapture(Sample.run("A"), plan: plan)
        #expect(own.isEvaluation)
        try store.commit(
            [
                ItemResult(
                    item: Sample.item("u1", clean: "u1"), estimate: .init(path: nil, contentHash: "g"),
                    scores: scores)
            ], run: own.run, for: .capture)
        try store.endCapture(own.run, isWhole: false)
        #expect(try values() == ["u1": 1] && store.runs()[0].isComplete)
    }

    @Test("reads a store of version 1 as before, without changing a file that is only read (property)")
    func version1() throws {
        let path = folder.file("old.sqlite")
        let queue = try DatabaseQueue(path: path)
        try queue.inDatabase { database in
            try database.execute(sql: SchemaVersion1.tables)
            try database.execute(sql: SchemaVersion1.views)
            try database.execute(
                sql: """
                    PRAGMA application_id = \(Schema.applicationID);
                    PRAGMA user_version = 1;
                    INSERT INTO system (id, name) VALUES (1, 'A');
                    INSERT INTO metric (id, name, signature, title, unit, direction)
                    VALUES (1, 'stoi', 'STOI|v:1', '', '', 'higher');
                    INSERT INTO item (id, key, utterance) VALUES (1, '\(String(repeating: "0", count: 32))', 'u1');
                    """)
            for (run, started, value) in [(1, "2026-01-02T00:00:00Z", 0.5), (2, "2026-01-01T00:00:00Z", 0.7)]
            {
                try database.execute(
                    sql: """
                        INSERT INTO run (id, key, system_id, source, generation, tool_version, started, finished, status)
                        VALUES (?, ?, 1, 'recordings', ?, '0.1', ?, ?, 'finished')
                        """,
                    arguments: [run, String(repeating: "\(run)", count: 32), run, started, started])
                try database.execute(
                    sql: "INSERT INTO estimate (run_id, item_id, content_hash) VALUES (?, 1, 'e')",
                    arguments: [run])
                try database.execute(
                    sql: "INSERT INTO score VALUES (?, 1, 1, 1, ?, NULL, NULL, NULL)",
                    arguments: [run, value])
            }
        }
        try queue.close()
        let before = FileManager.default.contents(atPath: path)
        let reader = try ResultsStore(path: path, access: .readOnly)
        #expect(try values(reader) == ["u1": 0.5])
        #expect(try reader.runs().allSatisfy { $0.isComplete && $0.items == 1 })
        #expect(FileManager.default.contents(atPath: path) == before)
        _ = try store.merge(path)
        #expect(try values() == ["u1": 0.5])
        #expect(FileManager.default.contents(atPath: path) == before)
        #expect(try values(ResultsStore(path: path, access: .readWrite)) == ["u1": 0.5])
    }
}
