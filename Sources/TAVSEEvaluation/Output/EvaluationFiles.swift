import TAVSEStore

/// The two result files beside the database: `eval_metrics.json` and `eval_raw_metrics.json`.
public enum EvaluationFiles {
    /// Writes both files of one system; each appears only when it is whole.
    ///
    /// - Parameters:
    ///   - table: scores of the system and, where there are any, of the noisy input.
    ///   - system: name of the system.
    ///   - itemKeys: identities of the items; nil leaves them out.
    ///   - folder: where to; created if missing.
    public static func write(
        _ table: ScoreTable, system: String, itemKeys: [String]?, folder: String
    ) throws(EvaluationError) {
        try OutputFile.createFolder(folder)
        try OutputFile.write(metrics(table, system: system), to: folder + "/eval_metrics.json")
        try OutputFile.write(
            raw(table, system: system, itemKeys: itemKeys), to: folder + "/eval_raw_metrics.json")
    }

    /// Per metric: mean, std, median, 95 % interval, n, n_failed, and the noisy input beside.
    public static func metrics(_ table: ScoreTable, system: String) -> String {
        let summaries = MetricSummary.all(in: table, system: system)
        let entries = MetricNaming.order(of: table.metrics).filter(summaries.indices.contains).map { index in
            let summary = summaries[index]
            let fields = [
                ("mean", JSONText.number(summary.mean)),
                ("std", JSONText.number(summary.standardDeviation)),
                ("median", JSONText.number(summary.median)),
                ("ci95", list([summary.interval.low, summary.interval.high].map(JSONText.number))),
                ("ci_method", JSONText.string(summary.intervalMethod.rawValue)),
                ("n", String(summary.n)),
                ("n_failed", String(summary.nFailed)),
                ("noisy_mean", JSONText.number(summary.noisyMean)),
                ("improvement_mean", JSONText.number(summary.improvement)),
                ("unit", JSONText.string(summary.metric.unit)),
                ("higher_is_better", String(summary.metric.higherIsBetter)),
                ("signature", JSONText.string(summary.metric.signature)),
            ]
            let body = fields.map { "    \(JSONText.string($0)): \($1)" }.joined(separator: ",\n")
            return "  \(JSONText.string(MetricNaming.shown(summary.metric.name))): {\n\(body)\n  }"
        }
        return "{\n" + entries.joined(separator: ",\n") + "\n}\n"
    }

    /// Every score, one list per metric beside the list of items; `null` where there is none, with the reason's code
    /// in `failures`.
    public static func raw(_ table: ScoreTable, system: String, itemKeys: [String]?) -> String {
        guard let row = table.systems.firstIndex(where: { $0.name == system }) else { return "{}\n" }
        let noisy = table.systems.firstIndex { $0.kind == .noisy }
        let order = MetricNaming.order(of: table.metrics)
        let items = table.items.indices.map { index in
            let item = table.items[index]
            var fields = [("utterance", JSONText.string(item.utterance))]
            if let itemKeys { fields.insert(("id", JSONText.string(itemKeys[index])), at: 0) }
            fields += [
                ("speaker", JSONText.string(item.speaker)), ("snr_db", JSONText.number(item.snrDB)),
                ("noise_type", JSONText.string(item.noiseType)), ("split", JSONText.string(item.split)),
            ]
            return "    {" + fields.map { "\(JSONText.string($0)): \($1)" }.joined(separator: ", ") + "}"
        }
        var entries = [
            "  \"system\": \(JSONText.string(system))", "  \"items\": [\n\(items.joined(separator: ",\n"))\n  ]",
        ]
        entries += order.map { "  \(name(table, $0)): \(values(table.columns[row][$0]))" }
        if let noisy {
            let columns = order.map { "    \(name(table, $0)): \(values(table.columns[noisy][$0]))" }
            entries.append("  \"noisy\": {\n\(columns.joined(separator: ",\n"))\n  }")
        }
        let failures = order.flatMap { metric in
            table.items.indices.compactMap { index -> String? in
                let status = table.columns[row][metric].status[index]
                guard status > ScoreTable.absentStatus else { return nil }
                return "    {\"item\": \(index), \"metric\": \(name(table, metric)), "
                    + "\"status\": \(JSONText.string(table.statusNames[Int(status)]))}"
            }
        }
        entries.append(
            "  \"failures\": " + (failures.isEmpty ? "[]" : "[\n\(failures.joined(separator: ",\n"))\n  ]"))
        return "{\n" + entries.joined(separator: ",\n") + "\n}\n"
    }

    private static func name(_ table: ScoreTable, _ metric: Int) -> String {
        JSONText.string(MetricNaming.shown(table.metrics[metric].name))
    }

    private static func values(_ column: ScoreTable.Column) -> String {
        list(column.values.map(JSONText.number))
    }

    private static func list(_ elements: [String]) -> String { "[" + elements.joined(separator: ", ") + "]" }
}
