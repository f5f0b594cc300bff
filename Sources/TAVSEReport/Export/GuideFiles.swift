import TAVSEAnalysis
import TAVSEBase
import TAVSEStore

/// The two files that describe one evaluation for scripts: `eval_metrics.json` (mean, std, median, 95 % interval, n per
/// metric) and `eval_raw_metrics.json` (every score, null where it failed, with the items beside).
///
/// `eval_metrics.json` has `experiment`, `checkpoint`, `n_samples` and `statistics`, which holds `mean`, `std`, `median`,
/// `ci_95_low`, `ci_95_high` and `n` by metric. Beside these stands the same per metric with units, signatures, references
/// and conditions, under the metric's name. Wide-band PESQ has two names in both files, `pesq` and `pesq_wb`.
public struct GuideFiles: Sendable {
    /// Text of `eval_metrics.json`.
    public var metrics: String
    /// Text of `eval_raw_metrics.json`.
    public var rawMetrics: String

    /// Members of `eval_metrics.json` that are no metrics.
    private static let reserved: Set<String> = [
        "experiment", "checkpoint", "n_samples", "statistics", "system", "n_asked", "complete", "note",
        "evaluation", "items",
    ]

    /// Writes the files of one system.
    ///
    /// - Parameters:
    ///   - scores: the system's scores.
    ///   - run: the evaluation that they are from; nil where there is none.
    ///   - details: of a network; they become a member `evaluation`.
    public init(_ scores: SystemScores, run: RunOverview?, details: EvaluationDetails? = nil) {
        var members: [(key: String, value: JSONValue)] = [
            ("experiment", .string(run?.experiment ?? scores.system)),
            ("checkpoint", .optional(run?.checkpointText)), ("n_samples", .integer(scores.items.count)),
        ]
        let names = scores.metrics.map { entry in
            entry.metric.name == "pesq_wb" ? ["pesq", "pesq_wb"] : [entry.metric.name]
        }
        let entries = Array(zip(names, scores.metrics))
        members.append(
            (
                "statistics",
                .object(
                    entries.flatMap { names, entry in
                        names.map { ($0, Self.statistics(entry.summary)) }
                    })
            ))
        members.append(("system", .string(scores.system)))
        if let run {
            members.append(("n_asked", .integer(run.asked ?? scores.items.count)))
            members.append(("complete", .bool(run.isComplete)))
            if let note = run.partialText { members.append(("note", .string(note))) }
        }
        members += entries.map { names, entry in
            (Self.key(names.first ?? entry.metric.name), Self.description(entry, scores))
        }
        if let details { members.append(("evaluation", details.json)) }
        metrics = JSONValue.object(members).text() + "\n"

        let items = scores.items.map { index -> JSONValue in
            let item = scores.table.items[index]
            return .object([
                ("id", .optional(item.key)), ("utterance", .string(item.utterance)),
                ("speaker", .optional(item.speaker)), ("snr_db", .optional(item.snrDB)),
                ("noise_type", .optional(item.noiseType)),
            ])
        }
        let raw = entries.flatMap { names, entry in
            let values = JSONValue.array(scores.values(entry.metric).map(JSONValue.optional))
            return names.map { (Self.key($0), values) }
        }
        rawMetrics = JSONValue.object([("items", .array(items))] + raw).text() + "\n"
    }

    /// A metric of an imported table may have any name.
    private static func key(_ metric: String) -> String {
        reserved.contains(metric) ? "metric_" + metric : metric
    }

    private static func finite(_ value: Double?) -> JSONValue {
        value.flatMap { $0.isFinite ? .number($0) : nil } ?? .null
    }

    private static func statistics(_ summary: SystemSummary) -> JSONValue {
        .object([
            ("mean", finite(summary.mean)), ("std", finite(summary.sd)), ("median", finite(summary.median)),
            ("ci_95_low", finite(summary.cr2Interval.low)), ("ci_95_high", finite(summary.cr2Interval.high)),
            ("n", .integer(summary.n)),
        ])
    }

    private static func description(_ entry: SystemScores.Metric, _ scores: SystemScores) -> JSONValue {
        let (summary, interval) = (entry.summary, entry.summary.cr2Interval)
        var members: [(key: String, value: JSONValue)] = [
            ("mean", finite(summary.mean)), ("std", finite(summary.sd)), ("median", finite(summary.median)),
            ("ci95", .array([finite(interval.low), finite(interval.high)])),
            ("interval", .string("cr2_\(scores.clusterUnit.replacing(" ", with: "_"))")),
            ("n", .integer(summary.n)), ("n_failed", .integer(summary.nNonfinite)),
            ("unit", .string(entry.metric.unit)), ("signature", .string(entry.metric.signature)),
        ]
        members += references(entry.references, scores)
        for (name, conditions) in [("by_snr", scores.bySNR), ("by_noise", scores.byNoise)]
        where !conditions.isEmpty {
            let parts = conditions.map { condition -> (key: String, value: JSONValue) in
                let part = scores.mean(entry.metric, over: condition.items)
                let means = [("mean", finite(part.mean)), ("n", JSONValue.integer(part.n))]
                return (condition.label, .object(means + references(part.references, scores)))
            }
            members.append((name, .object(parts)))
        }
        return .object(members)
    }

    private static func references(
        _ references: SystemScores.References, _ scores: SystemScores
    ) -> [(key: String, value: JSONValue)] {
        var members: [(key: String, value: JSONValue)] = []
        if scores.hasNoisy {
            members += [
                ("noisy", finite(references.noisy)), ("improvement", finite(references.improvement)),
            ]
        }
        if scores.hasOracle { members.append(("oracle", finite(references.oracle))) }
        return members
    }

    /// A system's name as a folder's; distinct names get distinct folders.
    public static func folderName(_ system: String) -> String { FolderName.of(system) }
}
