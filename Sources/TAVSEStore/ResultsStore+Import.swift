import Foundation
import GRDB

/// What an import did.
public struct ImportSummary: Sendable, Equatable {
    /// Scores that were not stored before.
    public var added = 0
    /// Scores that were stored before with the same value.
    public var unchanged = 0
    /// Scores that were stored before with another value and replaced on request.
    public var replaced = 0
    /// Of all given, those without a value.
    public var failed = 0
    /// Scores of earlier imports that are gone, because the systems' imports were replaced: the first of them in words.
    public var goneExamples: [String] = []
    /// How many are gone.
    public var gone = 0

    /// How many are spelled out.
    static let listed = 20

    /// Describes an import; see the properties.
    public init(added: Int = 0, unchanged: Int = 0, replaced: Int = 0, failed: Int = 0) {
        self.added = added
        self.unchanged = unchanged
        self.replaced = replaced
        self.failed = failed
    }
}

extension ResultsStore {
    /// Takes scores made by any other tool, millions of rows in one transaction: all of them or none.
    ///
    /// Imported scores of a system form one run, so a second table adds to the first. Giving the same scores again
    /// changes nothing. With `replacing`, what is given takes the place of everything imported before for the systems it
    /// names; what is gone is told.
    ///
    /// - Parameters:
    ///   - toolVersion: version of the importing tool, for the run's provenance.
    ///   - replacing: whether earlier imports of the same systems are replaced; otherwise another value, speaker or split
    ///     of a stored score is an error.
    ///   - date: time to write down for new runs.
    ///   - body: gives the scores to the importer, and may throw errors of its own, which undo the import.
    /// - Throws: `StoreError.duplicateScore`, `.conflict`, `.relabelled`, what SQLite finds, and what `body` throws.
    public func importScores(
        toolVersion: String, replacing: Bool = false, date: Date = Date(),
        _ body: (ScoreImporter) throws -> Void
    ) throws -> ImportSummary {
        do {
            return try queue.inDatabase { database in
                try Self.bulkTransaction(database) { database in
                    let importer = try ScoreImporter(
                        database, toolVersion: toolVersion, replacing: replacing, date: date)
                    try body(importer)
                    return try importer.finish()
                }
            }
        } catch let error as DatabaseError {
            throw StoreError(error, path: path, busySeconds: busySeconds)
        }
    }
}

/// Receives the scores of one import; valid only inside ``ResultsStore/importScores(toolVersion:replacing:date:_:)``.
///
/// Ask for runs, items and metrics once and keep their numbers: adding a score then costs about a microsecond.
public final class ScoreImporter {
    private struct Pending {
        var run: Int64
        var item: Int64
        var metric: Int64
        var signal: Int64
        var outcome: ScoreOutcome

        static func inKeyOrder(_ a: Pending, _ b: Pending) -> Bool {
            (a.run, a.item, a.signal, a.metric) < (b.run, b.item, b.signal, b.metric)
        }
    }

    private struct Column: Hashable {
        var run: Int64
        var metric: Int64
        var signal: Int64
    }

    /// Rows sorted and inserted together: sorted by key they fill the table's pages in order.
    private static let batchSize = 1 << 16

    private let database: Database
    private let toolVersion: String
    private let replacing: Bool
    private let date: Date
    private let insert: BulkStatement
    private let find: BulkStatement
    private let update: BulkStatement
    private var runs: [String: RunID] = [:]
    private var systems: [Int64: String] = [:]
    /// Which signal an imported system's scores are of.
    private var signals: [Int64: SignalKind] = [:]
    private var metrics: [Int64: String] = [:]
    private var largestItem: Int64 = 0
    private var pending: [Pending] = []
    /// Items seen per column, one bit each: finds a score given twice.
    private var seen: [[UInt64]] = []
    private var columns: [Column: Int] = [:]
    private var summary = ImportSummary()

    init(_ database: Database, toolVersion: String, replacing: Bool, date: Date) throws {
        self.database = database
        self.toolVersion = toolVersion
        self.replacing = replacing
        self.date = date
        insert = try BulkStatement(
            database,
            """
            INSERT INTO score (run_id, item_id, signal, metric_id, value, status, reason, milliseconds)
            VALUES (?, ?, ?, ?, ?, ?, ?, ?) ON CONFLICT DO NOTHING
            """)
        find = try BulkStatement(
            database,
            """
            SELECT value, status FROM score
            WHERE run_id = ? AND item_id = ? AND signal = ? AND metric_id = ?
            """)
        update = try BulkStatement(
            database,
            """
            UPDATE score SET value = ?5, status = ?6, reason = ?7, milliseconds = ?8
            WHERE run_id = ?1 AND item_id = ?2 AND signal = ?3 AND metric_id = ?4
            """)
        pending.reserveCapacity(Self.batchSize)
    }

