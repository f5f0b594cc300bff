import TAVSEBase

/// The list of items that a command asks for, and which share of it the command takes.
///
/// Two commands ask for the same when their lists have the same names and conditions; the audio behind them is the items'
/// own concern.
public struct EvaluationPlan: Sendable, Hashable {
    /// Identity of the whole list in every store.
    public let key: String
    /// Items of the whole list.
    public let items: Int
    /// The share taken, from 1.
    public let shard: Int
    /// Number of shares.
    public let shards: Int
    /// Items of the share taken.
    public let shardItems: Int

    /// Describes a list.
    ///
    /// - Parameters:
    ///   - list: names and conditions of all items, those of other shares included, in the order that shares follow.
    ///   - shard: the share taken, from 1: every `shards`-th item.
    ///   - shards: number of shares.
    public init(_ list: [ItemDescription], shard: Int = 1, of shards: Int = 1) {
        precondition(shard >= 1 && shard <= shards, "share \(shard) of \(shards)")
        var labels = list.map { item in
            Fingerprint.key(
                "label", item.utterance, item.speaker, item.split, item.snrDB.map(Fingerprint.text),
                item.noiseType)
        }
        // Without shares the order of the list means nothing.
        if shards == 1 { labels.sort() }
        var hash = SHA256()
        hash.update("plan")
        hash.update(UInt64(shards))
        for label in labels { hash.update(label) }
        key = String(hash.hexadecimal().prefix(32))
        items = list.count
        self.shard = shard
        self.shards = shards
        shardItems = list.indices.count { $0 % shards == shard - 1 }
    }
}
