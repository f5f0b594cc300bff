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
    /// What is already stored for an item in a run, in its unfinished repetition first.
    ///
    /// The same recording under another label counts: scores depend on audio alone.
    ///
    /// - Parameters:
    ///   - item: the item.
    ///   - run: the run.
    ///   - output: hash of the output at hand; nil where the item decides it.
    public func stored(
        for item: ItemDescription, run: RunID, output: String? = nil
    ) throws(StoreError) -> StoredScores {
        try read { database in
            let id = try Self.number(of: item, in: database)
            let runs = try [Self.repetition(of: run.rawValue, in: database), run.rawValue].compactMap { $0 }
            var held: [(run: Int64, item: Int64, estimate: EstimateRecord?)] = []
            if let id {
                held = try runs.map { ($0, id, try Self.estimate(run: $0, item: id, in: database)) }
            }
            var source = held.first {
                $0.estimate != nil && (output == nil || $0.estimate?.contentHash == output)
            }
            if source == nil {
                for run in runs {
                    guard
                        let twin = try Self.twin(of: item, id, run: run, output: output, in: database),
                        let estimate = try Self.estimate(run: run, item: twin, in: database)
                    else { continue }
                    source = (run, twin, estimate)
                    break
                }
            }
            source = source ?? held.first { $0.estimate != nil } ?? held.last
            var result = StoredScores.none
            if let source {
                result.estimate = source.estimate
                result.scores = try Self.scores(
                    of: database.cachedStatement(
                        sql: """
                            SELECT signal, metric_id, value, status, reason, milliseconds FROM score
                            WHERE run_id = ? AND item_id = ? ORDER BY signal, metric_id
                            """), arguments: [source.run, source.item])
            }
            if let id {
                result.references = try Self.references(item: id, besides: run.rawValue, in: database)
            }
            return result
        }
    }

    /// Scores of other runs that do not depend on the system.
    private static func references(
        item: Int64, besides run: Int64, in database: Database
    ) throws -> [StoredScores.Reference] {
        // One look-up per run by its primary key: runs are few, scores are many.
        try Row.fetchAll(
            database.cachedStatement(
                sql: """
                    SELECT signal, metric_id, value, score.status, reason, milliseconds, run.id FROM run
                    CROSS JOIN score ON score.run_id = run.id AND score.item_id = ?1 AND score.signal <> 1
                    CROSS JOIN estimate ON estimate.run_id = run.id AND estimate.item_id = score.item_id
                    WHERE run.id <> ?2 AND run.replaces IS NOT ?2 AND score.value IS NOT NULL
                        AND trimmed_samples = 0
                    ORDER BY run.id, signal, metric_id
                    """), arguments: [item, run]
        ).compactMap { row in
            score(row).map { StoredScores.Reference(run: RunID(rawValue: row[6]), score: $0) }
        }
    }

    private static func number(of item: ItemDescription, in database: Database) throws -> Int64? {
        try Int64.fetchOne(
            database.cachedStatement(sql: "SELECT id FROM item WHERE key = ?"), arguments: [item.key])
    }

    private static func estimate(
        run: Int64, item: Int64, in database: Database
    ) throws -> EstimateRecord? {
        try Row.fetchOne(
            database.cachedStatement(
                sql: """
                    SELECT path, content_hash, trimmed_samples, processing_seconds FROM estimate
                    WHERE run_id = ? AND item_id = ?
                    """), arguments: [run, item]
        ).map {
            EstimateRecord(path: $0[0], contentHash: $0[1], trimmedSamples: $0[2], processingSeconds: $0[3])
        }
    }

    /// Another item of a run with the same audio in everything: the recording before its label was corrected.
    ///
    /// - Parameter output: hash of the output; nil where utterance and input decide it.
    private static func twin(
        of item: ItemDescription, _ id: Int64?, run: Int64, output: String?, in database: Database
    ) throws -> Int64? {
        guard let clean = item.cleanHash, output != nil || item.noisyHash != nil else { return nil }
        return try Int64.fetchOne(
            database.cachedStatement(
                sql: """
                    SELECT item.id FROM item CROSS JOIN estimate
                        ON estimate.run_id = ?1 AND estimate.item_id = item.id
                    WHERE item.clean_hash = ?2 AND item.noisy_hash IS ?3 AND item.id IS NOT ?4
                        AND CASE WHEN ?5 IS NULL THEN item.utterance = ?6 AND estimate.content_hash IS NOT NULL
                            ELSE estimate.content_hash = ?5 END
                    ORDER BY item.id DESC LIMIT 1
                    """), arguments: [run, clean, item.noisyHash, id, output, item.utterance])
    }

    /// Who stores scores.
    public enum CommitPurpose: Sendable, Equatable {
        /// An evaluation, for a share of its list.
        case evaluation(shard: Int = 1)
        /// A capture of gates, which adds what an evaluation lacks and changes nothing in it.
        case capture
    }

    /// Stores what was found for a batch of items, in one transaction.
    ///
    /// Storing the same again changes nothing. An item takes the place of an earlier one of the same run with the
    /// same utterance and condition but other audio: a run holds one recording per utterance and condition. In a complete
    /// run with a repetition under way, what contradicts the run goes to the repetition.
    public func commit(
        _ results: [ItemResult], run: RunID, for purpose: CommitPurpose = .evaluation()
    ) throws(StoreError) {
        guard !results.isEmpty else { return }
        try write { database in
            let row = try Row.fetchOne(
                database, sql: "SELECT purpose FROM run WHERE id = ?", arguments: [run.rawValue])
            guard let row else { throw StoreError.unknownRun(run.rawValue) }
            let isAddition = purpose == .capture && row[0] == "evaluation"
            let shard = if case .evaluation(let shard) = purpose { shard } else { 1 }
            let insert = try BulkStatement(database, Self.upsertScore)
            let repetition = try Self.repetition(of: run.rawValue, in: database)
            for result in results {
                let item = try Self.register(result.item, in: database)
                let isHeld = try Self.holds(result.estimate, of: item, run: run, in: database)
                if isAddition {
                    if isHeld { try Self.store(result, item: item, run: run, with: insert, in: database) }
                    continue
                }
                let list = RunID(rawValue: repetition ?? run.rawValue)
                try Self.removeNamesakes(of: result.item, item, run: list, in: database)
                // What agrees with a complete run is added to it; the rest waits until the repetition is complete.
                let target = isHeld ? run : list
                if isHeld, let repetition {
                    for table in ["score", "estimate", "sample"] {
                        try database.execute(
                            sql: "DELETE FROM \(table) WHERE run_id = ? AND item_id = ?",
                            arguments: [repetition, item.rawValue])
                    }
                }
                try Self.store(result, item: item, run: target, with: insert, in: database)
                try Self.inherit(result, item: item, run: target, from: run, in: database)
                try database.cachedStatement(
                    sql: """
                        INSERT INTO member (run_id, item_id, shard) VALUES (?, ?, ?)
                        ON CONFLICT DO UPDATE SET shard = excluded.shard
                        """
                ).execute(arguments: [list.rawValue, item.rawValue, shard])
            }
        }
    }

    private static func store(
        _ result: ItemResult, item: ItemID, run: RunID, with insert: BulkStatement, in database: Database
    ) throws {
        try store(result.estimate, item: item, run: run, in: database)
        for score in result.scores {
            try bind(score, item: item, run: run, to: insert)
            try insert.execute()
        }
        for sample in result.samples {
            try database.execute(
                sql: """
                    INSERT INTO sample (run_id, item_id, kind, path, content_hash) VALUES (?, ?, ?, ?, ?)
                    ON CONFLICT DO UPDATE SET path = excluded.path, content_hash = excluded.content_hash
                    """,
                arguments: [
                    run.rawValue, item.rawValue, sample.kind.rawValue, sample.path, sample.contentHash,
                ])
        }
    }

    /// Whether a run has exactly this output of an item.
    private static func holds(
        _ estimate: EstimateRecord, of item: ItemID, run: RunID, in database: Database
    ) throws -> Bool {
        let known = try Self.estimate(run: run.rawValue, item: item.rawValue, in: database)
        return known.map {
            $0.contentHash == estimate.contentHash && $0.trimmedSamples == estimate.trimmedSamples
        } ?? false
    }

    /// Takes over scores of further metrics that hold for this item too: those of the same recording under another label,
    /// and those of the input of an item whose output has changed.
    private static func inherit(
        _ result: ItemResult, item: ItemID, run: RunID, from source: RunID, in database: Database
    ) throws {
        let twin = try result.estimate.contentHash.flatMap { output in
            try Self.twin(
                of: result.item, item.rawValue, run: source.rawValue, output: output, in: database)
        }
        if let twin {
            for (table, columns) in [
                ("score", "signal, metric_id, value, status, reason, milliseconds"),
                (
                    "gate",
                    "modality, frequency_row, time_slot, mean, p10, p50, p90, effective_contribution"
                ), ("sample", "kind, path, content_hash"),
            ] {
                try database.cachedStatement(
                    sql: """
                        INSERT INTO \(table) (run_id, item_id, \(columns))
                        SELECT ?1, ?2, \(columns) FROM \(table) WHERE run_id = ?3 AND item_id = ?4
                        ON CONFLICT DO NOTHING
                        """
                ).execute(arguments: [run.rawValue, item.rawValue, source.rawValue, twin])
            }
        }
        guard run != source, result.estimate.trimmedSamples == 0 else { return }
        try database.cachedStatement(
            sql: """
                INSERT INTO score (run_id, item_id, signal, metric_id, value, status, reason, milliseconds)
                SELECT ?1, ?2, signal, metric_id, value, status, reason, milliseconds FROM score
                WHERE run_id = ?3 AND item_id = ?2 AND signal <> 1 AND EXISTS (
                    SELECT 1 FROM estimate WHERE run_id = ?3 AND item_id = ?2 AND trimmed_samples = 0)
                ON CONFLICT DO NOTHING
                """
        ).execute(arguments: [run.rawValue, item.rawValue, source.rawValue])
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
                    JOIN member ON member.run_id = sample.run_id AND member.item_id = sample.item_id
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

    /// Other items of the same names and condition leave the run's list.
    private static func removeNamesakes(
        of item: ItemDescription, _ id: ItemID, run: RunID, in database: Database
    ) throws {
        let statement = try database.cachedStatement(
            sql: """
                DELETE FROM member WHERE run_id = ?1 AND item_id IN (
                    SELECT id FROM item WHERE utterance = ?2 AND id <> ?3 AND snr_db IS ?4 AND noise_type IS ?5
                        AND split IS ?6 AND speaker IS ?7)
                """)
        try statement.execute(arguments: [
            run.rawValue, item.utterance, id.rawValue, item.snrDB, item.noiseType, item.split, item.speaker,
        ])
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
