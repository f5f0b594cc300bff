import Foundation
import GRDB

/// A run that a command has opened.
public struct OpenedEvaluation: Sendable, Equatable {
    /// The run.
    public var run: RunID
    /// Items that earlier commands of the run superseded.
    public var superseded: Int
}

/// What stands in the store when a command has ended.
public struct EvaluationEnd: Sendable, Equatable {
    /// Items of the run's list that it holds.
    public var items: Int
    /// Items of the run's list.
    public var asked: Int
    /// Shards that have not been finished.
    public var missingShards: [Int]
    /// Items that commands of the run superseded, kept for the record.
    public var superseded: Int
    /// Whether the run still shows what it held before, because its repetition is not complete.
    public var isPending: Bool
}

extension ResultsStore {
    /// Opens the run of an evaluation and declares the list of items that it is about.
    ///
    /// A run that is complete stays as it is, and what the command changes is kept apart until the command (with all
    /// shards of its list) has finished; see ``endEvaluation(_:plan:finished:date:)``. In a run that is not complete,
    /// items of an earlier list are superseded at once, until they are stored again.
    ///
    /// - Parameters:
    ///   - description: identity and provenance.
    ///   - plan: the list, and the share of it that the command takes.
    ///   - started: time of the command.
    public func beginEvaluation(
        _ description: RunDescription, plan: EvaluationPlan, started: Date = Date()
    ) throws(StoreError) -> OpenedEvaluation {
        try RunDescription.validateSystem(description.system, source: description.source)
        return try write { database in
            let key = description.key
            let found = try Int64.fetchOne(
                database, sql: "SELECT id FROM run WHERE key = ?", arguments: [key])
            guard let run = found else {
                let run = try Self.insertRun(description, key: key, started: started, in: database)
                try Self.declare(plan, run: run, started: started, in: database)
                return OpenedEvaluation(run: RunID(rawValue: run), superseded: 0)
            }
            let superseded = try Self.supersededCount(run, in: database)
            var target = run
            if try Self.isComplete(run, in: database) {
                target =
                    try Self.repetition(of: run, in: database)
                    ?? Self.insertRun(
                        description, key: Fingerprint.key("repetition", key), started: started,
                        replacing: run, in: database)
            }
            try Self.restart(target, as: description, in: database)
            try database.execute(
                sql: "UPDATE run SET purpose = 'evaluation' WHERE id = ?", arguments: [target])
            try Self.declare(plan, run: target, started: started, in: database)
            return OpenedEvaluation(run: RunID(rawValue: run), superseded: superseded)
        }
    }

    /// Opens the run under which gates are captured: that of an evaluation of this identity, which stays as it is, or
    /// one of its own, which no report takes for an evaluation.
    ///
    /// - Returns: the run, and whether it is an evaluation's.
    public func beginCapture(
        _ description: RunDescription, plan: EvaluationPlan, started: Date = Date()
    ) throws(StoreError) -> (run: RunID, isEvaluation: Bool) {
        try RunDescription.validateSystem(description.system, source: description.source)
        return try write { database in
            let key = description.key
            let found = try Row.fetchOne(
                database, sql: "SELECT id, purpose FROM run WHERE key = ?", arguments: [key])
            let run: Int64
            if let found {
                run = found[0]
                if found[1] == "evaluation" { return (RunID(rawValue: run), true) }
                try Self.restart(run, as: description, in: database)
            } else {
                run = try Self.insertRun(description, key: key, started: started, in: database)
                try database.execute(sql: "UPDATE run SET purpose = 'gates' WHERE id = ?", arguments: [run])
            }
            try Self.declare(plan, run: run, started: started, in: database)
            return (RunID(rawValue: run), false)
        }
    }

