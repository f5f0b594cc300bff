extension ScoreFile {
    /// Puts the scores into a store in one transaction: all of them or none.
    ///
    /// - Parameters:
    ///   - store: where to; opened for writing.
    ///   - toolVersion: version of the importing tool, for provenance.
    ///   - replacing: whether stored scores may be replaced by other values.
    /// - Throws: `StoreError`.
    public func add(to store: ResultsStore, toolVersion: String, replacing: Bool = false) throws
        -> ImportSummary
    {
        try store.importScores(toolVersion: toolVersion, replacing: replacing) { importer in
            let items = try table.items.map { item in
                try importer.item(
                    ItemDescription(
                        utterance: item.utterance, speaker: item.speaker, split: item.split,
                        snrDB: item.snrDB,
                        noiseType: item.noiseType))
            }
            let metrics = try table.metrics.map { metric in
                try importer.metric(
                    MetricDescription(
                        name: metric.name, signature: metric.signature,
                        title: MetricCatalogue.title(metric.name),
                        unit: metric.unit, higherIsBetter: metric.higherIsBetter))
            }
            let failures = table.statusNames.map { name in
                ScoreOutcome.failed(status: name, reason: Self.reason(of: name))
            }
            for (system, columns) in table.columns.enumerated() {
                let run = try importer.run(system: table.systems[system].name)
                // Item by item, in the order of the store's key.
                for item in items.indices {
                    for metric in metrics.indices {
                        let status = columns[metric].status[item]
                        if status == ScoreTable.absentStatus { continue }
                        let outcome: ScoreOutcome =
                            status == ScoreTable.okStatus
                            ? .value(columns[metric].values[item]) : failures[Int(status)]
                        try importer.add(
                            run: run, item: items[item], metric: metrics[metric], outcome: outcome)
                    }
                }
            }
        }
    }

    private static func reason(of status: String) -> String {
        switch status {
        case "missing": "the imported table has no value"
        case "nan": "the imported table has NaN"
        case "inf": "the imported table has +infinity"
        case "-inf": "the imported table has −infinity"
        default: "failed in the imported table: \(status)"
        }
    }
}
