import GRDB

/// A run that has gates, and how many items it has them for.
public struct GateRun: Sendable, Equatable {
    /// The run.
    public var overview: RunOverview
    /// Items with gates.
    public var items: Int
}

extension ResultsStore {
    /// Stores all gates of an item in a run, in one transaction; what was stored for the two before is replaced.
    ///
    /// - Parameters:
    ///   - rows: one per modality, frequency row and time slot; none removes what was stored.
    ///   - item: the item, which is stored if it is new.
    ///   - run: a run of this store.
    /// - Throws: `StoreError.invalid` for a value out of range or a token given twice, `.unknownRun`, and what SQLite
    ///   finds; nothing is changed then.
    public func replaceGates(
        _ rows: [GateRecord], of item: ItemDescription, run: RunID
    ) throws(StoreError) {
        var seen = Set<GateToken>()
        for row in rows {
            try row.validate()
            guard seen.insert(GateToken(row)).inserted else {
                throw .invalid(
                    field: "gate of \(item.label)",
                    value: "\(row.modality), row \(row.frequencyRow), slot \(row.timeSlot)",
                    expected: "every modality, row and slot once")
            }
        }
        try write { database in
            let known = try Int64.fetchOne(
                database, sql: "SELECT id FROM run WHERE id = ?", arguments: [run.rawValue])
            guard known != nil else { throw StoreError.unknownRun(run.rawValue) }
            let id = try Self.register(item, in: database)
            try database.execute(
                sql: """
                    INSERT INTO member (run_id, item_id) SELECT id, ?2 FROM run WHERE id = ?1 AND purpose = 'gates'
                    ON CONFLICT DO NOTHING
                    """, arguments: [run.rawValue, id.rawValue])
            try database.execute(
                sql: "DELETE FROM gate WHERE run_id = ? AND item_id = ?",
                arguments: [run.rawValue, id.rawValue])
            let insert = try BulkStatement(
                database,
                """
                INSERT INTO gate (run_id, item_id, modality, frequency_row, time_slot, mean, p10, p50, p90,
                    effective_contribution)
                VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
                """)
            try insert.bind(1, run.rawValue)
            try insert.bind(2, id.rawValue)
            for row in rows {
                try insert.bind(3, row.modality)
                try insert.bind(4, Int64(row.frequencyRow))
                try insert.bind(5, Int64(row.timeSlot))
                try insert.bind(6, row.mean)
                try insert.bind(7, row.p10)
                try insert.bind(8, row.p50)
                try insert.bind(9, row.p90)
                try insert.bind(10, row.effectiveContribution)
                try insert.execute()
            }
        }
    }

    /// Keys of the items that a run has gates for: what need not be captured again.
    public func itemsWithGates(run: RunID) throws(StoreError) -> Set<String> {
        try read { database in
            try String.fetchSet(
                database,
                sql: """
                    SELECT key FROM item
                    WHERE EXISTS (SELECT 1 FROM gate WHERE run_id = ? AND item_id = item.id)
                    """, arguments: [run.rawValue])
        }
    }

    /// Gates of superseded items count nowhere. A run that declares no list counts with all that it has.
    private static let currentGates = """
        (EXISTS (SELECT 1 FROM run WHERE run.id = gate.run_id AND run.plan IS NULL) OR EXISTS (
            SELECT 1 FROM member WHERE member.run_id = gate.run_id AND member.item_id = gate.item_id))
        """

    /// Runs that have gates, oldest first.
    ///
    /// - Parameter system: name of a system; nil for all.
    /// - Throws: `StoreError.unknownSystem`, and what SQLite finds.
    public func runsWithGates(system: String? = nil) throws(StoreError) -> [GateRun] {
        let known = try systemNames()
        if let system, !known.contains(system) { throw .unknownSystem(name: system, known: known) }
        let all = try runs()
        return try read { database in
            let rows = try Row.fetchAll(
                database,
                sql: """
                    SELECT run_id, count(*) FROM (SELECT DISTINCT run_id, item_id FROM gate) AS gate
                    WHERE \(Self.currentGates) GROUP BY run_id
                    """)
            let counts = Dictionary(uniqueKeysWithValues: rows.map { ($0[0] as Int64, $0[1] as Int) })
            return all.compactMap { overview in
                guard let items = counts[overview.id.rawValue], system == nil || overview.run.system == system
                else { return nil }
                return GateRun(overview: overview, items: items)
            }
        }
    }

