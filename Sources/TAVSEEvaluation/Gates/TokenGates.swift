import TAVSEModel
import TAVSEStats
import TAVSEStore

/// Turns what the gates did over one item into the gates that are stored: one record per camera and token.
///
/// An item of more than ``mostSlots`` columns has one record per several neighbouring columns, which are averaged before
/// percentiles are taken; its time slot is the first of them. So no item takes more than a bounded share of the store.
enum TokenGates {
    /// Time slots stored per item: two minutes at 25 columns per second.
    static let mostSlots = 3000

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
        let merged = max(1, (columns + mostSlots - 1) / mostSlots)
        let slots = stride(from: 0, to: columns, by: merged)
        var records: [GateRecord] = []
        records.reserveCapacity(gates.rows * ((columns + merged - 1) / merged) * present.count)
        for (m, modality) in gates.modalities.enumerated() where present.contains(modality) {
            for (row, slot) in (0..<gates.rows).flatMap({ row in slots.map { (row, $0) } }) {
                let places = (slot..<min(columns, slot + merged)).map { (row * columns + $0) * count + m }
                let share = 1 / Double(places.count)
                let group = (0..<groups).map { g in
                    places.reduce(0) { $0 + Double(values[$1 * groups + g]) } * share
                }.sorted()
                let length = places.reduce(0) { $0 + Double(lengths[$1]) } * share
                guard group.allSatisfy(\.isFinite), length.isFinite else { return nil }
                records.append(
                    GateRecord(
                        modality: modality.rawValue, frequencyRow: row, timeSlot: slot,
                        mean: group.reduce(0, +) / Double(groups), p10: quantile(ofSorted: group, 0.1),
                        p50: quantile(ofSorted: group, 0.5), p90: quantile(ofSorted: group, 0.9),
                        effectiveContribution: length))
            }
        }
        return records
    }
}
