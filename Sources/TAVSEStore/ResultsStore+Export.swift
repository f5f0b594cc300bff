import GRDB

/// One stored score with everything around it.
public struct ExportedScore: Sendable, Equatable {
    /// Name of the system.
    public var system: String
    /// The run's number in this file.
    public var run: RunID
    /// What was scored.
    public var item: ItemDescription
    /// The item's identity, the same in every file.
    public var itemKey: String
    /// Which signal.
    public var signal: SignalKind
    /// Name of the metric.
    public var metric: String
    /// Every choice that could move the score.
    public var signature: String
    /// A value, or why there is none.
    public var outcome: ScoreOutcome
    /// Time taken; nil when not measured.
    public var milliseconds: Double?
}

extension ResultsStore {
    /// Hands over every score of the selected runs, one at a time: memory does not grow with the store.
    ///
    /// Ordered by system, then utterance, SNR and noise type, then signal and metric. The arguments mean what they
    /// mean for ``scoreTable(systems:metrics:split:runs:)``. The store stays locked for writers meanwhile.
    public func exportScores(
        systems: [String]? = nil, metrics: [String]? = nil, split: String? = nil, runs: [RunID]? = nil,
        _ body: (ExportedScore) throws -> Void
    ) throws {
        do {
            try queue.read { database in
                let selected = try SelectedRuns(database, systems: systems, runs: runs, split: split)
                let names = try Self.metricNames(database, wanted: metrics)
                let scores = try BulkStatement(
                    database,
                    """
                    SELECT signal, metric_id, value, status, reason, milliseconds FROM score
                    WHERE run_id = ? AND item_id = ? ORDER BY signal, metric_id
                    """)
                for run in selected.runs {
                    let retired = try Int64.fetchSet(
                        database, sql: "SELECT metric_id FROM retired WHERE run_id = ?", arguments: [run.id])
                    let items = try Row.fetchCursor(
                        database,
                        sql: """
                            SELECT item.* FROM member JOIN item ON item.id = member.item_id
                            WHERE member.run_id = ?1 AND (?2 IS NULL OR split = ?2)
                            ORDER BY utterance, snr_db, noise_type, speaker, split, id
                            """, arguments: [run.id, split])
                    while let row = try items.next() {
                        try scores.bind(1, run.id)
                        try scores.bind(2, row["id"] as Int64)
                        defer { scores.reset() }
                        var item: ItemDescription?
                        while try scores.step() {
                            guard let metric = names[scores.integer(1)], !retired.contains(scores.integer(1)),
                                let signal = SignalKind(rawValue: scores.integer(0))
                            else { continue }
                            // Enhanced scores of a system that was not asked for are not handed over.
                            if signal == .enhanced && run.slot == nil { continue }
                            let description = item ?? ItemDescription(row: row)
                            item = description
                            let outcome: ScoreOutcome =
                                scores.optionalDouble(2).map { .value($0) }
                                ?? .failed(status: scores.text(3) ?? "", reason: scores.text(4) ?? "")
                            try body(
                                ExportedScore(
                                    system: run.system, run: RunID(rawValue: run.id), item: description,
                                    itemKey: row["key"], signal: signal, metric: metric.name,
                                    signature: metric.signature, outcome: outcome,
                                    milliseconds: scores.optionalDouble(5)))
                        }
                    }
                }
            }
        } catch let error as DatabaseError {
            throw StoreError(error, path: path, busySeconds: busySeconds)
        }
    }

    private static func metricNames(
        _ database: Database, wanted: [String]?
    ) throws -> [Int64: (name: String, signature: String)] {
        let rows = try Row.fetchAll(database, sql: "SELECT id, name, signature FROM metric")
        let known = Set(rows.map { row -> String in row[1] })
        if let unknown = wanted?.first(where: { !known.contains($0) }) {
            throw StoreError.unknownMetric(name: unknown, known: known.sorted())
        }
        var names: [Int64: (name: String, signature: String)] = [:]
        for row in rows where wanted?.contains(row[1]) ?? true { names[row[0]] = (row[1], row[2]) }
        return names
    }
}
