import Foundation
import GRDB

/// What a merge did.
public struct MergeSummary: Sendable, Equatable {
    /// Scores that the other store had and this one had not.
    public var added = 0
    /// Failures of this store that the other had a value for.
    public var repaired = 0
    /// Scores that both had.
    public var unchanged = 0
    /// Rows of gates that the other store had and this one had not.
    public var gateRows = 0
    /// Runs whose items are now those of the later of two different lists.
    public var replacedLists = 0
}

extension ResultsStore {
    /// Joins another store into this one, in one transaction: all of it or nothing.
    ///
    /// Runs, items and metrics are matched by their identities, so the shards of one evaluation become one run, and
    /// merging the same file again changes nothing. A value takes the place of a failure; two different values for
    /// one score are refused.
    ///
    /// The items of a run that both stores have: shards of one list are joined; so are two lists without a recording in
    /// common. Of two other lists the one of the later command counts, as it would in one store. A shard that neither
    /// store has stays missing, and the run is not complete. Repetitions under way stay where they are.
    ///
    /// - Parameter other: path of the other store, which is only read.
    /// - Throws: `StoreError.mergeConflict` with the first differences, and whatever is wrong with either file.
    public func merge(_ other: String) throws(StoreError) -> MergeSummary {
        let same = { (path: String) in URL(fileURLWithPath: path).resolvingSymlinksInPath().path }
        guard same(other) != same(path) else {
            throw .invalid(field: "store to merge", value: other, expected: "another file than \(path)")
        }
        // Opening it checks what it is, and rolls back what a crash left.
        let source = try ResultsStore(path: other, access: .readOnly, busySeconds: busySeconds)
        let folder = URL(fileURLWithPath: other).deletingLastPathComponent().standardizedFileURL.path
        let home = URL(fileURLWithPath: path).deletingLastPathComponent().standardizedFileURL.path
        return try Self.mapErrors(path: path, busySeconds: busySeconds) {
            let copy = try source.attachableCopy()
            defer { if let copy { try? FileManager.default.removeItem(atPath: copy) } }
            return try queue.inDatabase { database in
                try database.execute(sql: "ATTACH DATABASE ? AS other", arguments: [copy ?? other])
                defer { try? database.execute(sql: "DETACH DATABASE other") }
                // Its first statement writes to this store and takes the lock of this one alone. An immediate transaction would
                // take the other's as well; SQLite then commits both through a third file, which a kill would leave behind.
                return try Self.bulkTransaction(database, kind: .deferred) { database in
                    try Merge(database: database, source: other).run(
                        sampleFolder: folder == home ? nil : folder)
                }
            }
        }
    }
}

extension ResultsStore {
    /// A file that another connection can attach; nil where the store's own file is of the current version.
    private func attachableCopy() throws -> String? {
        guard queue.path == ":memory:" else { return nil }
        let copy = NSTemporaryDirectory() + "tavse-merge-" + UUID().uuidString + ".sqlite"
        let file = try DatabaseQueue(path: copy)
        try queue.backup(to: file)
        try file.close()
        return copy
    }
}

/// The steps of a merge; `other` is the attached store.
private struct Merge {
    let database: Database
    let source: String

    /// How many differences are spelled out.
    static let listed = 5

    func run(sampleFolder: String?) throws -> MergeSummary {
        try pairRuns()
        try names()
        try maps()
        defer { try? database.execute(sql: Self.dropMaps + "DROP TABLE IF EXISTS temp.list_rule;") }
        try refuseConflicts()
        let before = try count("main.score")
        // Rows added and rows repaired.
        let touched = try scores()
        let added = try count("main.score") - before
        try estimates()
        let gateRows = try gates()
        try samples(folder: sampleFolder)
        let replaced = try lists()
        return MergeSummary(
            added: added, repaired: touched - added, unchanged: try offered() - touched, gateRows: gateRows,
            replacedLists: replaced)
    }

    private func count(_ table: String) throws -> Int {
        try Int.fetchOne(database, sql: "SELECT count(*) FROM \(table)") ?? 0
    }

    /// Scores of the other store, those of repetitions under way not counted.
    private func offered() throws -> Int {
        try Int.fetchOne(
            database,
            sql: "SELECT count(*) FROM other.score JOIN temp.run_map ON run_map.theirs = score.run_id") ?? 0
    }

