import GRDB

/// What a removal takes out of a store.
public struct RemovalSummary: Sendable, Equatable {
    /// The runs, with their unfinished repetitions.
    public var runs: [RunOverview]
    /// Scores in them, those of superseded items among them.
    public var scores: Int
    /// Rows of gates in them.
    public var gateRows: Int
    /// Recordings kept for listening; the files stay where they are.
    public var samples: Int
    /// Items that no run is left for.
    public var items: Int
    /// Systems that no run is left for.
    public var systems: [String]
}

extension ResultsStore {
    /// What to remove.
    public enum Removal: Sendable, Equatable {
        /// Every run of a system.
        case system(String)
        /// One run.
        case run(RunID)
    }

    /// Removes runs with all that only they need, in one transaction.
    ///
    /// - Parameters:
    ///   - removal: what.
    ///   - isDryRun: finds out what would go and leaves the store as it is.
    /// - Throws: `StoreError.unknownSystem`, `.unknownRun`, and what SQLite finds.
    public func remove(_ removal: Removal, dryRun isDryRun: Bool = false) throws(StoreError)
        -> RemovalSummary
    {
        try Self.mapErrors(path: path, busySeconds: busySeconds) {
            try queue.inDatabase { database in
                var summary: RemovalSummary?
                try database.inTransaction(.immediate) {
                    summary = try Self.remove(removal, in: database)
                    return isDryRun ? .rollback : .commit
                }
                guard let summary else { throw DatabaseError(message: "a removal ended without a result") }
                return summary
            }
        }
    }

    private static func remove(_ removal: Removal, in database: Database) throws -> RemovalSummary {
        let all = try overviews(database)
        let chosen: [RunOverview]
        switch removal {
        case .system(let name):
            let known = try String.fetchAll(database, sql: "SELECT name FROM system ORDER BY id")
            guard known.contains(name) else { throw StoreError.unknownSystem(name: name, known: known) }
            chosen = all.filter { $0.run.system == name }
        case .run(let id):
            chosen = all.filter { $0.id == id || $0.replaces == id }
            guard all.contains(where: { $0.id == id }) else { throw StoreError.unknownRun(id.rawValue) }
        }
        func count(_ table: String) throws -> Int {
            try Int.fetchOne(database, sql: "SELECT count(*) FROM \(table)") ?? 0
        }
        let tables = ["score", "gate", "sample"]
        let before = try tables.map(count)
        let names = try String.fetchAll(database, sql: "SELECT name FROM system ORDER BY id")
        // Repetitions refer to the runs that they replace, and go first.
        for run in chosen.sorted(by: { $0.replaces != nil && $1.replaces == nil }) {
            try removeRows(of: run.id.rawValue, in: database)
        }
        let gone = try zip(before, tables.map(count)).map { $0 - $1 }
        try database.execute(
            sql: """
                DELETE FROM item WHERE id NOT IN (
                    SELECT item_id FROM score UNION SELECT item_id FROM estimate UNION SELECT item_id FROM member
                    UNION SELECT item_id FROM gate UNION SELECT item_id FROM sample)
                """)
        let items = database.changesCount
        try database.execute(sql: "DELETE FROM system WHERE id NOT IN (SELECT system_id FROM run)")
        let left = try String.fetchSet(database, sql: "SELECT name FROM system")
        return RemovalSummary(
            runs: chosen, scores: gone[0], gateRows: gone[1], samples: gone[2], items: items,
            systems: names.filter { !left.contains($0) })
    }
}
