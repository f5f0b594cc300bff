import TAVSEBase

extension ReportBuilder {
    /// The rows without a score: failures are rarely random, so a reader must see which they are.
    func failureTable() -> ReportTable {
        let rows = comparison.failedRows
        let total = comparison.models.values.flatMap(\.values).reduce(0) { $0 + $1.nNonfinite }
        return ReportTable(
            id: "failures", caption: "Rows whose score failed; each is left out of that metric only.",
            columns: [
                .init("System", .leading), .init("Metric", .leading), .init("Utterance", .leading),
                .init("Speaker", .leading), .init("SNR (dB)"), .init("Noise", .leading),
                .init("Status", .leading),
            ],
            rows: rows.map { row in
                let metric = comparison.metrics.first { $0.name == row.metric }
                return .init([
                    .init(row.system), .init(metric.map(ReportLabels.name) ?? row.metric),
                    .init(row.utterance),
                    .init(row.speaker ?? NumberText.missing),
                    .init(row.snrDB.map(NumberText.exact) ?? NumberText.missing, sortKey: row.snrDB),
                    .init(row.noiseType ?? NumberText.missing), .init(row.reason),
                ])
            }, notes: total > rows.count ? ["The first \(rows.count) of \(total)."] : [])
    }
}
