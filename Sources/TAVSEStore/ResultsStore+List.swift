import GRDB

/// A run at a glance: what it was, how far it came, how much it holds.
public struct RunOverview: Sendable, Equatable {
    /// The run's number in this file.
    public var id: RunID
    /// Identity and provenance.
    public var run: RunDescription
    /// How far it came.
    public var status: RunStatus
    /// Start, UTC, ISO 8601.
    public var started: String
    /// End, UTC, ISO 8601; nil unless finished.
    public var finished: String?
    /// Items of the last command that the run holds with at least one score.
    public var items: Int
    /// Whether the run holds all that its last command asked for.
    public var isComplete = true
    /// Whether it was made by a capture of gates alone.
    public var isCapture = false
    /// Items that the last command asked for; nil where no list was declared.
    public var asked: Int?
    /// Shards of the list; nil where no list was declared.
    public var shards: Int?
    /// Shards that have not been finished.
    public var missingShards: [Int] = []
    /// Items of earlier commands that the last one does not name.
    public var superseded = 0
    /// The complete run that this one will replace when it is complete.
    public var replaces: RunID?
    /// Last command, microseconds since 1970 UTC.
    public var activity: Int64 = 0
    /// Last capture of gates, likewise; nil without.
    public var captured: Int64?
    /// Scores with a value.
    public var scores: Int
    /// Scores without.
    public var failed: Int

    /// Describes a complete run that is not from a store; see the properties.
    public init(
        id: RunID, run: RunDescription, status: RunStatus, started: String, finished: String?, items: Int,
        scores: Int, failed: Int
    ) {
        self.id = id
        self.run = run
        self.status = status
        self.started = started
        self.finished = finished
        self.items = items
        self.scores = scores
        self.failed = failed
    }
}

extension ResultsStore {
    /// Every run, oldest first.
    public func runs() throws(StoreError) -> [RunOverview] {
        try read { database in try Self.overviews(database) }
    }

    /// The runs that ``scoreTable(systems:metrics:split:runs:)`` reads for the same arguments, for provenance.
    public func selectedRuns(
        systems: [String]? = nil, split: String? = nil, runs: [RunID]? = nil
    ) throws(StoreError) -> [RunOverview] {
        try read { database in
            let selected = try SelectedRuns(database, systems: systems, runs: runs, split: split)
            let all = try Self.overviews(database)
            return selected.runs.compactMap { run in all.first { $0.id.rawValue == run.id } }
        }
    }

    /// Names of all systems, in the order of registration.
    public func systemNames() throws(StoreError) -> [String] {
        try read { try String.fetchAll($0, sql: "SELECT name FROM system ORDER BY id") }
    }

    /// Every metric, in the order of registration.
    public func metrics() throws(StoreError) -> [MetricDescription] {
        try read { database in
            try Row.fetchAll(database, sql: "SELECT * FROM metric ORDER BY id").map { row in
                MetricDescription(
                    name: row["name"], signature: row["signature"], title: row["title"], unit: row["unit"],
                    higherIsBetter: row["direction"] == "higher", lowerBound: row["lower_bound"],
                    upperBound: row["upper_bound"])
            }
        }
    }

    /// Items of a run that earlier commands asked for and the last one does not, by name and condition.
    public func supersededItems(of run: RunID) throws(StoreError) -> [ItemDescription] {
        try read { database in
            try Row.fetchAll(
                database,
                sql: """
                    SELECT * FROM item WHERE id IN (
                        SELECT item_id FROM estimate WHERE run_id = ?1
                        UNION SELECT item_id FROM score WHERE run_id = ?1
                        EXCEPT SELECT item_id FROM member WHERE run_id = ?1)
                    ORDER BY utterance, snr_db, noise_type, speaker, split, id
                    """, arguments: [run.rawValue]
            ).map(ItemDescription.init(row:))
        }
    }

    /// The metrics of a run's output, and for how many of its items each has a row; in the order of registration.
    public func metricCounts(of run: RunID) throws(StoreError) -> [(
        name: String, signature: String, items: Int
    )] {
        try read { database in
            try Row.fetchAll(
                database,
                sql: """
                    SELECT metric.name, metric.signature, counted.items FROM (
                        SELECT metric_id, count(*) AS items FROM score
                        JOIN member ON member.run_id = score.run_id AND member.item_id = score.item_id
                        WHERE score.run_id = ?1 AND score.signal = 1 AND metric_id NOT IN (
                            SELECT metric_id FROM retired WHERE run_id = ?1)
                        GROUP BY metric_id
                    ) AS counted JOIN metric ON metric.id = counted.metric_id ORDER BY metric.id
                    """, arguments: [run.rawValue]
            ).map { ($0[0], $0[1], $0[2]) }
        }
    }

    static func overviews(_ database: Database) throws -> [RunOverview] {
        let rows = try Row.fetchAll(
            database,
            sql: """
                SELECT run.*, system.name AS system, system.variant, system.fusion,
                    \(SchemaVersion2.isComplete) OR run.source = 'import' AS complete,
                    coalesce(items, 0) AS items, coalesce(superseded, 0) AS superseded,
                    coalesce(scores, 0) AS scores, coalesce(failed, 0) AS failed
                FROM run JOIN system ON system.id = run.system_id
                LEFT JOIN (
                    SELECT held.run_id, count(member.item_id) AS items,
                        count(*) - count(member.item_id) AS superseded,
                        sum(CASE WHEN member.item_id IS NULL THEN 0 ELSE scored END) AS scores,
                        sum(CASE WHEN member.item_id IS NULL THEN 0 ELSE rows - scored END) AS failed
                    FROM (
                        SELECT run_id, item_id, count(*) AS rows, count(value) AS scored
                        FROM score GROUP BY run_id, item_id
                    ) AS held
                    LEFT JOIN member ON member.run_id = held.run_id AND member.item_id = held.item_id
                    GROUP BY held.run_id
                ) AS counted ON counted.run_id = run.id
                ORDER BY run.activity, run.id
                """)
        return try rows.map { row in
            let modalities: String? = row["modalities"]
            var overview = RunOverview(
                id: RunID(rawValue: row["id"]),
                run: RunDescription(
                    system: row["system"], source: RunDescription.Source(rawValue: row["source"]) ?? .import,
                    generation: row["generation"], variant: row["variant"], fusion: row["fusion"],
                    modalities: modalities?.split(separator: ",").map(String.init), control: row["control"],
                    seed: row["seed"], checkpointHash: row["checkpoint_hash"], checkpoint: row["checkpoint"],
                    parameterCount: row["parameter_count"], config: row["config"],
                    manifestHash: row["manifest_hash"], noiseHash: row["noise_hash"],
                    toolVersion: row["tool_version"], host: row["host"], slurmJob: row["slurm_job"]),
                status: RunStatus(rawValue: row["status"]) ?? .running, started: row["started"],
                finished: row["finished"], items: row["items"], scores: row["scores"], failed: row["failed"])
            overview.isComplete = row["complete"]
            overview.isCapture = row["purpose"] == "gates"
            overview.asked = row["asked"]
            overview.shards = row["shards"]
            overview.missingShards = try missingShards(row["id"], in: database)
            overview.superseded = row["superseded"]
            overview.replaces = (row["replaces"] as Int64?).map(RunID.init(rawValue:))
            overview.activity = row["activity"]
            overview.captured = row["captured"]
            return overview
        }
    }
}
