/// The gates of one modality in one bottleneck token: a frequency row and a time slot of an item.
///
/// A token has several gate values (one per group of channels); mean and percentiles are over those.
public struct GateRecord: Sendable, Hashable {
    /// Camera whose contribution the gates let through, e.g. "rgb"; not empty.
    public var modality: String
    /// Frequency row of the bottleneck, 0 is the lowest.
    public var frequencyRow: Int
    /// Time column of the bottleneck, 0 is the first.
    public var timeSlot: Int
    /// Mean over the groups, 0…1.
    public var mean: Double
    /// Tenth percentile over the groups (type 7), 0…1.
    public var p10: Double
    /// Median over the groups, 0…1.
    public var p50: Double
    /// Ninetieth percentile over the groups (type 7), 0…1.
    public var p90: Double
    /// Length of what passes the gates relative to the token, ‖g·c‖/‖z‖, 0 or more; nil when not measured.
    public var effectiveContribution: Double?

    /// Largest row or slot that the store accepts: far beyond any network, and safe in 32 bits.
    static let largestIndex = Int(Int32.max)

    /// Describes a token; see the properties.
    public init(
        modality: String, frequencyRow: Int, timeSlot: Int, mean: Double, p10: Double, p50: Double,
        p90: Double, effectiveContribution: Double?
    ) {
        self.modality = modality
        self.frequencyRow = frequencyRow
        self.timeSlot = timeSlot
        self.mean = mean
        self.p10 = p10
        self.p50 = p50
        self.p90 = p90
        self.effectiveContribution = effectiveContribution
    }

    /// How messages name the token.
    private var label: String { "\(modality), row \(frequencyRow), slot \(timeSlot)" }

    package func validate() throws(StoreError) {
        guard !modality.isEmpty, !modality.utf8.contains(0) else {
            throw .invalid(field: "modality of a gate", value: modality, expected: "a name that is not empty")
        }
        for (name, index) in [("frequency row", frequencyRow), ("time slot", timeSlot)] {
            guard (0...Self.largestIndex).contains(index) else {
                throw .invalid(
                    field: "\(name) of a gate (\(modality))", value: "\(index)",
                    expected: "0 to \(Self.largestIndex)")
            }
        }
        for (name, value) in [("mean", mean), ("p10", p10), ("p50", p50), ("p90", p90)] {
            // NaN fails both comparisons.
            guard value >= 0, value <= 1 else {
                throw .invalid(
                    field: "gate \(name) (\(label))", value: "\(value)", expected: "a number from 0 to 1")
            }
        }
        guard p10 <= p50, p50 <= p90 else {
            throw .invalid(
                field: "gate percentiles (\(label))", value: "\(p10), \(p50), \(p90)",
                expected: "p10 at most p50, and p50 at most p90")
        }
        if let effectiveContribution {
            guard effectiveContribution >= 0, effectiveContribution.isFinite else {
                throw .invalid(
                    field: "effective contribution (\(label))", value: "\(effectiveContribution)",
                    expected: "a finite number, 0 or more")
            }
        }
    }
}
