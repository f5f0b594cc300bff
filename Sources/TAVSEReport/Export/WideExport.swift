import TAVSEAnalysis
import TAVSEBase
import TAVSEStore

/// Scores as one row per system and item and one column per metric, as spreadsheets and data frames like them.
public enum WideExport {
    /// CSV text of a table: empty cells for scores that are missing or failed.
    ///
    /// What it writes can be imported again with `tavse-report import`.
    public static func csv(_ table: ScoreTable, system: Int? = nil) -> String {
        let keys = ["system", "utterance", "speaker", "snr_db", "noise_type", "split"]
        var text = CSV.line((keys + table.metrics.map(\.name)).map(CSV.inert))
        for row in table.systems.indices where system == nil || system == row {
            for (index, item) in table.items.enumerated() {
                let columns = table.columns[row]
                guard columns.contains(where: { $0.isPresent(index) }) else { continue }
                let labels = [
                    table.systems[row].name, item.utterance, item.speaker ?? "",
                    item.snrDB.map(NumberText.exact) ?? "", item.noiseType ?? "", item.split ?? "",
                ]
                let scores = columns.map { $0.usable(index).map(NumberText.exact) ?? "" }
                text += CSV.line((labels + scores).map(CSV.inert))
            }
        }
        return text
    }
}
