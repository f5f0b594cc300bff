import TAVSEStats
import TAVSEStore

/// Which cluster, SNR and noise type each item of a table belongs to.
struct ItemGrouping: Sendable {
    /// Breakdown by one kind of condition.
    struct Conditions: Sendable {
        /// Labels in report order.
        var labels: [String]
        /// Position in `labels` of each item; nil where unknown.
        var index: [Int?]
    }

    /// Speaker of each item, or its utterance where the speaker is unknown.
    let clusters: ClusterLabels
    /// What a cluster is, in words.
    let clusterUnit: String
    /// Items without a speaker.
    let unknownSpeakers: Int
    /// By SNR.
    let snr: Conditions
    /// By noise type.
    let noise: Conditions
    /// Keys that occur as more than one item.
    let repeatedKeys: [PairingKey]

    /// Groups items; the same key with two speakers is an error.
    init(_ items: [ScoreTable.Item]) throws(ComparisonError) {
        unknownSpeakers = items.count { $0.speaker == nil }
        // The prefix keeps a speaker and an utterance of the same name apart and leaves the order alone.
        clusters = ClusterLabels(
            names: items.map { item in item.speaker.map { "speaker " + $0 } ?? "utterance " + item.utterance }
        )
        clusterUnit = Self.clusterUnit(unknown: unknownSpeakers, of: items.count)

        let snrValues = Set(items.compactMap(\.snrDB).filter { !$0.isNaN }).sorted()
        let snrPositions = Dictionary(uniqueKeysWithValues: zip(snrValues, snrValues.indices))
        snr = Conditions(
            labels: snrValues.map(Self.label), index: items.map { $0.snrDB.flatMap { snrPositions[$0] } })
        let noiseNames = Set(items.compactMap(\.noiseType)).sorted {
            $0.utf8.lexicographicallyPrecedes($1.utf8)
        }
        let noisePositions = Dictionary(uniqueKeysWithValues: zip(noiseNames, noiseNames.indices))
        noise = Conditions(
            labels: noiseNames, index: items.map { $0.noiseType.flatMap { noisePositions[$0] } })

        var seen: [PairingKey: String?] = [:]
        var repeated: Set<PairingKey> = []
        var conflicts: Set<PairingKey> = []
        for item in items {
            let key = PairingKey(item)
            guard let speaker = seen.updateValue(item.speaker, forKey: key) else { continue }
            repeated.insert(key)
            if speaker != item.speaker { conflicts.insert(key) }
        }
        guard conflicts.isEmpty else { throw .speakerConflict(keys: conflicts.sorted()) }
        repeatedKeys = repeated.sorted()
    }

    /// What a cluster is where so many of all items name no speaker.
    static func clusterUnit(unknown: Int, of count: Int) -> String {
        unknown == 0 ? "speaker" : unknown == count ? "utterance" : "speaker or utterance"
    }

    /// "5" for 5.0, "2.5" for 2.5.
    static func label(snrDB: Double) -> String {
        if let whole = Int(exactly: snrDB) { return String(whole) }
        return "\(snrDB)"
    }
}

extension PairingKey {
    /// The key of an item: utterance, SNR and noise type.
    init(_ item: ScoreTable.Item) {
        self.init(utterance: item.utterance, snrDB: item.snrDB, condition: item.noiseType)
    }
}