    /// Marks the end of a capture of gates.
    ///
    /// - Parameters:
    ///   - run: the run that was opened.
    ///   - isWhole: whether every item of the split was captured; says nothing about an evaluation's run.
    ///   - date: time of the end.
    public func endCapture(_ run: RunID, isWhole: Bool, date: Date = Date()) throws(StoreError) {
        try write { database in
            try database.execute(
                sql: "UPDATE run SET captured = ? WHERE id = ?",
                arguments: [try Self.tick(date, in: database), run.rawValue])
            let purpose = try String.fetchOne(
                database, sql: "SELECT purpose FROM run WHERE id = ?", arguments: [run.rawValue])
            guard purpose == "gates" else { return }
            try Self.set(isWhole ? .finished : .stopped, shard: 1, run: run.rawValue, in: database)
            try Self.summariseShards(run.rawValue, date: date, in: database)
        }
    }

    /// Marks an item as one that a capture of gates asked for; an evaluation's run has its own list.
    public func keep(_ item: ItemDescription, inCapture run: RunID) throws(StoreError) {
        try write { database in
            try database.execute(
                sql: """
                    INSERT INTO member (run_id, item_id)
                    SELECT run.id, item.id FROM run JOIN item ON item.key = ?
                    WHERE run.id = ? AND run.purpose = 'gates' ON CONFLICT DO NOTHING
                    """, arguments: [item.key, run.rawValue])
        }
    }

    /// Marks the end of a command.
    ///
    /// When it completes the list of a run that was complete before, the run takes over what was kept apart, in the same
    /// transaction: its items are those of the new list, and everything else in it is superseded.
    ///
    /// - Parameters:
    ///   - run: the run that was opened.
    ///   - plan: the list, as it was declared.
    ///   - finished: whether every item of the share was stored; false when the command was stopped.
    ///   - metrics: what was asked for. Scores of the same metrics in other signatures are out of date when these cover
    ///     as many items; they are kept for the record.
    ///   - date: time of the end.
    public func endEvaluation(
        _ run: RunID, plan: EvaluationPlan, finished: Bool, metrics: [MetricID] = [], date: Date = Date()
    ) throws(StoreError) -> EvaluationEnd {
        try write { database in
            let id = run.rawValue
            let repetition = try Self.repetition(of: id, in: database)
            let target = repetition ?? id
            try Self.set(finished ? .finished : .stopped, shard: plan.shard, run: target, in: database)
            try Self.summariseShards(target, date: date, in: database)
            var isPending = false
            if let repetition {
                switch try Self.outcome(of: repetition, replacing: id, in: database) {
                case .complete: try Self.replace(id, by: repetition, date: date, in: database)
                case .unchanged: try Self.removeRows(of: repetition, in: database)
                case .pending: isPending = true
                }
            }
            try database.execute(
                sql: "UPDATE run SET activity = ? WHERE id = ?",
                arguments: [try Self.tick(date, in: database), isPending ? target : id])
            if finished && !isPending { try Self.retireSignatures(besides: metrics, run: id, in: database) }
            let shown = isPending ? target : id
            let items = try Int.fetchOne(
                database, sql: "SELECT count(*) FROM member WHERE run_id = ?", arguments: [shown])
            return EvaluationEnd(
                items: items ?? 0, asked: plan.items,
                missingShards: try Self.missingShards(shown, in: database),
                superseded: try Self.supersededCount(id, in: database), isPending: isPending)
        }
    }

    // MARK: - Inside a transaction

    /// A time later than every activity in the store, whatever the clock says.
    static func tick(_ date: Date, in database: Database) throws -> Int64 {
        let last = try Int64.fetchOne(
            database, sql: "SELECT max(max(activity), coalesce(max(captured), 0)) FROM run")
        return max(microseconds(date), (last ?? 0) + 1)
    }

    static func isComplete(_ run: Int64, in database: Database) throws -> Bool {
        try Bool.fetchOne(
            database, sql: "SELECT \(SchemaVersion2.isComplete) FROM run WHERE id = ?", arguments: [run])
            ?? false
    }

