import TAVSEBase
import TAVSEStore

/// What a store holds, at a glance.
public struct StoreOverview: Sendable {
    private let path: String
    private let runs: [RunOverview]
    private let metrics: [MetricDescription]

    /// Reads a store.
    public init(store: ResultsStore) throws {
        path = store.path
        runs = try store.runs()
        metrics = try store.metrics()
    }

    /// A table of runs and the metrics, for a terminal.
    public var text: String {
        guard !runs.isEmpty else { return "\(path) holds no runs\n" }
        let table = ReportTable(
            id: "runs", caption: "",
            columns: [
                .init("Run"), .init("System", .leading), .init("Variant", .leading),
                .init("Source", .leading),
                .init("Status", .leading), .init("Items"), .init("Scores"), .init("Failed"),
                .init("Checkpoint", .leading), .init("Started", .leading), .init("Version", .leading),
            ],
            rows: runs.map { overview in
                let run = overview.run
                let checkpoint = run.checkpointHash.map { String($0.prefix(12)) } ?? NumberText.missing
                return .init(
                    [
                        String(overview.id.rawValue), run.system, run.variant ?? NumberText.missing,
                        run.source.rawValue, overview.status.rawValue, String(overview.items),
                        String(overview.scores),
                        String(overview.failed), checkpoint, overview.started, run.toolVersion,
                    ].map { .init($0) })
            })
        var text = MarkdownRenderer.rows(of: table).joined(separator: "\n") + "\n\nMetrics:\n"
        for metric in metrics {
            let arrow = metric.higherIsBetter ? "↑" : "↓"
            let unit = metric.unit.isEmpty ? "" : " (\(metric.unit))"
            text += "  \(metric.name) \(arrow)\(unit)  \(metric.signature)\n"
        }
        return text
    }

    /// The same as JSON.
    public var json: String {
        let root = JSONValue.object([
            (
                "runs",
                .array(
                    runs.map { overview in
                        let run = overview.run
                        return .object([
                            ("run", .integer(Int(overview.id.rawValue))), ("system", .string(run.system)),
                            ("variant", .optional(run.variant)), ("fusion", .optional(run.fusion)),
                            ("source", .string(run.source.rawValue)),
                            ("status", .string(overview.status.rawValue)),
                            ("started", .string(overview.started)),
                            ("finished", .optional(overview.finished)),
                            ("items", .integer(overview.items)), ("scores", .integer(overview.scores)),
                            ("failed", .integer(overview.failed)),
                            ("checkpoint_hash", .optional(run.checkpointHash)),
                            ("config_hash", .optional(run.configHash)),
                            ("manifest_hash", .optional(run.manifestHash)),
                            ("noise_hash", .optional(run.noiseHash)),
                            ("tool_version", .string(run.toolVersion)),
                        ])
                    })
            ),
            (
                "metrics",
                .array(
                    metrics.map { metric in
                        .object([
                            ("name", .string(metric.name)), ("signature", .string(metric.signature)),
                            ("unit", .string(metric.unit)),
                            ("higher_is_better", .bool(metric.higherIsBetter)),
                        ])
                    })
            ),
        ])
        return root.text() + "\n"
    }
}