    /// The run that holds a system's imported scores. The systems "noisy" and "oracle" hold the references.
    public func run(system: String) throws -> RunID {
        if let run = runs[system] { return run }
        try RunDescription.validateSystem(system, source: .import)
        let description = RunDescription(system: system, source: .import, toolVersion: toolVersion)
        let run = try ResultsStore.openRun(description, started: date, in: database).run
        runs[system] = run
        systems[run.rawValue] = system
        signals[run.rawValue] = SignalKind.allCases.first { $0.name == system } ?? .enhanced
        return run
    }

    /// The number of an item, which is stored if it is new.
    public func item(_ item: ItemDescription) throws -> ItemID {
        let id = try ResultsStore.register(item, in: database)
        largestItem = max(largestItem, id.rawValue)
        return id
    }

    /// The number of a metric, which is stored if it is new.
    public func metric(_ metric: MetricDescription) throws -> MetricID {
        let id = try ResultsStore.register(metric, in: database)
        metrics[id.rawValue] = metric.name
        return id
    }

    /// Adds one score; of the noisy input for the system "noisy", of the oracle for "oracle", else of the output.
    ///
    /// - Throws: `StoreError.duplicateScore` when this import has given the same score before.
    public func add(
        run: RunID, item: ItemID, metric: MetricID, outcome: ScoreOutcome
    ) throws {
        guard let signal = signals[run.rawValue] else { throw StoreError.unknownRun(run.rawValue) }
        precondition(
            metrics[metric.rawValue] != nil && item.rawValue <= largestItem,
            "numbers of items and metrics come from this importer")
        let row = Pending(
            run: run.rawValue, item: item.rawValue, metric: metric.rawValue, signal: signal.rawValue,
            outcome: outcome)
        guard markSeen(row) else {
            throw StoreError.duplicateScore(
                system: systems[row.run] ?? "?", item: try label(row.item), metric: metrics[row.metric] ?? "?"
            )
        }
        if outcome.value == nil { summary.failed += 1 }
        pending.append(row)
        if pending.count == Self.batchSize { try flush() }
    }

    /// Stores what was given so far, in the transaction of the import, and says what that did.
    public func settle() throws -> ImportSummary {
        try flush()
        return summary
    }

    func finish() throws -> ImportSummary {
        try flush()
        for run in runs.values.sorted() {
            if replacing { try removeOthers(run.rawValue) }
            try checkLabels(run.rawValue)
            try database.execute(sql: "DELETE FROM member WHERE run_id = ?", arguments: [run.rawValue])
            try database.execute(
                sql: """
                    INSERT INTO member (run_id, item_id) SELECT DISTINCT run_id, item_id FROM score WHERE run_id = ?
                    """, arguments: [run.rawValue])
            try database.execute(
                sql: """
                    UPDATE run SET status = 'finished', finished = ?, activity = max(activity, ?) WHERE id = ?
                    """,
                arguments: [ResultsStore.text(date), ResultsStore.microseconds(date), run.rawValue])
        }
        return summary
    }

    /// Deletes the scores of a run that this import has not given.
    private func removeOthers(_ run: Int64) throws {
        let rows = try BulkStatement(
            database, "SELECT item_id, signal, metric_id, value, status FROM score WHERE run_id = ?")
        try rows.bind(1, run)
        var gone: [(item: Int64, signal: Int64, metric: Int64)] = []
        while try rows.step() {
            let (item, signal, metric) = (rows.integer(0), rows.integer(1), rows.integer(2))
            if isSeen(run: run, item: item, metric: metric, signal: signal) { continue }
            gone.append((item, signal, metric))
            guard summary.goneExamples.count < ImportSummary.listed else { continue }
            let name = try String.fetchOne(
                database, sql: "SELECT name FROM metric WHERE id = ?", arguments: [metric])
            summary.goneExamples.append(
                "\(name ?? "?") of \(systems[run] ?? "?") for \(try label(item)): "
                    + (rows.optionalDouble(3).map { "\($0)" } ?? rows.text(4) ?? "?"))
        }
        rows.reset()
        let delete = try BulkStatement(
            database, "DELETE FROM score WHERE run_id = ? AND item_id = ? AND signal = ? AND metric_id = ?")
        try delete.bind(1, run)
        for row in gone {
            try delete.bind(2, row.item)
            try delete.bind(3, row.signal)
            try delete.bind(4, row.metric)
            try delete.execute()
        }
        summary.gone += gone.count
    }