    /// What becomes of the list of items of a run.
    private enum ListRule: String {
        /// The run is new here.
        case new
        /// Shards of one list, or runs that declare none.
        case join
        /// Two lists without a recording in common.
        case concatenate
        /// Two lists, and the other store's is the later.
        case theirs
        /// Two lists, and this store's is the later.
        case mine
    }

    /// Decides for each of the other store's runs whose list of items counts, before anything is changed.
    private func pairRuns() throws {
        try database.execute(
            sql: """
                DROP TABLE IF EXISTS temp.list_rule;
                CREATE TEMP TABLE list_rule (theirs INTEGER PRIMARY KEY, rule TEXT NOT NULL);
                INSERT INTO list_rule
                SELECT o.id, CASE
                    WHEN m.id IS NULL THEN 'new'
                    WHEN o.purpose <> m.purpose THEN iif(o.purpose = 'evaluation', 'theirs', 'mine')
                    WHEN o.plan IS NULL OR m.plan IS NULL THEN 'join'
                    WHEN instr('+' || m.plan || '+', '+' || o.plan || '+') > 0 THEN 'join'
                    WHEN instr('+' || o.plan || '+', '+' || m.plan || '+') > 0 THEN 'theirs'
                    WHEN (o.shards = 1 OR instr(o.plan, '+') > 0) AND (m.shards = 1 OR instr(m.plan, '+') > 0)
                        AND o.purpose = 'evaluation' AND m.purpose = 'evaluation'
                        AND NOT EXISTS (
                            SELECT 1 FROM other.member AS a JOIN other.item AS i ON i.id = a.item_id
                            JOIN main.item AS j ON j.key = i.key
                            JOIN main.member AS b ON b.run_id = m.id AND b.item_id = j.id WHERE a.run_id = o.id)
                        AND NOT EXISTS (
                            SELECT 1 FROM other.estimate AS a JOIN main.estimate AS b ON b.run_id = m.id
                                AND b.content_hash = a.content_hash WHERE a.run_id = o.id)
                        THEN 'concatenate'
                    WHEN o.activity > m.activity THEN 'theirs' ELSE 'mine' END
                FROM other.run AS o LEFT JOIN main.run AS m ON m.key = o.key
                WHERE o.replaces IS NULL
                """)
    }

    /// Brings the lists of items together; returns how many runs have another list than before.
    private func lists() throws -> Int {
        let rows = try Row.fetchAll(
            database,
            sql: """
                SELECT theirs, mine, rule FROM temp.list_rule JOIN temp.run_map USING (theirs) ORDER BY theirs
                """)
        var replaced = 0
        for row in rows {
            guard let rule = ListRule(rawValue: row[2]) else { continue }
            if rule != .mine { try joinList(of: row[0], into: row[1], rule) }
            try summariseStatus(row[1])
            if rule == .theirs { replaced += 1 }
        }
        return replaced
    }

    private func joinList(of theirs: Int64, into mine: Int64, _ rule: ListRule) throws {
        func change(_ sql: String) throws {
            try database.execute(
                sql: sql.replacing(":theirs", with: String(theirs)).replacing(":mine", with: String(mine)))
        }
        var offset = 0
        switch rule {
        case .new, .theirs:
            try change("DELETE FROM main.member WHERE run_id = :mine")
            try change("DELETE FROM main.shard WHERE run_id = :mine")
            try change(
                """
                UPDATE main.run SET (plan, asked, shards, purpose) =
                    (SELECT plan, asked, shards, purpose FROM other.run WHERE id = :theirs) WHERE id = :mine
                """)
        case .concatenate:
            offset =
                try Int.fetchOne(database, sql: "SELECT shards FROM main.run WHERE id = ?", arguments: [mine])
                ?? 1
            try change(
                """
                UPDATE main.run SET (plan, asked, shards) = (
                    SELECT run.plan || '+' || o.plan, run.asked + o.asked, run.shards + o.shards
                    FROM other.run AS o WHERE o.id = :theirs) WHERE id = :mine
                """)
        case .join:
            offset = try position(of: theirs, in: mine)
            // Without a declared list on both sides nobody knows how long the joined one is.
            try change(
                """
                UPDATE main.run SET plan = NULL, asked = NULL, shards = NULL
                WHERE id = :mine AND (SELECT plan FROM other.run WHERE id = :theirs) IS NULL
                """)
        case .mine: return
        }
        try change(
            """
            INSERT INTO main.member (run_id, item_id, shard)
            SELECT :mine, item_map.mine, shard + \(offset) FROM other.member
            JOIN temp.item_map ON item_map.theirs = item_id WHERE run_id = :theirs
            ON CONFLICT DO NOTHING
            """)
        try change(
            """
            INSERT INTO main.retired (run_id, metric_id)
            SELECT :mine, metric_map.mine FROM other.retired
            JOIN temp.metric_map ON metric_map.theirs = metric_id WHERE run_id = :theirs
            ON CONFLICT DO NOTHING
            """)
        try change(
            """
            INSERT INTO main.shard (run_id, number, items, status)
            SELECT :mine, number + \(offset), items, status FROM other.shard WHERE run_id = :theirs
            ON CONFLICT DO UPDATE SET status = excluded.status WHERE excluded.status = 'finished'
            """)
    }

