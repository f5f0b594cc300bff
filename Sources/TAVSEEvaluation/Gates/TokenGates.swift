import TAVSEModel
import TAVSEStats
import TAVSEStore

/// Turns what a network returns for one item into the gates that are stored: one record per camera and token.
enum TokenGates {
    /// The gates of a batch of one.
    ///
    ///     mean, p10, p50, p90 over the G groups of a token;  effective contribution ‖g·c‖/‖z‖
    ///
    /// - Parameters:
    ///   - output: what the network returned.
    ///   - modalities: the network's cameras, in its order.
    ///   - present: cameras that saw the item. The gates of the others are left out: nothing passes them.
    /// - Returns: nil where a number is not finite.
    static func records(
        _ output: NetworkOutput, modalities: [Modality], present: Set<Modality>
    ) -> [GateRecord]? {
        guard let gates = output.gates, let contribution = output.effectiveContribution else { return [] }
        let (rows, columns) = output.bottleneck
        let (count, groups) = (modalities.count, gates.shape[3])
        precondition(
            gates.shape == [1, rows * columns, count, groups]
                && contribution.shape == [1, rows * columns, count],
            "gates \(gates.shape), contribution \(contribution.shape), \(count) cameras")
        let values = gates.values
        let lengths = contribution.values
        var records: [GateRecord] = []
        records.reserveCapacity(rows * columns * present.count)
        for (m, modality) in modalities.enumerated() where present.contains(modality) {
            for token in 0..<rows * columns {
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
