/// Version 1 of the schema: tables.
///
/// Long format: one score per (run, item, signal, metric), a finite value or a reason, never both, never neither.
/// Never edited once released; changes are further migrations.
enum SchemaVersion1 {
    static let tables = """
        -- What is compared: an enhancement system, by name.
        CREATE TABLE system (
            id INTEGER PRIMARY KEY,
            name TEXT NOT NULL UNIQUE CHECK (length(name) > 0),
            variant TEXT,                 -- e.g. audio_rgb
            fusion TEXT                   -- e.g. cross_attention
        ) STRICT;

        -- One evaluation of a system; the key names everything that decides its output, so shards of it merge.
        CREATE TABLE run (
            id INTEGER PRIMARY KEY,
            key TEXT NOT NULL UNIQUE CHECK (length(key) = 32),
            system_id INTEGER NOT NULL REFERENCES system (id),
            source TEXT NOT NULL CHECK (source IN ('recordings', 'checkpoint', 'import')),
            generation INTEGER NOT NULL CHECK (generation >= 1),
            modalities TEXT,              -- comma-separated
            control TEXT,                 -- e.g. shuffle
            seed INTEGER,
            checkpoint_hash TEXT,
            parameter_count INTEGER CHECK (parameter_count >= 0),
            config TEXT,                  -- resolved configuration
            config_hash TEXT,
            manifest_hash TEXT,
            noise_hash TEXT,
            tool_version TEXT NOT NULL,
            host TEXT,
            slurm_job TEXT,
            started TEXT NOT NULL,        -- UTC, ISO 8601
            finished TEXT,
            status TEXT NOT NULL CHECK (status IN ('running', 'stopped', 'finished')),
            CHECK ((status = 'finished') = (finished IS NOT NULL))
        ) STRICT;
        CREATE INDEX run_by_system ON run (system_id);

        -- One utterance in one condition; the key is a hash of names, condition and audio content.
        CREATE TABLE item (
            id INTEGER PRIMARY KEY,
            key TEXT NOT NULL UNIQUE CHECK (length(key) = 32),
            utterance TEXT NOT NULL CHECK (length(utterance) > 0),
            speaker TEXT,
            split TEXT,
            snr_db REAL CHECK (snr_db BETWEEN -1.0e6 AND 1.0e6),
            noise_type TEXT,
            clean_hash TEXT,
            noisy_hash TEXT,
            noise_file TEXT,
            noise_offset INTEGER CHECK (noise_offset >= 0),
            noise_gain REAL,
            sample_rate INTEGER CHECK (sample_rate > 0),
            duration_seconds REAL CHECK (duration_seconds >= 0)
        ) STRICT;
        CREATE INDEX item_by_utterance ON item (utterance);

        -- A metric as it was computed: the same name with another signature is another metric.
        CREATE TABLE metric (
            id INTEGER PRIMARY KEY,
            name TEXT NOT NULL CHECK (length(name) > 0),
            signature TEXT NOT NULL CHECK (length(signature) > 0),
            title TEXT NOT NULL,
            unit TEXT NOT NULL,
            direction TEXT NOT NULL CHECK (direction IN ('higher', 'lower')),
            lower_bound REAL,
            upper_bound REAL,
            UNIQUE (name, signature)
        ) STRICT;

        -- signal: 0 noisy input, 1 enhanced, 2 oracle. Infinity fails the range check; SQLite stores NaN as NULL.
        CREATE TABLE score (
            run_id INTEGER NOT NULL REFERENCES run (id),
            item_id INTEGER NOT NULL REFERENCES item (id),
            signal INTEGER NOT NULL CHECK (signal IN (0, 1, 2)),
            metric_id INTEGER NOT NULL REFERENCES metric (id),
            value REAL CHECK (value BETWEEN -1.7976931348623157e308 AND 1.7976931348623157e308),
            status TEXT CHECK (length(status) > 0 AND status NOT IN ('ok', 'absent')),
            reason TEXT CHECK (length(reason) > 0),
            milliseconds REAL CHECK (milliseconds >= 0),
            PRIMARY KEY (run_id, item_id, signal, metric_id),
            CHECK ((value IS NULL) = (status IS NOT NULL) AND (status IS NULL) = (reason IS NULL))
        ) STRICT, WITHOUT ROWID;

        -- What a run produced for an item: decides whether a stored score may be used again.
        CREATE TABLE estimate (
            run_id INTEGER NOT NULL REFERENCES run (id),
            item_id INTEGER NOT NULL REFERENCES item (id),
            path TEXT,
            content_hash TEXT,            -- NULL when the file could not be read
            trimmed_samples INTEGER NOT NULL DEFAULT 0 CHECK (trimmed_samples >= 0),
            processing_seconds REAL CHECK (processing_seconds >= 0),
            PRIMARY KEY (run_id, item_id)
        ) STRICT, WITHOUT ROWID;

        -- Activations of the network's fusion gates.
        CREATE TABLE gate (
            run_id INTEGER NOT NULL REFERENCES run (id),
            item_id INTEGER NOT NULL REFERENCES item (id),
            modality TEXT NOT NULL,
            frequency_row INTEGER NOT NULL CHECK (frequency_row >= 0),
            time_slot INTEGER NOT NULL CHECK (time_slot >= 0),
            mean REAL NOT NULL CHECK (mean BETWEEN 0 AND 1),
            p10 REAL NOT NULL CHECK (p10 BETWEEN 0 AND 1),
            p50 REAL NOT NULL CHECK (p50 BETWEEN 0 AND 1),
            p90 REAL NOT NULL CHECK (p90 BETWEEN 0 AND 1),
            effective_contribution REAL CHECK (effective_contribution >= 0),
            PRIMARY KEY (run_id, item_id, modality, frequency_row, time_slot)
        ) STRICT, WITHOUT ROWID;

        -- Audio kept for listening.
        CREATE TABLE sample (
            run_id INTEGER NOT NULL REFERENCES run (id),
            item_id INTEGER NOT NULL REFERENCES item (id),
            kind TEXT NOT NULL CHECK (kind IN ('clean', 'noisy', 'enhanced', 'oracle')),
            path TEXT NOT NULL,           -- relative to the database's folder, or absolute
            content_hash TEXT NOT NULL,
            PRIMARY KEY (run_id, item_id, kind)
        ) STRICT, WITHOUT ROWID;
        """

