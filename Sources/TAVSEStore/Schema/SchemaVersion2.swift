/// Version 2 of the schema: what the last command of an evaluation asked for.
///
/// Rows of items that are no longer asked for stay in the tables; an item belongs to an evaluation where `member` says
/// so. Never edited once released; changes are further migrations.
enum SchemaVersion2 {
    static let tables = """
        -- What a run is for: gates that were captured without an evaluation never stand in for one.
        ALTER TABLE run ADD COLUMN purpose TEXT NOT NULL DEFAULT 'evaluation'
            CHECK (purpose IN ('evaluation', 'gates'));
        -- Hash over the list of items that the last command named; NULL where no list was declared.
        ALTER TABLE run ADD COLUMN plan TEXT;
        ALTER TABLE run ADD COLUMN asked INTEGER CHECK (asked >= 0);        -- items of that list
        ALTER TABLE run ADD COLUMN shards INTEGER CHECK (shards >= 1);      -- shards of that list
        ALTER TABLE run ADD COLUMN activity INTEGER NOT NULL DEFAULT 0;     -- last command, microseconds since 1970 UTC
        ALTER TABLE run ADD COLUMN captured INTEGER;                        -- last capture of gates, likewise
        ALTER TABLE run ADD COLUMN checkpoint TEXT;                         -- name of the checkpoint's file
        -- The complete run that this unfinished repetition will replace.
        ALTER TABLE run ADD COLUMN replaces INTEGER REFERENCES run (id);
        CREATE UNIQUE INDEX run_by_replaced ON run (replaces) WHERE replaces IS NOT NULL;
        UPDATE run SET activity = coalesce(CAST(strftime('%s', started) AS INTEGER), 0) * 1000000;

        -- The items of a run: those of its last command. Rows of other items are superseded, kept for the record.
        CREATE TABLE member (
            run_id INTEGER NOT NULL REFERENCES run (id),
            item_id INTEGER NOT NULL REFERENCES item (id),
            shard INTEGER NOT NULL DEFAULT 1 CHECK (shard >= 1),
            PRIMARY KEY (run_id, item_id)
        ) STRICT, WITHOUT ROWID;
        INSERT INTO member (run_id, item_id)
        SELECT run_id, item_id FROM estimate
        UNION SELECT run_id, item_id FROM score
        UNION SELECT run_id, item_id FROM gate;

        -- How far each shard of a run's list has come; an unsharded command is shard 1 of 1.
        CREATE TABLE shard (
            run_id INTEGER NOT NULL REFERENCES run (id),
            number INTEGER NOT NULL CHECK (number >= 1),
            items INTEGER NOT NULL CHECK (items >= 0),
            status TEXT NOT NULL CHECK (status IN ('running', 'stopped', 'finished')),
            PRIMARY KEY (run_id, number)
        ) STRICT, WITHOUT ROWID;

        -- Metrics of a run that it has in a later signature: kept for the record.
        CREATE TABLE retired (
            run_id INTEGER NOT NULL REFERENCES run (id),
            metric_id INTEGER NOT NULL REFERENCES metric (id),
            PRIMARY KEY (run_id, metric_id)
        ) STRICT, WITHOUT ROWID;

        -- Finds the same recording under another label.
        CREATE INDEX item_by_clean ON item (clean_hash);
        """

    /// Whether a run holds everything that its last command asked for; the row is called `run`.
    static let isComplete = """
        (run.purpose = 'evaluation' AND run.replaces IS NULL
            AND CASE WHEN run.plan IS NULL THEN run.status = 'finished'
                ELSE run.shards = (SELECT count(*) FROM shard
                    WHERE shard.run_id = run.id AND shard.status = 'finished') END)
        """

