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
    /// Items with at least one score.
    public var items: Int
    /// Scores with a value.
    public var scores: Int
    /// Scores without.
    public var failed: Int

    /// Describes a run that is not from a store; see the properties.
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

    private static func overviews(_ database: Database) throws -> [RunOverview] {
        let rows = try Row.fetchAll(
            database,
            sql: """
                SELECT run.*, system.name AS system, system.variant, system.fusion,
                    coalesce(items, 0) AS items, coalesce(scores, 0) AS scores, coalesce(failed, 0) AS failed
                FROM run JOIN system ON system.id = run.system_id
                LEFT JOIN (
                    SELECT run_id, count(*) AS items FROM (SELECT DISTINCT run_id, item_id FROM score)
                    GROUP BY run_id
                ) AS seen ON seen.run_id = run.id
                LEFT JOIN (
                    SELECT run_id, count(value) AS scores, count(*) - count(value) AS failed
                    FROM score GROUP BY run_id
                ) AS counted ON counted.run_id = run.id
                ORDER BY run.started, run.id
                """)
        return rows.map { row in
            let modalities: String? = row["modalities"]
            return RunOverview(
                id: RunID(rawValue: row["id"]),
                run: RunDescription(
                    system: row["system"], source: RunDescription.Source(rawValue: row["source"]) ?? .import,
                    generation: row["generation"], variant: row["variant"], fusion: row["fusion"],
                    modalities: modalities?.split(separator: ",").map(String.init), control: row["control"],
                    seed: row["seed"], checkpointHash: row["checkpoint_hash"],
                    parameterCount: row["parameter_count"], config: row["config"],
                    manifestHash: row["manifest_hash"], noiseHash: row["noise_hash"],
                    toolVersion: row["tool_version"], host: row["host"], slurmJob: row["slurm_job"]),
                status: RunStatus(rawValue: row["status"]) ?? .running, started: row["started"],
                finished: row["finished"], items: row["items"], scores: row["scores"], failed: row["failed"])
        }
    }
}
