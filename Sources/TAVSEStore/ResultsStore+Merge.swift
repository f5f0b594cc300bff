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
}

extension ResultsStore {
    /// Joins another store into this one, in one transaction: all of it or nothing.
    ///
    /// Runs, items and metrics are matched by their identities, so the shards of one evaluation become one run, and
    /// merging the same file again changes nothing. A value takes the place of a failure; two different values for
    /// one score are refused.
    ///
    /// - Parameter other: path of the other store, which is only read.
    /// - Throws: `StoreError.mergeConflict` with the first differences, and whatever is wrong with either file.
    public func merge(_ other: String) throws(StoreError) -> MergeSummary {
        let same = { (path: String) in URL(fileURLWithPath: path).resolvingSymlinksInPath().path }
        guard same(other) != same(path) else {
            throw .invalid(field: "store to merge", value: other, expected: "another file than \(path)")
        }
        // Opening it checks what it is, and rolls back what a crash left.
        _ = try ResultsStore(path: other, access: .readOnly, busySeconds: busySeconds)
        let folder = URL(fileURLWithPath: other).deletingLastPathComponent().standardizedFileURL.path
        let home = URL(fileURLWithPath: path).deletingLastPathComponent().standardizedFileURL.path
        return try Self.mapErrors(path: path, busySeconds: busySeconds) {
            try queue.inDatabase { database in
                try database.execute(sql: "ATTACH DATABASE ? AS other", arguments: [other])
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

/// The steps of a merge; `other` is the attached store.
private struct Merge {
    let database: Database
    let source: String

    /// How many differences are spelled out.
    static let listed = 5

    func run(sampleFolder: String?) throws -> MergeSummary {
        try names()
        try maps()
        defer { try? database.execute(sql: Self.dropMaps) }
        try refuseConflicts()
        let before = try count("main.score")
        // Rows added and rows repaired.
        let touched = try scores()
        let added = try count("main.score") - before
        try estimates()
        let gateRows = try gates()
        try samples(folder: sampleFolder)
        return MergeSummary(
            added: added, repaired: touched - added, unchanged: try count("other.score") - touched,
            gateRows: gateRows)
    }

    private func count(_ table: String) throws -> Int {
        try Int.fetchOne(database, sql: "SELECT count(*) FROM \(table)") ?? 0
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
                    checkpoint_hash, parameter_count, config, config_hash, manifest_hash, noise_hash, tool_version,
                    host, slurm_job, started, finished, status)
                SELECT run.key, mine.id, run.source, run.generation, run.modalities, run.control, run.seed,
                    run.checkpoint_hash, run.parameter_count, run.config, run.config_hash, run.manifest_hash,
                    run.noise_hash, run.tool_version, run.host, run.slurm_job, run.started, run.finished, run.status
                FROM other.run JOIN other.system AS theirs ON theirs.id = run.system_id
                JOIN main.system AS mine ON mine.name = theirs.name
                WHERE true ORDER BY run.id
                ON CONFLICT (key) DO UPDATE SET
                    started = min(started, excluded.started),
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
                INSERT INTO run_map SELECT o.id, m.id FROM other.run AS o JOIN main.run AS m USING (key);
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