    static let views = """
        DROP VIEW v_by_snr;
        DROP VIEW v_by_noise;
        DROP VIEW v_failures;
        DROP VIEW v_systems;
        DROP VIEW v_pairs;
        DROP VIEW v_scores;

        -- Every score in words; superseded items and unfinished repetitions of complete runs are left out.
        CREATE VIEW v_scores AS
        SELECT system.name AS system, run.id AS run, item.utterance, item.speaker, item.split, item.snr_db,
            item.noise_type,
            CASE score.signal WHEN 0 THEN 'noisy' WHEN 1 THEN 'enhanced' ELSE 'oracle' END AS signal,
            metric.name AS metric, metric.unit, score.value, coalesce(score.status, 'ok') AS status,
            score.reason, score.milliseconds, metric.signature, item.id AS item
        FROM score
        JOIN member ON member.run_id = score.run_id AND member.item_id = score.item_id
        JOIN run ON run.id = score.run_id AND run.replaces IS NULL
        JOIN system ON system.id = run.system_id
        JOIN item ON item.id = score.item_id
        JOIN metric ON metric.id = score.metric_id
        WHERE NOT EXISTS (
            SELECT 1 FROM retired WHERE retired.run_id = score.run_id AND retired.metric_id = score.metric_id);

        -- Enhanced beside noisy, and the improvement in the metric's own direction.
        CREATE VIEW v_pairs AS
        SELECT system.name AS system, run.id AS run, item.utterance, item.speaker, item.split, item.snr_db,
            item.noise_type, metric.name AS metric, metric.unit, noisy.value AS noisy, enhanced.value AS enhanced,
            CASE metric.direction WHEN 'higher' THEN enhanced.value - noisy.value
                ELSE noisy.value - enhanced.value END AS improvement,
            metric.signature, item.id AS item
        FROM score AS enhanced
        JOIN member ON member.run_id = enhanced.run_id AND member.item_id = enhanced.item_id
        JOIN score AS noisy ON noisy.run_id = enhanced.run_id AND noisy.item_id = enhanced.item_id
            AND noisy.signal = 0 AND noisy.metric_id = enhanced.metric_id
        JOIN run ON run.id = enhanced.run_id AND run.replaces IS NULL
        JOIN system ON system.id = run.system_id
        JOIN item ON item.id = enhanced.item_id
        JOIN metric ON metric.id = enhanced.metric_id
        WHERE enhanced.signal = 1 AND NOT EXISTS (
            SELECT 1 FROM retired
            WHERE retired.run_id = enhanced.run_id AND retired.metric_id = enhanced.metric_id);

        CREATE VIEW v_by_snr AS
        SELECT system, run, signal, metric, unit, snr_db, count(value) AS n, count(*) - count(value) AS n_failed,
            avg(value) AS mean, min(value) AS minimum, max(value) AS maximum, signature
        FROM v_scores
        GROUP BY system, run, signal, metric, unit, signature, snr_db;

        CREATE VIEW v_by_noise AS
        SELECT system, run, signal, metric, unit, noise_type, count(value) AS n,
            count(*) - count(value) AS n_failed, avg(value) AS mean, min(value) AS minimum,
            max(value) AS maximum, signature
        FROM v_scores
        GROUP BY system, run, signal, metric, unit, signature, noise_type;

        CREATE VIEW v_failures AS
        SELECT system, run, utterance, speaker, split, snr_db, noise_type, signal, metric, status, reason
        FROM v_scores
        WHERE value IS NULL;

        -- Items that an earlier command of a run asked for and its last one does not.
        CREATE VIEW v_superseded AS
        SELECT system.name AS system, run.id AS run, item.utterance, item.speaker, item.split, item.snr_db,
            item.noise_type, item.id AS item
        FROM (SELECT run_id, item_id FROM estimate UNION SELECT run_id, item_id FROM score) AS held
        JOIN run ON run.id = held.run_id AND run.replaces IS NULL
        JOIN system ON system.id = run.system_id
        JOIN item ON item.id = held.item_id
        WHERE NOT EXISTS (
            SELECT 1 FROM member WHERE member.run_id = held.run_id AND member.item_id = held.item_id);

        -- One line per run, oldest activity first.
        CREATE VIEW v_systems AS
        SELECT system.name AS system, run.id AS run, run.source, run.purpose, run.status,
            \(isComplete) AS complete, run.asked, run.shards, run.started, run.finished,
            strftime('%Y-%m-%dT%H:%M:%S', run.activity / 1000000, 'unixepoch')
                || printf('.%06dZ', run.activity % 1000000) AS activity,
            system.variant, system.fusion, run.modalities, run.checkpoint, run.checkpoint_hash,
            run.parameter_count,
            (SELECT count(*) FROM member WHERE member.run_id = run.id) AS items,
            (SELECT count(value) FROM v_scores WHERE v_scores.run = run.id) AS scores,
            (SELECT count(*) - count(value) FROM v_scores WHERE v_scores.run = run.id) AS failed,
            run.replaces
        FROM run
        JOIN system ON system.id = run.system_id
        ORDER BY run.activity, run.id;
        """
}
