import TAVSEAnalysis
import TAVSEBase
import TAVSEStore

/// What a store holds, at a glance.
public struct StoreOverview: Sendable {
    private let path: String
    private let runs: [RunOverview]
    private let metrics: [MetricDescription]
    /// Runs that a report of all systems shows.
    private let shown: Set<RunID>
    /// Superseded items by run.
    private let superseded: [RunID: [ItemDescription]]
    private let notes: [String]

    /// Superseded items of a run that the text names.
    private static let listed = 20

    /// Reads a store.
    public init(store: ResultsStore) throws {
        path = store.path
        runs = try store.runs()
        metrics = try store.metrics()
        shown = Set(try store.selectedRuns().map(\.id))
        superseded = Dictionary(
            uniqueKeysWithValues: try runs.filter { $0.superseded > 0 }.map {
                ($0.id, try store.supersededItems(of: $0.id))
            })
        notes = try SelectionNotes.make(store: store)
    }

    private static func items(_ overview: RunOverview) -> String {
        guard let asked = overview.asked, asked != overview.items else { return String(overview.items) }
        return "\(overview.items) of \(asked)"
    }

    private static func state(_ overview: RunOverview) -> String {
        if overview.isCapture { return "gates only" }
        if overview.replaces != nil { return "\(overview.status.rawValue), repetition" }
        if overview.isComplete { return "complete" }
        return overview.status == .finished ? "partial" : "partial, \(overview.status.rawValue)"
    }

    private func supersededText() -> String {
        var text = ""
        for run in runs {
            guard let items = superseded[run.id] else { continue }
            text += "\nSuperseded in run \(run.id.rawValue) of \(run.run.system), in no report: "
            text += items.prefix(Self.listed).map(\.label).joined(separator: ", ")
            text += items.count > Self.listed ? " and \(items.count - Self.listed) more\n" : "\n"
        }
        return text
    }

    /// A table of runs and the metrics, for a terminal.
    public var text: String {
        guard !runs.isEmpty else { return "\(path) holds no runs\n" }
        let table = ReportTable(
            id: "runs", caption: "",
            columns: [
                .init("Run"), .init("System", .leading), .init("Variant", .leading),
                .init("Source", .leading),
                .init("State", .leading), .init("In reports", .leading), .init("Items"), .init("Superseded"),
                .init("Scores"), .init("Failed"),
                .init("Checkpoint", .leading), .init("Started", .leading), .init("Version", .leading),
            ],
            rows: runs.map { overview in
                let run = overview.run
                let checkpoint = run.checkpointHash.map { String($0.prefix(12)) } ?? NumberText.missing
                return .init(
                    [
                        String(overview.id.rawValue), run.system, run.variant ?? NumberText.missing,
                        run.source.rawValue, Self.state(overview), shown.contains(overview.id) ? "yes" : "no",
                        Self.items(overview), String(overview.superseded), String(overview.scores),
                        String(overview.failed), checkpoint, overview.started, run.toolVersion,
                    ].map { .init($0) })
            })
        var text = MarkdownRenderer.rows(of: table).joined(separator: "\n") + "\n"
        if !notes.isEmpty { text += "\n" + notes.map { "Note: \($0)\n" }.joined() }
        text += supersededText() + "\nMetrics:\n"
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
                            ("complete", .bool(overview.isComplete)),
                            ("in_reports", .bool(shown.contains(overview.id))),
                            ("gates_only", .bool(overview.isCapture)),
                            ("items", .integer(overview.items)),
                            ("items_asked", overview.asked.map(JSONValue.integer) ?? .null),
                            ("shards", overview.shards.map(JSONValue.integer) ?? .null),
                            ("missing_shards", .array(overview.missingShards.map(JSONValue.integer))),
                            (
                                "superseded",
                                .array(
                                    (superseded[overview.id] ?? []).map { item in
                                        .object([
                                            ("utterance", .string(item.utterance)),
                                            ("speaker", .optional(item.speaker)),
                                            ("split", .optional(item.split)),
                                            ("snr_db", .optional(item.snrDB)),
                                            ("noise_type", .optional(item.noiseType)),
                                        ])
                                    })
                            ),
                            (
                                "repetition_of",
                                overview.replaces.map { .integer(Int($0.rawValue)) } ?? .null
                            ),
                            ("scores", .integer(overview.scores)),
                            ("failed", .integer(overview.failed)),
                            ("checkpoint_hash", .optional(run.checkpointHash)),
                            ("config_hash", .optional(run.configHash)),
                            ("manifest_hash", .optional(run.manifestHash)),
                            ("noise_hash", .optional(run.noiseHash)),
                            ("tool_version", .string(run.toolVersion)),
                        ])
                    })
            ),
            ("notes", .array(notes.map(JSONValue.string))),
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
