import GRDB

/// What is already stored for an item: decides what need not be computed again.
public struct StoredScores: Sendable, Equatable {
    /// What the run has from before; nil when it never met the item.
    public var estimate: EstimateRecord?
    /// Scores of this run.
    public var scores: [ScoreRecord]
    /// Scores of the whole noisy input and of the oracle that other runs have, by run: a later system need not compute
    /// them again.
    public var references: [Reference]

    /// A score that does not depend on the system.
    public struct Reference: Sendable, Equatable {
        /// The run that has it. Oracles of different front ends differ, so it matters where one comes from.
        public var run: RunID
        /// The score.
        public var score: ScoreRecord

        /// Describes a score of another run.
        public init(run: RunID, score: ScoreRecord) {
            self.run = run
            self.score = score
        }
    }

    /// Nothing is stored.
    public static let none = StoredScores(estimate: nil, scores: [], references: [])
}

extension ResultsStore {
    /// What is already stored for an item in a run.
    public func stored(for item: ItemDescription, run: RunID) throws(StoreError) -> StoredScores {
        try read { database in
            let find = try database.cachedStatement(sql: "SELECT id FROM item WHERE key = ?")
            guard let id = try Int64.fetchOne(find, arguments: [item.key]) else {
                return .none
            }
            let estimate = try Row.fetchOne(
                database.cachedStatement(
                    sql: """
                        SELECT path, content_hash, trimmed_samples, processing_seconds FROM estimate
                        WHERE run_id = ? AND item_id = ?
                        """), arguments: [run.rawValue, id]
            ).map {
                EstimateRecord(
                    path: $0[0], contentHash: $0[1], trimmedSamples: $0[2], processingSeconds: $0[3])
            }
            let scores = try Self.scores(
                of: database.cachedStatement(
                    sql: """
                        SELECT signal, metric_id, value, status, reason, milliseconds FROM score
                        WHERE run_id = ? AND item_id = ? ORDER BY signal, metric_id
                        """), arguments: [run.rawValue, id])
            // One look-up per run by its primary key: runs are few, scores are many.
            let references = try Row.fetchAll(
                database.cachedStatement(
                    sql: """
                        SELECT signal, metric_id, value, score.status, reason, milliseconds, run.id FROM run
                        CROSS JOIN score ON score.run_id = run.id AND score.item_id = ? AND score.signal <> 1
                        CROSS JOIN estimate ON estimate.run_id = run.id AND estimate.item_id = score.item_id
                        WHERE run.id <> ? AND score.value IS NOT NULL AND trimmed_samples = 0
                        ORDER BY run.id, signal, metric_id
                        """), arguments: [id, run.rawValue]
            ).compactMap { row in
                Self.score(row).map { StoredScores.Reference(run: RunID(rawValue: row[6]), score: $0) }
            }
            return StoredScores(estimate: estimate, scores: scores, references: references)
        }
    }

    /// Stores what was found for a batch of items, in one transaction.
    ///
    /// Storing the same again changes nothing. An item takes the place of an earlier one of the same run with the
    /// same utterance and condition but other audio: a run holds one recording per utterance and condition.
    public func commit(_ results: [ItemResult], run: RunID) throws(StoreError) {
        guard !results.isEmpty else { return }
        try write { database in
            let insert = try BulkStatement(database, Self.upsertScore)
            for result in results {
                let item = try Self.register(result.item, in: database)
                try Self.removeSuperseded(by: result.item, item, run: run, in: database)
                try Self.store(result.estimate, item: item, run: run, in: database)
                for score in result.scores {
                    try Self.bind(score, item: item, run: run, to: insert)
                    try insert.execute()
                }
                for sample in result.samples {
                    try database.execute(
                        sql: """
                            INSERT INTO sample (run_id, item_id, kind, path, content_hash) VALUES (?, ?, ?, ?, ?)
                            ON CONFLICT DO UPDATE SET path = excluded.path, content_hash = excluded.content_hash
                            """,
                        arguments: [
                            run.rawValue, item.rawValue, sample.kind.rawValue, sample.path,
                            sample.contentHash,
                        ])
                }
            }
        }
    }

    /// The audio kept for listening, by run and item.
    public func samples(
        of run: RunID
    ) throws(StoreError) -> [(item: ItemDescription, sample: SampleRecord)] {
        try read { database in
            try Row.fetchAll(
                database,
                sql: """
                    SELECT item.*, sample.kind, sample.path, sample.content_hash FROM sample
                    JOIN item ON item.id = sample.item_id WHERE sample.run_id = ?
                    ORDER BY item.utterance, item.snr_db, item.noise_type, item.id, sample.kind
                    """, arguments: [run.rawValue]
            ).compactMap { row in
                SampleRecord.Kind(rawValue: row["kind"]).map { kind in
                    (
                        ItemDescription(row: row),
                        SampleRecord(kind: kind, path: row["path"], contentHash: row["content_hash"])
                    )
                }
            }
        }
    }

