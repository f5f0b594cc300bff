import Foundation
import GRDB

extension ResultsStore {
    /// Finds a run of this identity, or starts one.
    ///
    /// A run found again is marked as running, and its machine, job and hashes are brought up to date.
    ///
    /// - Parameters:
    ///   - description: identity and provenance.
    ///   - started: time to write down for a new run.
    /// - Returns: the run's number, and whether it was there before.
    public func openRun(
        _ description: RunDescription, started: Date = Date()
    ) throws(StoreError) -> (run: RunID, existed: Bool) {
        try RunDescription.validateSystem(description.system, source: description.source)
        return try write { database in
            try Self.openRun(description, started: started, in: database)
        }
    }

    /// Marks how far a run has come.
    public func setStatus(
        _ status: RunStatus, of run: RunID, finished: Date = Date()
    ) throws(StoreError) {
        try write { database in
            try database.execute(
                sql: "UPDATE run SET status = ?, finished = ? WHERE id = ?",
                arguments: [
                    status.rawValue, status == .finished ? Self.text(finished) : nil, run.rawValue,
                ])
            if database.changesCount == 0 { throw StoreError.unknownRun(run.rawValue) }
        }
    }

    /// The highest generation of this identity in the store; 0 when it was never run.
    public func newestGeneration(of description: RunDescription) throws(StoreError) -> Int {
        try read { database in
            let known = try String.fetchSet(
                database,
                sql: """
                    SELECT run.key FROM run JOIN system ON system.id = run.system_id
                    WHERE system.name = ? AND run.source = ?
                    """, arguments: [description.system, description.source.rawValue])
            var candidate = description
            candidate.generation = 0
            repeat { candidate.generation += 1 } while known.contains(candidate.key)
            return candidate.generation - 1
        }
    }

    /// Makes sure that metrics are known; the numbers come in the order given.
    public func register(_ metrics: [MetricDescription]) throws(StoreError) -> [MetricID] {
        try write { database in try metrics.map { try Self.register($0, in: database) } }
    }

    // MARK: - Inside a transaction

    static func openRun(
        _ description: RunDescription, started: Date, in database: Database
    ) throws -> (run: RunID, existed: Bool) {
        let key = description.key
        if let id = try Int64.fetchOne(database, sql: "SELECT id FROM run WHERE key = ?", arguments: [key]) {
            try restart(id, as: description, in: database)
            return (RunID(rawValue: id), true)
        }
        return (RunID(rawValue: try insertRun(description, key: key, started: started, in: database)), false)
    }

    /// Adds a row for a run.
    ///
    /// - Parameter replaced: the complete run that this one will replace when it is complete itself.
    static func insertRun(
        _ description: RunDescription, key: String, started: Date, replacing replaced: Int64? = nil,
        in database: Database
    ) throws -> Int64 {
        let system = try systemNumber(description, in: database)
        try database.execute(
            sql: """
                INSERT INTO run (key, system_id, source, generation, modalities, control, seed, checkpoint_hash,
                    checkpoint, parameter_count, config, config_hash, manifest_hash, noise_hash, tool_version, host,
                    slurm_job, started, finished, status, activity, replaces)
                VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, NULL, 'running', ?, ?)
                """,
            arguments: [
                key, system, description.source.rawValue, description.generation,
                description.modalities?.joined(separator: ","), description.control, description.seed,
                description.checkpointHash, description.checkpoint, description.parameterCount,
                description.config, description.configHash, description.manifestHash, description.noiseHash,
                description.toolVersion, description.host, description.slurmJob, text(started),
                microseconds(started), replaced,
            ])
        return database.lastInsertedRowID
    }

    /// Marks a run as running and brings its machine, job and hashes up to date.
    static func restart(_ run: Int64, as description: RunDescription, in database: Database) throws {
        _ = try systemNumber(description, in: database)
        try database.execute(
            sql: """
                UPDATE run SET status = 'running', finished = NULL, tool_version = ?, host = ?, slurm_job = ?,
                    manifest_hash = ?, noise_hash = ?, checkpoint = coalesce(?, checkpoint)
                WHERE id = ?
                """,
            arguments: [
                description.toolVersion, description.host, description.slurmJob, description.manifestHash,
                description.noiseHash, description.checkpoint, run,
            ])
    }

    private static func systemNumber(_ run: RunDescription, in database: Database) throws -> Int64 {
        try database.execute(
            sql: """
                INSERT INTO system (name, variant, fusion) VALUES (?, ?, ?)
                ON CONFLICT (name) DO UPDATE SET variant = coalesce(excluded.variant, variant),
                    fusion = coalesce(excluded.fusion, fusion)
                """, arguments: [run.system, run.variant, run.fusion])
        let id = try Int64.fetchOne(
            database, sql: "SELECT id FROM system WHERE name = ?", arguments: [run.system])
        guard let id else { throw DatabaseError(message: "system \(run.system) was not stored") }
        return id
    }

    static func register(_ metric: MetricDescription, in database: Database) throws -> MetricID {
        guard !metric.name.isEmpty, !metric.signature.isEmpty else {
            throw StoreError.invalid(
                field: "metric", value: metric.name, expected: "a name and a signature that are not empty")
        }
        try database.execute(
            sql: """
                INSERT INTO metric (name, signature, title, unit, direction, lower_bound, upper_bound)
                VALUES (?, ?, ?, ?, ?, ?, ?) ON CONFLICT (name, signature) DO NOTHING
                """,
            arguments: [
                metric.name, metric.signature, metric.title, metric.unit,
                metric.higherIsBetter ? "higher" : "lower", metric.lowerBound, metric.upperBound,
            ])
        let id = try Int64.fetchOne(
            database, sql: "SELECT id FROM metric WHERE name = ? AND signature = ?",
            arguments: [metric.name, metric.signature])
        guard let id else { throw DatabaseError(message: "metric \(metric.name) was not stored") }
        return MetricID(rawValue: id)
    }

    static func register(_ item: ItemDescription, in database: Database) throws -> ItemID {
        try item.validate()
        let key = item.key
        let find = try database.cachedStatement(sql: "SELECT id FROM item WHERE key = ?")
        if let id = try Int64.fetchOne(find, arguments: [key]) { return ItemID(rawValue: id) }
        let insert = try database.cachedStatement(
            sql: """
                INSERT INTO item (key, utterance, speaker, split, snr_db, noise_type, clean_hash, noisy_hash,
                    noise_file, noise_offset, noise_gain, sample_rate, duration_seconds)
                VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
                """)
        try insert.execute(arguments: [
            key, item.utterance, item.speaker, item.split, item.snrDB, item.noiseType, item.cleanHash,
            item.noisyHash, item.noiseFile, item.noiseOffset, item.noiseGain, item.sampleRate,
            item.durationSeconds,
        ])
        return ItemID(rawValue: database.lastInsertedRowID)
    }

    package static func text(_ date: Date) -> String { date.formatted(.iso8601) }

    /// Microseconds since 1970, the resolution by which activities are ordered.
    static func microseconds(_ date: Date) -> Int64 {
        Int64((date.timeIntervalSince1970 * 1_000_000).rounded(.down))
    }
}