    /// Where the shards of a list begin in a list that was joined of several.
    private func position(of theirs: Int64, in mine: Int64) throws -> Int {
        let plan = try String.fetchOne(
            database, sql: "SELECT plan FROM main.run WHERE id = ?", arguments: [mine])
        let part = try String.fetchOne(
            database, sql: "SELECT plan FROM other.run WHERE id = ?", arguments: [theirs])
        guard let plan, let part, plan != part else { return 0 }
        return plan.split(separator: "+").firstIndex { $0 == part.prefix { $0 != "+" } } ?? 0
    }

    /// A run with a declared list is at work while one of its shards is, stopped when one was, and finished otherwise.
    private func summariseStatus(_ run: Int64) throws {
        let statuses = "(SELECT status FROM main.shard WHERE run_id = ?1)"
        try database.execute(
            sql: """
                UPDATE main.run SET status = CASE WHEN 'running' IN \(statuses) THEN 'running'
                    WHEN 'stopped' IN \(statuses) THEN 'stopped' ELSE 'finished' END,
                    finished = CASE WHEN 'running' IN \(statuses) OR 'stopped' IN \(statuses) THEN NULL
                        ELSE coalesce(finished, strftime('%Y-%m-%dT%H:%M:%SZ', activity / 1000000, 'unixepoch')) END
                WHERE id = ?1 AND plan IS NOT NULL
                """, arguments: [run])
    }

    /// Systems, metrics, items and runs by their identities.
    private func names() throws {
        try database.execute(
            sql: """
                INSERT INTO main.system (name, variant, fusion)
                SELECT name, variant, fusion FROM other.system WHERE true ORDER BY id
                ON CONFLICT (name) DO UPDATE SET variant = coalesce(variant, excluded.variant),
                    fusion = coalesce(fusion, excluded.fusion);

                INSERT INTO main.metric (name, signature, title, unit, direction, lower_bound, upper_bound)
                SELECT name, signature, title, unit, direction, lower_bound, upper_bound
                FROM other.metric WHERE true ORDER BY id
                ON CONFLICT DO NOTHING;

                INSERT INTO main.item (key, utterance, speaker, split, snr_db, noise_type, clean_hash, noisy_hash,
                    noise_file, noise_offset, noise_gain, sample_rate, duration_seconds)
                SELECT key, utterance, speaker, split, snr_db, noise_type, clean_hash, noisy_hash, noise_file,
                    noise_offset, noise_gain, sample_rate, duration_seconds
                FROM other.item WHERE true ORDER BY id
                ON CONFLICT DO NOTHING;

                INSERT INTO main.run (key, system_id, source, generation, modalities, control, seed,
                    checkpoint_hash, checkpoint, parameter_count, config, config_hash, manifest_hash, noise_hash,
                    tool_version, host, slurm_job, started, finished, status, purpose, activity, captured)
                SELECT run.key, mine.id, run.source, run.generation, run.modalities, run.control, run.seed,
                    run.checkpoint_hash, run.checkpoint, run.parameter_count, run.config, run.config_hash,
                    run.manifest_hash, run.noise_hash, run.tool_version, run.host, run.slurm_job, run.started,
                    run.finished, run.status, run.purpose, run.activity, run.captured
                FROM other.run JOIN other.system AS theirs ON theirs.id = run.system_id
                JOIN main.system AS mine ON mine.name = theirs.name
                WHERE run.replaces IS NULL ORDER BY run.id
                ON CONFLICT (key) DO UPDATE SET
                    started = min(started, excluded.started), activity = max(activity, excluded.activity),
                    captured = coalesce(max(captured, excluded.captured), captured, excluded.captured),
                    purpose = min(purpose, excluded.purpose), checkpoint = coalesce(checkpoint, excluded.checkpoint),
                    finished = CASE WHEN status = 'finished' AND excluded.status = 'finished'
                        THEN max(finished, excluded.finished) END,
                    status = CASE WHEN status = 'finished' AND excluded.status = 'finished' THEN 'finished'
                        WHEN status = 'running' OR excluded.status = 'running' THEN 'running'
                        ELSE 'stopped' END;
                """)
    }

