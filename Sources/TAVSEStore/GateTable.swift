/// The gates of one run in columns, with the scores they are compared with: what the analysis reads.
///
/// Row r belongs to `items[item[r]]` and `modalities[modality[r]]`. Rows are sorted by item, modality, frequency row and
/// time slot, so one item's rows lie together.
public struct GateTable: Sendable, Equatable {
    /// What was enhanced, and how well.
    public struct Item: Sendable, Equatable {
        /// Names, condition and fingerprints.
        public var description: ItemDescription
        /// Identity in every store.
        public var key: String
        /// Score of the noisy input; nil when not stored.
        public var noisyScore: Double?
        /// Score of the run's output; nil when not stored.
        public var enhancedScore: Double?

        /// Describes an item; see the properties.
        public init(
            description: ItemDescription, key: String, noisyScore: Double? = nil, enhancedScore: Double? = nil
        ) {
            self.description = description
            self.key = key
            self.noisyScore = noisyScore
            self.enhancedScore = enhancedScore
        }
    }

    /// Items that have gates, by utterance, SNR, noise type, speaker and key.
    public var items: [Item]
    /// Modalities that have gates, in the order of their bytes.
    public var modalities: [String]
    /// Index into ``items``, one per row.
    public var item: [Int32] = []
    /// Index into ``modalities``, one per row.
    public var modality: [Int32] = []
    /// Frequency row of the bottleneck, one per row.
    public var frequencyRow: [Int32] = []
    /// Time column of the bottleneck, one per row.
    public var timeSlot: [Int32] = []
    /// Mean over the groups, one per row.
    public var mean: [Double] = []
    /// Tenth percentile over the groups, one per row.
    public var p10: [Double] = []
    /// Median over the groups, one per row.
    public var p50: [Double] = []
    /// Ninetieth percentile over the groups, one per row.
    public var p90: [Double] = []
    /// Effective contribution, one per row; NaN where it was not measured.
    public var effectiveContribution: [Double] = []

    /// A table without rows.
    public init(items: [Item], modalities: [String]) {
        self.items = items
        self.modalities = modalities
    }

    /// Number of rows.
    public var rowCount: Int { mean.count }

    /// Adds a row behind the others.
    ///
    /// - Parameters:
    ///   - item: index into ``items``.
    ///   - modality: index into ``modalities``.
    ///   - record: the numbers; its own modality is not read.
    public mutating func append(item: Int, modality: Int, _ record: GateRecord) {
        precondition(
            items.indices.contains(item) && modalities.indices.contains(modality),
            "item \(item) of \(items.count), modality \(modality) of \(modalities.count)")
        self.item.append(Int32(clamping: item))
        self.modality.append(Int32(clamping: modality))
        frequencyRow.append(Int32(clamping: record.frequencyRow))
        timeSlot.append(Int32(clamping: record.timeSlot))
        mean.append(record.mean)
        p10.append(record.p10)
        p50.append(record.p50)
        p90.append(record.p90)
        effectiveContribution.append(record.effectiveContribution ?? .nan)
    }
}
