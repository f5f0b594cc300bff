import GRDB

extension ResultsStore {
    /// Corrects which way is better in a metric of imported scores, under all its signatures from imports.
    ///
    /// The toolkit's own metrics stay as they are: their direction follows from their definition.
    ///
    /// - Returns: how many entries of the metric were changed.
    /// - Throws: `StoreError.unknownMetric` where no imported score has that name.
    public func setDirection(metric name: String, higherIsBetter: Bool) throws -> Int {
        do {
            return try queue.write { database in
                let imported = """
                    name = ? AND NOT EXISTS (SELECT 1 FROM score JOIN run ON run.id = score.run_id
                        WHERE score.metric_id = metric.id AND run.source <> 'import')
                    """
                let count = try Int.fetchOne(
                    database, sql: "SELECT count(*) FROM metric WHERE \(imported)", arguments: [name])
                guard let count, count > 0 else {
                    let known = try String.fetchAll(
                        database, sql: "SELECT DISTINCT name FROM metric ORDER BY name")
                    throw StoreError.unknownMetric(name: name, known: known)
                }
                let direction = higherIsBetter ? "higher" : "lower"
                try database.execute(
                    sql: "UPDATE metric SET direction = ? WHERE direction <> ? AND \(imported)",
                    arguments: [direction, direction, name])
                return database.changesCount
            }
        } catch let error as DatabaseError {
            throw StoreError(error, path: path, busySeconds: busySeconds)
        }
    }
}