    private static let dropMaps = """
        DROP TABLE IF EXISTS temp.run_map;
        DROP TABLE IF EXISTS temp.item_map;
        DROP TABLE IF EXISTS temp.metric_map;
        """

    /// Numbers of the other store beside the numbers here.
    private func maps() throws {
        try database.execute(
            sql: Self.dropMaps + """

                CREATE TEMP TABLE run_map (theirs INTEGER PRIMARY KEY, mine INTEGER NOT NULL);
                INSERT INTO run_map SELECT o.id, m.id FROM other.run AS o JOIN main.run AS m USING (key)
                WHERE o.replaces IS NULL;
                CREATE TEMP TABLE item_map (theirs INTEGER PRIMARY KEY, mine INTEGER NOT NULL);
                INSERT INTO item_map SELECT o.id, m.id FROM other.item AS o JOIN main.item AS m USING (key);
                CREATE TEMP TABLE metric_map (theirs INTEGER PRIMARY KEY, mine INTEGER NOT NULL);
                INSERT INTO metric_map
                SELECT o.id, m.id FROM other.metric AS o JOIN main.metric AS m USING (name, signature);
                """)
    }

    /// Both stores have a value for a score, and the values differ; or one run holds two recordings of one name.
    private func refuseConflicts() throws {
        let values = try Row.fetchAll(
            database,
            sql: """
                SELECT system.name, item.utterance, item.snr_db, metric.name, mine.value, theirs.value,
                    count(*) OVER ()
                FROM other.score AS theirs
                JOIN temp.run_map ON run_map.theirs = theirs.run_id
                JOIN temp.item_map ON item_map.theirs = theirs.item_id
                JOIN temp.metric_map ON metric_map.theirs = theirs.metric_id
                CROSS JOIN main.score AS mine ON mine.run_id = run_map.mine AND mine.item_id = item_map.mine
                    AND mine.signal = theirs.signal AND mine.metric_id = metric_map.mine
                JOIN main.run ON run.id = mine.run_id
                JOIN main.system ON system.id = run.system_id
                JOIN main.item ON item.id = mine.item_id
                JOIN main.metric ON metric.id = mine.metric_id
                WHERE mine.value <> theirs.value
                ORDER BY system.name, item.utterance, item.snr_db, metric.name LIMIT \(Self.listed)
                """)
        let recordings = try Row.fetchAll(
            database,
            sql: """
                SELECT system.name, new.utterance, new.snr_db, count(*) OVER ()
                FROM other.estimate AS theirs
                JOIN temp.run_map ON run_map.theirs = theirs.run_id
                JOIN temp.item_map ON item_map.theirs = theirs.item_id
                JOIN main.item AS new ON new.id = item_map.mine
                JOIN main.item AS old ON old.utterance = new.utterance AND old.id <> new.id
                    AND old.snr_db IS new.snr_db AND old.noise_type IS new.noise_type AND old.split IS new.split
                    AND old.speaker IS new.speaker
                JOIN main.estimate AS mine ON mine.run_id = run_map.mine AND mine.item_id = old.id
                JOIN other.member AS here ON here.run_id = theirs.run_id AND here.item_id = theirs.item_id
                JOIN main.member AS there ON there.run_id = mine.run_id AND there.item_id = mine.item_id
                JOIN temp.list_rule ON list_rule.theirs = theirs.run_id AND rule IN ('join', 'concatenate')
                JOIN main.run ON run.id = mine.run_id
                JOIN main.system ON system.id = run.system_id
                ORDER BY system.name, new.utterance, new.snr_db LIMIT \(Self.listed)
                """)
        guard !values.isEmpty || !recordings.isEmpty else { return }
        let differences =
            values.map { row in
                let item = ItemDescription(utterance: row[1], snrDB: row[2]).label
                return "\(row[3] as String) of \(row[0] as String) for \(item): "
                    + "\(row[4] as Double) here, \(row[5] as Double) there"
            }
            + recordings.map { row in
                "\(row[0] as String) for \(ItemDescription(utterance: row[1], snrDB: row[2]).label): "
                    + "another recording here than there"
            }
        let count = (values.first?[6] as Int? ?? 0) + (recordings.first?[3] as Int? ?? 0)
        throw StoreError.mergeConflict(source: source, differences: differences, count: count)
    }

