import TAVSEModel
import TAVSEStats
import TAVSEStore

/// Turns what the gates did over one item into the gates that are stored: one record per camera and token.
enum TokenGates {
    /// The gates of one item.
    ///
    ///     mean, p10, p50, p90 over the G groups of a token;  effective contribution ‖g·c‖/‖z‖
    ///
    /// - Parameters:
    ///   - gates: what they did over the whole item, however many segments it took.
    ///   - present: cameras that saw the item. The gates of the others are left out: nothing passes them.
    /// - Returns: nil where a number is not finite.
    static func records(_ gates: GateActivations, present: Set<Modality>) -> [GateRecord]? {
        let (columns, count, groups) = (gates.columns, gates.modalities.count, gates.groups)
        let (values, lengths) = (gates.values, gates.effectiveContribution)
        var records: [GateRecord] = []
        records.reserveCapacity(gates.rows * columns * present.count)
        for (m, modality) in gates.modalities.enumerated() where present.contains(modality) {
            for token in 0..<gates.rows * columns {
                let place = token * count + m
                let group = values[(place * groups)..<((place + 1) * groups)].map(Double.init).sorted()
                let length = Double(lengths[place])
                guard group.allSatisfy(\.isFinite), length.isFinite else { return nil }
                records.append(
                    GateRecord(
                        modality: modality.rawValue, frequencyRow: token / columns, timeSlot: token % columns,
                        mean: group.reduce(0, +) / Double(groups), p10: quantile(ofSorted: group, 0.1),
                        p50: quantile(ofSorted: group, 0.5), p90: quantile(ofSorted: group, 0.9),
                        effectiveContribution: length))
            }
        }
        return records
    }
}