    /// One utterance in one condition has one speaker and one split.
    private func checkLabels(_ run: Int64) throws {
        let row = try Row.fetchOne(
            database,
            sql: """
                WITH items AS (
                    SELECT * FROM item WHERE id IN (SELECT DISTINCT item_id FROM score WHERE run_id = ?)
                ), doubled AS (
                    SELECT utterance, snr_db, noise_type, min(id) AS first, max(id) AS last FROM items
                    GROUP BY utterance, snr_db, noise_type HAVING count(*) > 1
                )
                SELECT a.speaker AS speaker_a, b.speaker AS speaker_b, a.split AS split_a, b.split AS split_b, b.*
                FROM doubled JOIN items AS a ON a.id = first JOIN items AS b ON b.id = last
                ORDER BY b.utterance, b.snr_db, b.noise_type LIMIT 1
                """, arguments: [run])
        guard let row else { return }
        let isSpeaker = (row["speaker_a"] as String?) != row["speaker_b"]
        throw StoreError.relabelled(
            system: systems[run] ?? "?", item: ItemDescription(row: row).label,
            field: isSpeaker ? "speaker" : "split", stored: row[isSpeaker ? "speaker_a" : "split_a"],
            new: row[isSpeaker ? "speaker_b" : "split_b"])
    }

    private func isSeen(run: Int64, item: Int64, metric: Int64, signal: Int64) -> Bool {
        guard let column = columns[Column(run: run, metric: metric, signal: signal)] else {
            return false
        }
        let word = Int(item >> 6)
        return word < seen[column].count && seen[column][word] & (1 << UInt64(item & 63)) != 0
    }

    private func markSeen(_ row: Pending) -> Bool {
        let key = Column(run: row.run, metric: row.metric, signal: row.signal)
        let column =
            columns[key]
            ?? {
                columns[key] = seen.count
                seen.append([])
                return seen.count - 1
            }()
        let word = Int(row.item >> 6)
        let bit = UInt64(1) << UInt64(row.item & 63)
        if word >= seen[column].count {
            seen[column].append(contentsOf: repeatElement(0, count: word + 1 - seen[column].count))
        }
        guard seen[column][word] & bit == 0 else { return false }
        seen[column][word] |= bit
        return true
    }

    private func flush() throws {
        pending.sort(by: Pending.inKeyOrder)
        for row in pending {
            try bind(row, to: insert)
            try insert.execute()
            if database.changesCount == 1 { summary.added += 1 } else { try reconcile(row) }
        }
        pending.removeAll(keepingCapacity: true)
    }

    private func bind(_ row: Pending, to statement: BulkStatement) throws {
        try ResultsStore.bind(
            ScoreRecord(
                signal: SignalKind(rawValue: row.signal) ?? .enhanced, metric: MetricID(rawValue: row.metric),
                outcome: row.outcome),
            item: ItemID(rawValue: row.item), run: RunID(rawValue: row.run), to: statement)
    }

    /// A score of this key is already stored: the same, to be replaced, or a contradiction.
    private func reconcile(_ row: Pending) throws {
        defer { find.reset() }
        try find.bind(1, row.run)
        try find.bind(2, row.item)
        try find.bind(3, row.signal)
        try find.bind(4, row.metric)
        guard try find.step() else { throw DatabaseError(message: "a stored score cannot be found again") }
        let stored = find.optionalDouble(0)
        let status = find.text(1) ?? "ok"
        if stored == row.outcome.value && status == row.outcome.status {
            summary.unchanged += 1
            return
        }
        guard replacing else {
            throw StoreError.conflict(
                system: systems[row.run] ?? "?", item: try label(row.item),
                metric: metrics[row.metric] ?? "?",
                stored: stored.map { "\($0)" } ?? status,
                new: row.outcome.value.map { "\($0)" } ?? row.outcome.status)
        }
        try bind(row, to: update)
        try update.execute()
        summary.replaced += 1
    }

    private func label(_ item: Int64) throws -> String {
        let row = try Row.fetchOne(database, sql: "SELECT * FROM item WHERE id = ?", arguments: [item])
        return row.map { ItemDescription(row: $0).label } ?? "item \(item)"
    }
}
