import TAVSEStats

extension PairComparison {
    /// Fills adjusted p-values, verdicts and notes of all comparisons of a planned family.
    static func conclude(
        _ pairs: inout [PairComparison], family: Int, alpha: Double
    ) throws(StatisticsError) {
        let threshold = alpha / Double(family)
        // Pairs without data are no tests of the family.
        let tested = pairs.indices.filter { pairs[$0].status != .noData }
        let usable = tested.map { pairs[$0] }
        let wilcoxon = try Adjusted.column(usable.map(\.wilcoxon.p), family: family)
        let primary = try Adjusted.column(usable.map(\.clusteredSignedRank.pExact), family: family)
        let flips = try Adjusted.column(usable.map(\.signFlipP), family: family)
        let robust = try Adjusted.column(usable.map(\.cr2.p), family: family)
        let equivalence = try MultipleTesting.holm.adjust(
            usable.map { $0.equivalence?.p ?? .nan }, family: family)
        for (place, index) in tested.enumerated() {
            pairs[index].adjusted = AdjustedColumns(
                wilcoxon: wilcoxon[place], clusteredSignedRank: primary[place], signFlip: flips[place],
                cr2: robust[place])
            pairs[index].equivalence?.pHolm = equivalence[place]
        }
        for index in pairs.indices { pairs[index].conclude(alpha: alpha, threshold: threshold) }
    }

    private mutating func conclude(alpha: Double, threshold: Double) {
        isSignificant = adjusted.clusteredSignedRank.holm < alpha
        guide = Guide(pBonferroni: adjusted.wilcoxon.bonferroni, isSignificant: wilcoxon.p < threshold)
        let isEquivalent = (equivalence?.pHolm ?? .nan) < alpha
        let favoursFirst = (clusteredSignedRank.t > 0) == higherIsBetter
        let hasTests = status == .ok || status == .constant
        if isSignificant {
            verdict = favoursFirst ? .firstBetter : .secondBetter
        } else if isEquivalent {
            verdict = .equivalent
        } else if status == .noData {
            verdict = .noData
        } else if status == .notEstimable || nSpeakers < 2
            || (hasTests && clusteredSignedRank.smallestP >= threshold)
        {
            verdict = .cannotBeSignificant
        } else {
            verdict = .noConclusion
        }
        disagreement = guide.isSignificant == isSignificant ? nil : disagreementReason()
        notes = remarks(threshold: threshold, isEquivalent: isEquivalent)
    }

    private func disagreementReason() -> String {
        let who =
            guide.isSignificant
            ? "significant only when rows are treated as independent"
            : "significant over \(nSpeakers) clusters, not over rows treated as independent"
        if clusteredSignedRank.smallestP > 0.05 || nSpeakers < 2 {
            return
                "\(who): a test over \(nSpeakers) speaker\(nSpeakers == 1 ? "" : "s") cannot be significant"
        }
        guard designEffect.isFinite else { return who }
        if designEffect < 1 {
            return
                "\(who): the design effect is \(Self.decimal(designEffect)), so differences vary more within a "
                + "speaker than between speakers, and the row-wise test asks for more evidence than is needed"
        }
        return
            "\(who): the design effect is \(Self.decimal(designEffect)), so \(nPairs) rows carry the information of "
            + "\(Self.decimal(effectiveN)) independent ones"
    }

    private func remarks(threshold: Double, isEquivalent: Bool) -> [String] {
        var notes: [String] = []
        if ties > 0, (wilcoxon.p < threshold) != (wilcoxon.pPratt < threshold) {
            notes.append(
                "the row-wise decision depends on how the \(ties) zero differences are ranked (Pratt)")
        }
        if isSignificant, meanDifference * clusteredSignedRank.t < 0 {
            notes.append("ranks and mean point in opposite directions: a few rows dominate the mean")
        }
        if isSignificant, isEquivalent {
            notes.append("the difference is significant, and smaller than the equivalence margin")
        }
        switch status {
        case .constant:
            notes.append("the difference is the same in every row: t is infinite; the rank test still holds")
        case .allZero: notes.append("every difference is zero")
        case .noData: notes.append("no row is usable for both systems")
        case .notEstimable: notes.append("only one row is usable for both systems: nothing can be tested")
        default: break
        }
        if cr2.status == .noClusterSpread {
            notes.append("the speakers do not differ in their sums: no interval can be computed")
        }
        if cr2.status == .tooFewClusters { notes.append("one speaker: a test over speakers is impossible") }
        return notes
    }

    /// One decimal, half away from zero, without a locale.
    static func decimal(_ value: Double) -> String {
        guard value.isFinite, abs(value) < 1e15 else { return "\(value)" }
        let tenths = Int((abs(value) * 10).rounded())
        return "\(value < 0 && tenths > 0 ? "-" : "")\(tenths / 10).\(tenths % 10)"
    }
}
