import TAVSEBase

extension ScoreFile {
    /// Puts the scores of several files into a store in one transaction: all of them or none.
    ///
    /// - Parameters:
    ///   - files: the files; with `replacing` they take the place of earlier imports together.
    ///   - store: where to; opened for writing.
    ///   - toolVersion: version of the importing tool, for provenance.
    ///   - replacing: whether everything imported before for the systems of the files is replaced.
    ///   - progress: called after each file with its place in the list and what the import has done so far.
    /// - Throws: `StoreError`.
    public static func add(
        _ files: [ScoreFile], to store: ResultsStore, toolVersion: String, replacing: Bool = false,
        progress: (Int, ImportSummary) -> Void = { _, _ in }
    ) throws -> ImportSummary {
        for file in files { try file.reconcileDirections(with: store, replacing: replacing) }
        return try store.importScores(toolVersion: toolVersion, replacing: replacing) { importer in
            for (place, file) in files.enumerated() {
                try file.give(to: importer)
                progress(place, try importer.settle())
            }
        }
    }

    /// Gives stored metrics the direction of this file's table.
    ///
    /// - Throws: `ImportError.directionDiffers` without `replacing`.
    private func reconcileDirections(with store: ResultsStore, replacing: Bool) throws {
        let stored = try store.metrics()
        for metric in table.metrics {
            guard
                let known = stored.first(where: { $0.name == metric.name && $0.signature == metric.signature }
                ),
                known.higherIsBetter != metric.higherIsBetter
            else { continue }
            guard replacing else {
                throw ImportError.directionDiffers(
                    name: metric.name, storedHigherIsBetter: known.higherIsBetter)
            }
            _ = try store.setDirection(metric: metric.name, higherIsBetter: metric.higherIsBetter)
        }
    }

    private func give(to importer: ScoreImporter) throws {
        let items = try table.items.map { item in
            try importer.item(
                ItemDescription(
                    utterance: item.utterance, speaker: item.speaker, split: item.split,
                    snrDB: item.snrDB,
                    noiseType: item.noiseType))
        }
        let metrics = try table.metrics.map { metric in
            let known = vocabulary.known(metric.name)
            return try importer.metric(
                MetricDescription(
                    name: metric.name, signature: metric.signature, title: known?.label ?? metric.name,
                    unit: metric.unit, higherIsBetter: metric.higherIsBetter,
                    lowerBound: known?.lowerBound, upperBound: known?.upperBound))
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
