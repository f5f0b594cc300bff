import TAVSEAnalysis
import TAVSEBase
import TAVSEStats
import TAVSEStore

/// The training guide's two files for one system: `eval_metrics.json` (mean, std, median, 95 % interval, n per metric)
/// and `eval_raw_metrics.json` (every score, null where it failed, with the items beside).
public struct GuideFiles: Sendable {
    /// Text of `eval_metrics.json`.
    public var metrics: String
    /// Text of `eval_raw_metrics.json`.
    public var rawMetrics: String

    /// Summarises one system of a table.
    ///
    /// The interval is cluster-robust over speakers where all speakers are known and there are at least two, else
    /// Student's over rows; `interval` names which.
    /// Where the table knows them, the noisy input, the oracle and the improvement stand beside each metric, for all
    /// items and by SNR and noise type; `details` become a member `evaluation`.
    /// - Throws: ``ReportError/unknownSystem(name:known:)`` and what the statistics find.
    public init(table: ScoreTable, system name: String, details: EvaluationDetails? = nil) throws {
        guard let system = table.systems.firstIndex(where: { $0.name == name }) else {
            throw ReportError.unknownSystem(name: name, known: table.systems.map(\.name))
        }
        var summaries: [(key: String, value: JSONValue)] = []
        var raw: [(key: String, value: JSONValue)] = []
        let present = table.items.indices.filter { item in
            table.columns[system].contains { $0.status[item] != ScoreTable.absentStatus }
        }
        let breakdown = GuideBreakdown(table: table, system: system)
        for (index, metric) in table.metrics.enumerated() {
            let column = table.columns[system][index]
            let scored = present.filter { column.status[$0] != ScoreTable.absentStatus }
            guard !scored.isEmpty else { continue }
            let key = metric.name == "pesq_wb" ? "pesq" : metric.name
            let usable = scored.filter { column.status[$0] == ScoreTable.okStatus }
            let values = usable.map { column.values[$0] }
            let summary = Summary(values)
            let speakers = usable.compactMap { table.items[$0].speaker }
            let clusters = ClusterLabels(names: speakers)
            let isClustered = speakers.count == usable.count && clusters.count > 1
            let interval =
                isClustered
                ? try ClusterRobustMean(values, clusters: clusters).interval(level: 0.95)
                : try summary.interval(level: 0.95)
            func finite(_ value: Double) -> JSONValue { value.isFinite ? .number(value) : .null }
            summaries.append(
                (
                    key,
                    .object(
                        [
                            ("mean", finite(summary.mean)), ("std", finite(summary.sd)),
                            ("median", finite(summary.median)),
                            ("ci95", .array([finite(interval.low), finite(interval.high)])),
                            ("interval", .string(isClustered ? "speaker_cluster_robust" : "student_t_rows")),
                            ("n", .integer(summary.n)), ("n_failed", .integer(scored.count - summary.n)),
                            ("unit", .string(metric.unit)), ("signature", .string(metric.signature)),
                        ] + breakdown.members(metric: index, items: present))
                ))
            raw.append((key, .array(present.map { finite(column.values[$0]) })))
        }
        if let details { summaries.append(("evaluation", details.json)) }
        metrics = JSONValue.object(summaries).text() + "\n"
        let items = present.map { index -> JSONValue in
            let item = table.items[index]
            return .object([
                ("id", .optional(item.key)), ("utterance", .string(item.utterance)),
                ("speaker", .optional(item.speaker)),
                ("snr_db", .optional(item.snrDB)), ("noise_type", .optional(item.noiseType)),
            ])
        }
        rawMetrics = JSONValue.object([("items", .array(items))] + raw).text() + "\n"
    }

    /// A system's name as a folder's; distinct names get distinct folders.
    public static func folderName(_ system: String) -> String { FolderName.of(system) }
}