    /// The unfinished repetition of a complete run.
    static func repetition(of run: Int64, in database: Database) throws -> Int64? {
        try Int64.fetchOne(
            database.cachedStatement(sql: "SELECT id FROM run WHERE replaces = ?"), arguments: [run])
    }

    /// Items that a run has rows for and that its last command does not name.
    static func supersededCount(_ run: Int64, in database: Database) throws -> Int {
        try Int.fetchOne(
            database,
            sql: """
                SELECT count(*) FROM (
                    SELECT item_id FROM estimate WHERE run_id = ?1
                    UNION SELECT item_id FROM score WHERE run_id = ?1
                    EXCEPT SELECT item_id FROM member WHERE run_id = ?1)
                """, arguments: [run]) ?? 0
    }

    /// Shards that have not been finished, of a run that declares how many there are.
    static func missingShards(_ run: Int64, in database: Database) throws -> [Int] {
        let shards = try Int.fetchOne(database, sql: "SELECT shards FROM run WHERE id = ?", arguments: [run])
        let finished = try Int.fetchSet(
            database, sql: "SELECT number FROM shard WHERE run_id = ? AND status = 'finished'",
            arguments: [run])
        return shards.map { (1...max(1, $0)).filter { !finished.contains($0) } } ?? []
    }

    private static func retireSignatures(
        besides metrics: [MetricID], run: Int64, in database: Database
    ) throws {
        func rows(_ metric: Int64) throws -> Int {
            try Int.fetchOne(
                database,
                sql: """
                    SELECT count(*) FROM score
                    JOIN member ON member.run_id = score.run_id AND member.item_id = score.item_id
                    WHERE score.run_id = ? AND signal = 1 AND metric_id = ?
                    """, arguments: [run, metric]) ?? 0
        }
        for metric in metrics.map(\.rawValue) {
            try database.execute(
                sql: "DELETE FROM retired WHERE run_id = ? AND metric_id = ?", arguments: [run, metric])
            let others = try Int64.fetchAll(
                database,
                sql: """
                    SELECT other.id FROM metric JOIN metric AS other ON other.name = metric.name
                        AND other.id <> metric.id WHERE metric.id = ?
                    """, arguments: [metric])
            for other in others {
                let count = try rows(other)
                guard count > 0, try rows(metric) >= count else { continue }
                try database.execute(
                    sql: "INSERT INTO retired (run_id, metric_id) VALUES (?, ?) ON CONFLICT DO NOTHING",
                    arguments: [run, other])
            }
        }
    }

    /// Writes down a list and that one share of it is being worked on.
    private static func declare(
        _ plan: EvaluationPlan, run: Int64, started: Date, in database: Database
    ) throws {
        let known = try String.fetchOne(database, sql: "SELECT plan FROM run WHERE id = ?", arguments: [run])
        if known != plan.key {
            try database.execute(sql: "DELETE FROM member WHERE run_id = ?", arguments: [run])
            try database.execute(sql: "DELETE FROM shard WHERE run_id = ?", arguments: [run])
        }
        try database.execute(
            sql: "UPDATE run SET plan = ?, asked = ?, shards = ?, activity = ? WHERE id = ?",
            arguments: [plan.key, plan.items, plan.shards, try tick(started, in: database), run])
        try database.execute(
            sql: """
                INSERT INTO shard (run_id, number, items, status) VALUES (?, ?, ?, 'running')
                ON CONFLICT DO UPDATE SET items = excluded.items, status = 'running'
                """, arguments: [run, plan.shard, plan.shardItems])
    }

    private static func set(_ status: RunStatus, shard: Int, run: Int64, in database: Database) throws {
        try database.execute(
            sql: "UPDATE shard SET status = ? WHERE run_id = ? AND number = ?",
            arguments: [status.rawValue, run, shard])
    }