    private func scores() throws -> Int {
        try database.execute(
            sql: """
                INSERT INTO main.score (run_id, item_id, signal, metric_id, value, status, reason, milliseconds)
                SELECT run_map.mine, item_map.mine, signal, metric_map.mine, value, status, reason, milliseconds
                FROM other.score
                JOIN temp.run_map ON run_map.theirs = run_id
                JOIN temp.item_map ON item_map.theirs = item_id
                JOIN temp.metric_map ON metric_map.theirs = metric_id
                WHERE true ORDER BY 1, 2, 3, 4
                ON CONFLICT DO UPDATE SET value = excluded.value, status = NULL, reason = NULL,
                    milliseconds = excluded.milliseconds
                WHERE score.value IS NULL AND excluded.value IS NOT NULL
                """)
        return database.changesCount
    }

    private func estimates() throws {
        try database.execute(
            sql: """
                INSERT INTO main.estimate (run_id, item_id, path, content_hash, trimmed_samples, processing_seconds)
                SELECT run_map.mine, item_map.mine, path, content_hash, trimmed_samples, processing_seconds
                FROM other.estimate
                JOIN temp.run_map ON run_map.theirs = run_id
                JOIN temp.item_map ON item_map.theirs = item_id
                WHERE true
                ON CONFLICT DO UPDATE SET path = excluded.path, content_hash = excluded.content_hash,
                    trimmed_samples = excluded.trimmed_samples, processing_seconds = excluded.processing_seconds
                WHERE estimate.content_hash IS NULL
                """)
    }

    /// An item's gates are taken whole: where this store has some, they stay, so two captures never mix.
    private func gates() throws -> Int {
        try database.execute(
            sql: """
                INSERT INTO main.gate (run_id, item_id, modality, frequency_row, time_slot, mean, p10, p50, p90,
                    effective_contribution)
                SELECT run_map.mine, item_map.mine, modality, frequency_row, time_slot, mean, p10, p50, p90,
                    effective_contribution
                FROM other.gate
                JOIN temp.run_map ON run_map.theirs = run_id
                JOIN temp.item_map ON item_map.theirs = item_id
                WHERE NOT EXISTS (
                    SELECT 1 FROM main.gate AS own WHERE own.run_id = run_map.mine AND own.item_id = item_map.mine)
                ORDER BY 1, 2, 3, 4, 5
                """)
        return database.changesCount
    }

    /// Paths relative to the other store's folder become absolute when this store lies elsewhere.
    private func samples(folder: String?) throws {
        let rows = try Row.fetchAll(
            database,
            sql: """
                SELECT run_map.mine, item_map.mine, kind, path, content_hash FROM other.sample
                JOIN temp.run_map ON run_map.theirs = run_id
                JOIN temp.item_map ON item_map.theirs = item_id
                """)
        for row in rows {
            var path: String = row[3]
            if let folder, !path.hasPrefix("/") { path = folder + "/" + path }
            try database.execute(
                sql: """
                    INSERT INTO main.sample (run_id, item_id, kind, path, content_hash) VALUES (?, ?, ?, ?, ?)
                    ON CONFLICT DO NOTHING
                    """,
                arguments: [row[0] as Int64, row[1] as Int64, row[2] as String, path, row[4] as String])
        }
    }
}