    /// The gates of a run in columns, with the items' scores in one metric.
    ///
    /// - Parameters:
    ///   - run: the run.
    ///   - split: data split; nil for all.
    ///   - metric: name of the metric whose noisy and enhanced values come along; both are of this run and of one
    ///     signature (of several, the last in the order of their bytes).
    /// - Throws: `StoreError.unknownRun`, and what SQLite finds. A run without gates gives a table without rows.
    public func gateTable(
        run: RunID, split: String? = nil, metric: String = "si_snr"
    ) throws(StoreError) -> GateTable {
        try read { database in
            let known = try Int64.fetchOne(
                database, sql: "SELECT id FROM run WHERE id = ?", arguments: [run.rawValue])
            guard known != nil else { throw StoreError.unknownRun(run.rawValue) }
            let scores = try Self.scorePairs(database, run: run, metric: metric)
            let items = try Row.fetchAll(
                database,
                sql: """
                    SELECT * FROM item WHERE (?2 IS NULL OR split = ?2)
                        AND EXISTS (SELECT 1 FROM gate WHERE run_id = ?1 AND item_id = item.id
                            AND \(Self.currentGates))
                    ORDER BY utterance, snr_db, noise_type, speaker, split, key
                    """, arguments: [run.rawValue, split])
            let modalities = try String.fetchAll(
                database, sql: "SELECT DISTINCT modality FROM gate WHERE run_id = ? ORDER BY modality",
                arguments: [run.rawValue])
            let positions = Dictionary(uniqueKeysWithValues: zip(modalities, modalities.indices))
            var table = GateTable(
                items: items.map { row in
                    let pair = scores[row["id"]]
                    return GateTable.Item(
                        description: ItemDescription(row: row), key: row["key"], noisyScore: pair?.noisy,
                        enhancedScore: pair?.enhanced)
                }, modalities: modalities)
            let rows = try BulkStatement(
                database,
                """
                SELECT modality, frequency_row, time_slot, mean, p10, p50, p90, effective_contribution FROM gate
                WHERE run_id = ? AND item_id = ? ORDER BY modality, frequency_row, time_slot
                """)
            try rows.bind(1, run.rawValue)
            for (position, row) in items.enumerated() {
                try rows.bind(2, row["id"] as Int64)
                defer { rows.reset() }
                while try rows.step() {
                    guard let name = rows.text(0), let modality = positions[name] else { continue }
                    table.append(
                        item: position, modality: modality,
                        GateRecord(
                            modality: name, frequencyRow: Int(rows.integer(1)),
                            timeSlot: Int(rows.integer(2)), mean: rows.double(3), p10: rows.double(4),
                            p50: rows.double(5), p90: rows.double(6),
                            effectiveContribution: rows.optionalDouble(7)))
                }
            }
            return table
        }
    }

    /// Values of a metric of a run's output, by item key.
    ///
    /// - Parameters:
    ///   - run: the run.
    ///   - metric: name of the metric; of several signatures the last in the order of their bytes counts.
    ///   - split: data split; nil for all.
    /// - Throws: what SQLite finds. A run without such scores gives none.
    public func enhancedScores(
        run: RunID, metric: String, split: String? = nil
    ) throws(StoreError) -> [String: Double] {
        try read { database in
            let rows = try Row.fetchCursor(
                database,
                sql: """
                    SELECT item.key, score.value FROM metric
                    CROSS JOIN score ON score.run_id = ?1 AND score.signal = 1 AND score.metric_id = metric.id
                        AND score.value IS NOT NULL
                    JOIN member ON member.run_id = score.run_id AND member.item_id = score.item_id
                    JOIN item ON item.id = score.item_id AND (?3 IS NULL OR item.split = ?3)
                    WHERE metric.name = ?2 ORDER BY metric.signature
                    """, arguments: [run.rawValue, metric, split])
            var values: [String: Double] = [:]
            while let row = try rows.next() { values[row[0]] = row[1] }
            return values
        }
    }

    /// Noisy and enhanced values of a metric, by item number.
    private static func scorePairs(
        _ database: Database, run: RunID, metric: String
    ) throws -> [Int64: (noisy: Double, enhanced: Double)] {
        let rows = try Row.fetchCursor(
            database,
            sql: """
                SELECT enhanced.item_id, noisy.value, enhanced.value FROM metric
                CROSS JOIN score AS enhanced ON enhanced.run_id = ?1 AND enhanced.signal = 1
                    AND enhanced.metric_id = metric.id AND enhanced.value IS NOT NULL
                JOIN score AS noisy ON noisy.run_id = ?1 AND noisy.item_id = enhanced.item_id
                    AND noisy.signal = 0 AND noisy.metric_id = metric.id AND noisy.value IS NOT NULL
                WHERE metric.name = ?2 ORDER BY metric.signature
                """, arguments: [run.rawValue, metric])
        var pairs: [Int64: (noisy: Double, enhanced: Double)] = [:]
        while let row = try rows.next() { pairs[row[0]] = (row[1], row[2]) }
        return pairs
    }
}

/// What identifies a row among the gates of an item.
private struct GateToken: Hashable {
    var modality: String
    var row: Int
    var slot: Int

    init(_ record: GateRecord) {
        modality = record.modality
        row = record.frequencyRow
        slot = record.timeSlot
    }
}