    /// A run is at work while one of its shards is, stopped when one was, and finished otherwise.
    static func summariseShards(_ run: Int64, date: Date, in database: Database) throws {
        let statuses = try String.fetchSet(
            database, sql: "SELECT status FROM shard WHERE run_id = ?", arguments: [run])
        let status: RunStatus =
            statuses.contains("running") ? .running : statuses.contains("stopped") ? .stopped : .finished
        try database.execute(
            sql: "UPDATE run SET status = ?, finished = ? WHERE id = ?",
            arguments: [status.rawValue, status == .finished ? text(date) : nil, run])
    }

    private enum RepetitionOutcome {
        /// All shards are done.
        case complete
        /// Nothing differs from the complete run so far.
        case unchanged
        /// Other shards have to follow, or the command was stopped.
        case pending
    }

    private static func outcome(
        of repetition: Int64, replacing run: Int64, in database: Database
    ) throws -> RepetitionOutcome {
        let statuses = try String.fetchAll(
            database, sql: "SELECT status FROM shard WHERE run_id = ?", arguments: [repetition])
        let row = try Row.fetchOne(
            database,
            sql: """
                SELECT new.shards, new.plan IS old.plan,
                    EXISTS (SELECT 1 FROM estimate WHERE run_id = new.id)
                FROM run AS new JOIN run AS old ON old.id = ? WHERE new.id = ?
                """, arguments: [run, repetition])
        guard let row else { return .pending }
        let isDone = statuses.allSatisfy { $0 == "finished" }
        if isDone, statuses.count == row[0] as Int { return .complete }
        let isUnchanged = row[1] as Bool && !(row[2] as Bool)
        return isUnchanged && !statuses.contains("running") ? .unchanged : .pending
    }

    /// Moves a complete repetition into the run that it replaces.
    private static func replace(
        _ run: Int64, by repetition: Int64, date: Date, in database: Database
    ) throws {
        func change(_ sql: String) throws {
            let text = sql.replacing(":old", with: String(run)).replacing(":new", with: String(repetition))
            try database.execute(sql: text)
        }
        let kept = "item_id IN (SELECT item_id FROM member WHERE run_id = :new)"
        for table in ["score", "estimate", "sample", "gate"] {
            // What was captured or kept for listening stays unless there is something in its place.
            let evidence = ["score", "estimate"].contains(table) ? "estimate" : table
            try change(
                """
                DELETE FROM \(table) WHERE run_id = :old AND item_id IN (
                    SELECT item_id FROM \(evidence) WHERE run_id = :new AND \(kept))
                """)
            try change("UPDATE \(table) SET run_id = :old WHERE run_id = :new AND \(kept)")
        }
        try change("DELETE FROM member WHERE run_id = :old")
        try change("UPDATE member SET run_id = :old WHERE run_id = :new")
        try change("DELETE FROM shard WHERE run_id = :old")
        try change("UPDATE shard SET run_id = :old WHERE run_id = :new")
        try change(
            """
            UPDATE run SET (plan, asked, shards, tool_version, host, slurm_job, manifest_hash, noise_hash,
                checkpoint, status) = (SELECT plan, asked, shards, tool_version, host, slurm_job, manifest_hash,
                noise_hash, checkpoint, status FROM run AS new WHERE new.id = :new)
            WHERE id = :old
            """)
        try database.execute(
            sql: "UPDATE run SET finished = ? WHERE id = ?", arguments: [text(date), run])
        try removeRows(of: repetition, in: database)
    }

    /// Deletes a run with everything in it.
    static func removeRows(of run: Int64, in database: Database) throws {
        for table in ["score", "estimate", "sample", "gate", "member", "shard", "retired"] {
            try database.execute(sql: "DELETE FROM \(table) WHERE run_id = ?", arguments: [run])
        }
        try database.execute(sql: "DELETE FROM run WHERE id = ?", arguments: [run])
    }
}
