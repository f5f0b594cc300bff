import TAVSEStore

/// Means by SNR and by noise type for a terminal, the noisy input above the system and the oracle below it.
public enum ConditionText {
    /// A table per kind of condition that the items have more than one of; empty without.
    public static func tables(_ table: ScoreTable, system: String) -> String {
        let snrs = Set(table.items.compactMap(\.snrDB)).sorted()
        let noises = Set(table.items.compactMap(\.noiseType)).sorted()
        var text = ""
        if snrs.count > 1 {
            text += self.table(
                table, system, heading: "by SNR in dB",
                columns: snrs.map { snr in
                    (SummaryText.number(snr, snr == snr.rounded() ? 0 : 1), { $0.snrDB == snr })
                })
        }
        if noises.count > 1 {
            if !text.isEmpty { text += "\n" }
            text += self.table(
                table, system, heading: "by noise",
                columns: noises.map { noise in (noise, { $0.noiseType == noise }) })
        }
        return text
    }

    private static func table(
        _ table: ScoreTable, _ system: String, heading: String,
        columns: [(name: String, holds: (ScoreTable.Item) -> Bool)]
    ) -> String {
        let members = columns.map { column in table.items.indices.filter { column.holds(table.items[$0]) } }
        var rows = [[heading, ""] + columns.map(\.name)]
        for (index, metric) in table.metrics.enumerated() {
            let shown = table.systems.indices.filter {
                table.systems[$0].kind != .enhanced || table.systems[$0].name == system
            }
            for (position, row) in shown.enumerated() {
                let scores = table.columns[row][index]
                let means = members.map { items -> String in
                    let values = items.filter { scores.status[$0] == ScoreTable.okStatus }
                        .map { scores.values[$0] }
                    let mean = values.isEmpty ? .nan : values.reduce(0, +) / Double(values.count)
                    return SummaryText.number(mean, SummaryText.digits(metric))
                }
                rows.append(
                    [position == 0 ? SummaryText.heading(metric) : "", table.systems[row].name] + means)
            }
        }
        return SummaryText.align(rows)
    }
}
