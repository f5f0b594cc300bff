import TAVSEAnalysis

/// One way to divide the items: by SNR or by noise type.
struct ConditionAxis {
    /// Anchor and stem of file names.
    var id: String
    /// Heading.
    var title: String
    /// Heading of the condition's column and axis.
    var label: String
    /// Keys of the breakdowns, in order.
    var keys: [String]
    /// Printed conditions, one per key.
    var names: [String]
    /// Positions along an axis; nil for conditions without an order.
    var positions: [Double]?
    /// A system's scores in a condition.
    var summary: (SystemSummary, String) -> SystemSummary.Condition?
    /// A pair's differences in a condition.
    var difference: (PairComparison, String) -> PairComparison.Condition?

    /// By SNR; nil when no SNR is known.
    static func snr(_ comparison: Comparison) -> ConditionAxis? {
        guard !comparison.snrLabels.isEmpty else { return nil }
        let numbers = comparison.snrLabels.compactMap(Double.init)
        return ConditionAxis(
            id: "snr", title: "By signal-to-noise ratio", label: "SNR", keys: comparison.snrLabels,
            names: comparison.snrLabels.map { Double($0) == nil ? $0 : "\($0) dB" },
            positions: numbers.count == comparison.snrLabels.count ? numbers : nil,
            summary: { $0.bySNR[$1] }, difference: { $0.bySNR[$1] })
    }

    /// By noise type; nil when none is known.
    static func noise(_ comparison: Comparison) -> ConditionAxis? {
        guard !comparison.noiseTypes.isEmpty else { return nil }
        return ConditionAxis(
            id: "noise", title: "By noise type", label: "Noise", keys: comparison.noiseTypes,
            names: comparison.noiseTypes, positions: nil, summary: { $0.byNoise[$1] },
            difference: { $0.byNoise[$1] })
    }
}