    // MARK: - Inside a transaction

    private static let upsertScore = """
        INSERT INTO score (run_id, item_id, signal, metric_id, value, status, reason, milliseconds)
        VALUES (?, ?, ?, ?, ?, ?, ?, ?)
        ON CONFLICT DO UPDATE SET value = excluded.value, status = excluded.status, reason = excluded.reason,
            milliseconds = excluded.milliseconds
        """

    static func bind(_ score: ScoreRecord, item: ItemID, run: RunID, to statement: BulkStatement) throws {
        try statement.bind(1, run.rawValue)
        try statement.bind(2, item.rawValue)
        try statement.bind(3, score.signal.rawValue)
        try statement.bind(4, score.metric.rawValue)
        switch score.outcome {
        case .value(let value):
            try statement.bind(5, value)
            try statement.bindNull(6)
            try statement.bindNull(7)
        case .failed(let status, let reason):
            try statement.bindNull(5)
            try statement.bind(6, status)
            try statement.bind(7, reason)
        }
        try statement.bind(8, score.milliseconds)
    }

    private static func scores(
        of statement: Statement, arguments: StatementArguments
    ) throws -> [ScoreRecord] {
        try Row.fetchAll(statement, arguments: arguments).compactMap(score)
    }

    /// A row that begins with signal, metric, value, status, reason, milliseconds.
    private static func score(_ row: Row) -> ScoreRecord? {
        guard let signal = SignalKind(rawValue: row[0]) else { return nil }
        let value: Double? = row[2]
        let outcome: ScoreOutcome =
            value.map { .value($0) } ?? .failed(status: row[3] ?? "", reason: row[4] ?? "")
        return ScoreRecord(
            signal: signal, metric: MetricID(rawValue: row[1]), outcome: outcome, milliseconds: row[5])
    }

    /// Stores what the system produced. Scores of the output that was there before mean nothing for another one.
    private static func store(
        _ estimate: EstimateRecord, item: ItemID, run: RunID, in database: Database
    ) throws {
        let changed = try database.cachedStatement(
            sql: """
                DELETE FROM score WHERE run_id = ?1 AND item_id = ?2 AND signal = 1 AND EXISTS (
                    SELECT 1 FROM estimate WHERE run_id = ?1 AND item_id = ?2
                        AND (content_hash IS NOT ?3 OR trimmed_samples <> ?4))
                """)
        try changed.execute(arguments: [
            run.rawValue, item.rawValue, estimate.contentHash, estimate.trimmedSamples,
        ])
        let statement = try database.cachedStatement(
            sql: """
                INSERT INTO estimate (run_id, item_id, path, content_hash, trimmed_samples, processing_seconds)
                VALUES (?, ?, ?, ?, ?, ?)
                ON CONFLICT DO UPDATE SET path = excluded.path, content_hash = excluded.content_hash,
                    trimmed_samples = excluded.trimmed_samples,
                    processing_seconds = excluded.processing_seconds
                """)
        try statement.execute(arguments: [
            run.rawValue, item.rawValue, estimate.path, estimate.contentHash, estimate.trimmedSamples,
            estimate.processingSeconds,
        ])
    }

    private static func removeSuperseded(
        by item: ItemDescription, _ id: ItemID, run: RunID, in database: Database
    ) throws {
        let find = try database.cachedStatement(
            sql: """
                SELECT item.id FROM item JOIN estimate ON estimate.item_id = item.id AND estimate.run_id = ?
                WHERE item.utterance = ? AND item.id <> ? AND item.snr_db IS ? AND item.noise_type IS ?
                    AND item.split IS ? AND item.speaker IS ?
                """)
        let old = try Int64.fetchAll(
            find,
            arguments: [
                run.rawValue, item.utterance, id.rawValue, item.snrDB, item.noiseType, item.split,
                item.speaker,
            ])
        for other in old {
            for table in ["score", "gate", "sample", "estimate"] {
                try database.execute(
                    sql: "DELETE FROM \(table) WHERE run_id = ? AND item_id = ?",
                    arguments: [run.rawValue, other])
            }
        }
    }
}

extension ItemDescription {
    init(row: Row) {
        self.init(
            utterance: row["utterance"], speaker: row["speaker"], split: row["split"], snrDB: row["snr_db"],
            noiseType: row["noise_type"], cleanHash: row["clean_hash"], noisyHash: row["noisy_hash"],
            noiseFile: row["noise_file"], noiseOffset: row["noise_offset"], noiseGain: row["noise_gain"],
            sampleRate: row["sample_rate"], durationSeconds: row["duration_seconds"])
    }
}
