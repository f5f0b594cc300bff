import TAVSEStore

/// The order in which systems are reported when nobody asks for another, the same however they came into the store.
///
/// The noisy input first and the oracle last; between them the system with fewer parts in its name first ("A" before
/// "A+R" before "A+R+T", "audio_rgb" before "audio_rgb_thermal"), equal counts by Unicode scalars. What a system does
/// with less than it can have comes right before it: "audio_rgb@audio", given sound alone, and "audio_rgb+shuffle",
/// shown another video, before "audio_rgb". A comparison names the later system first, so differences read "richer minus
/// plainer": what the video gives.
enum SystemOrder {
    static func precedes(_ a: ScoreTable.System, _ b: ScoreTable.System) -> Bool {
        let (kindA, kindB) = (rank(a.kind), rank(b.kind))
        if kindA != kindB { return kindA < kindB }
        let (nameA, nameB) = (SystemName(a.name), SystemName(b.name))
        if nameA.base == nameB.base { return nameA.takesMoreAway(than: nameB) }
        let (partsA, partsB) = (SystemName.partCount(nameA.base), SystemName.partCount(nameB.base))
        return partsA != partsB ? partsA < partsB : ItemOrder.text(nameA.base, nameB.base)
    }

    private static func rank(_ kind: ScoreTable.System.Kind) -> Int {
        switch kind {
        case .noisy: 0
        case .enhanced: 1
        case .oracle: 2
        }
    }
}

extension ScoreTable {
    /// The same table with its systems in another order.
    func reorderingSystems(_ order: [Int]) -> ScoreTable {
        var table = self
        table.systems = order.map { systems[$0] }
        table.columns = order.map { columns[$0] }
        return table
    }

    /// The same table with its systems in the default order (see ``SystemOrder``).
    func inDefaultOrder() -> ScoreTable {
        reorderingSystems(systems.indices.sorted { SystemOrder.precedes(systems[$0], systems[$1]) })
    }

    /// Metrics that share a name but not a signature are different metrics: their signature becomes part of the name.
    func withDistinctMetricNames() -> ScoreTable {
        var table = self
        for index in metrics.indices where metrics.count(where: { $0.name == metrics[index].name }) > 1 {
            table.metrics[index].name = "\(metrics[index].name) [\(metrics[index].signature)]"
        }
        return table
    }
}
