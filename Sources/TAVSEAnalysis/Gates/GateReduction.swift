import TAVSEStats
import TAVSEStore

/// What changes when a modality is removed: the same checkpoint on the same items, with fewer modalities.
struct GateReduction {
    /// Item means of one modality and quantity.
    struct Part {
        var modality: String
        var quantity: GateQuantity
        /// Position in the table's items, and the item's mean.
        var values: [(position: Int, value: Double)]
    }

    let source: GateSource
    /// Of the run with all modalities.
    let parts: [Part]
    let context: GateContext

    /// Gates, contributions and SI-SNR without the modality, minus the same with it.
    func findings() throws -> [GateFinding] {
        var findings: [GateFinding] = []
        let keys = source.table.items.map(\.key)
        for reduced in source.reduced {
            let removed = Set(source.overview.run.modalities ?? [])
                .subtracting(reduced.overview.run.modalities ?? []).sorted(by: ItemOrder.text)
                .joined(separator: " and ")
            let scores = keys.enumerated().compactMap { position, key -> (position: Int, value: Double)? in
                guard let without = reduced.scores[key], let with = source.scores[key] else { return nil }
                return (position, without - with)
            }
            if !scores.isEmpty {
                findings.append(
                    try finding(
                        scores, removed: removed, modality: nil, quantity: nil,
                        subject: "the enhanced SI-SNR",
                        unit: " dB"))
            }
            for part in parts {
                guard let modality = reduced.table.modalities.firstIndex(of: part.modality) else { continue }
                let items = try GateItems(reduced.table, modality: modality, quantity: part.quantity).items
                let without = Dictionary(
                    items.map { (reduced.table.items[$0.position].key, $0.mean) },
                    uniquingKeysWith: { first, _ in first })
                let rows = part.values.compactMap { row -> (position: Int, value: Double)? in
                    without[keys[row.position]].map { (row.position, $0 - row.value) }
                }
                guard !rows.isEmpty else { continue }
                findings.append(
                    try finding(
                        rows, removed: removed, modality: part.modality, quantity: part.quantity,
                        subject: part.quantity.words(part.modality), unit: ""))
            }
        }
        return findings
    }

    private func finding(
        _ rows: [(position: Int, value: Double)], removed: String, modality: String?, quantity: GateQuantity?,
        subject: String, unit: String
    ) throws(StatisticsError) -> GateFinding {
        try GateFinding(
            kind: .removal, modality: modality, quantity: quantity, contrast: "without \(removed) − with",
            words: .init(
                above: "Without \(removed), \(subject) is higher",
                below: "Without \(removed), \(subject) is lower",
                question: "\(subject) changes without \(removed)", unit: unit),
            mean: try context.robustMean(rows), level: 1 - context.options.alpha)
    }
}
