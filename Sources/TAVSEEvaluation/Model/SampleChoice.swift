import TAVSEStore

/// Which items are kept for listening.
enum SampleChoice {
    /// So many items, the SNRs in turn, and within an SNR spread evenly over its items.
    ///
    /// - Parameters:
    ///   - count: how many.
    ///   - items: what there is to choose from.
    /// - Returns: indices into `items`.
    static func spread(_ count: Int, over items: [ItemDescription]) -> Set<Int> {
        guard count < items.count else { return Set(items.indices) }
        guard count > 0 else { return [] }
        let groups = Dictionary(grouping: items.indices) { items[$0].snrDB ?? .infinity }
            .sorted { $0.key < $1.key }.map(\.value)
        var chosen: Set<Int> = []
        for (position, group) in groups.enumerated() {
            // The first SNRs get one more where the number does not divide.
            let share = min(group.count, count / groups.count + (position < count % groups.count ? 1 : 0))
            for k in 0..<share {
                // The middle of the k-th of `share` equal parts, moved on from SNR to SNR: other utterances and noises.
                let middle = (2 * k + 1) * group.count / (2 * share)
                chosen.insert(group[(middle + position) % group.count])
            }
        }
        return chosen
    }
}