    static let views = """
        -- Every score in words.
        CREATE VIEW v_scores AS
        SELECT system.name AS system, run.id AS run, item.utterance, item.speaker, item.split, item.snr_db,
            item.noise_type,
            CASE score.signal WHEN 0 THEN 'noisy' WHEN 1 THEN 'enhanced' ELSE 'oracle' END AS signal,
            metric.name AS metric, metric.unit, score.value, coalesce(score.status, 'ok') AS status,
            score.reason, score.milliseconds, metric.signature, item.id AS item
        FROM score
        JOIN run ON run.id = score.run_id
        JOIN system ON system.id = run.system_id
        JOIN item ON item.id = score.item_id
        JOIN metric ON metric.id = score.metric_id;

        -- Enhanced beside noisy, and the improvement in the metric's own direction.
        CREATE VIEW v_pairs AS
        SELECT system.name AS system, run.id AS run, item.utterance, item.speaker, item.split, item.snr_db,
            item.noise_type, metric.name AS metric, metric.unit, noisy.value AS noisy, enhanced.value AS enhanced,
            CASE metric.direction WHEN 'higher' THEN enhanced.value - noisy.value
                ELSE noisy.value - enhanced.value END AS improvement,
            metric.signature, item.id AS item
        FROM score AS enhanced
        JOIN score AS noisy ON noisy.run_id = enhanced.run_id AND noisy.item_id = enhanced.item_id
            AND noisy.signal = 0 AND noisy.metric_id = enhanced.metric_id
        JOIN run ON run.id = enhanced.run_id
        JOIN system ON system.id = run.system_id
        JOIN item ON item.id = enhanced.item_id
        JOIN metric ON metric.id = enhanced.metric_id
        WHERE enhanced.signal = 1;

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

        -- One line per run, newest last.
        CREATE VIEW v_systems AS
        SELECT system.name AS system, run.id AS run, run.source, run.status, run.started, run.finished,
            system.variant, system.fusion, run.modalities, run.checkpoint_hash, run.parameter_count,
            (SELECT count(DISTINCT item_id) FROM score WHERE run_id = run.id) AS items,
            (SELECT count(value) FROM score WHERE run_id = run.id) AS scores,
            (SELECT count(*) - count(value) FROM score WHERE run_id = run.id) AS failed
        FROM run
        JOIN system ON system.id = run.system_id
        ORDER BY run.started, run.id;
        """
}
