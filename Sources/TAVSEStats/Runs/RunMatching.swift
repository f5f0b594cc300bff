/// Items and training runs that a comparison of two variants uses.
///
/// A run without one finite score has failed and is left out. Of the rest, the items with a finite score in every run
/// of both variants are used: one rectangle, so that all runs are compared on the same items. Runs of one variant that
/// agree within 1e-9 on all used items are copies (one checkpoint imported twice says nothing about how runs vary):
/// the first stays.
public struct RunMatching: Sendable, Equatable, Codable {
    /// Scores closer than this count as equal when copies are found.
    static let copyTolerance = 1e-9
    /// Share of used items below which a warning is due.
    static let lowCoverage = 0.9

    /// Items with a row in at least one run that did not fail.
    public var nItemsUnion: Int
    /// Items used.
    public var nItems: Int
    /// Items without a row in at least one run.
    public var nMissing: Int
    /// Items with a row in every run, at least one of them failed.
    public var nNonfinite: Int
    /// Used items over the union; NaN without items.
    public var coverage: Double
    /// Positions of the first variant's runs without a finite score.
    public var failedRunsFirst: [Int]
    /// Positions of the first variant's runs that copy an earlier one.
    public var identicalRunsFirst: [Int]
    /// Positions of the first variant's runs used.
    public var runsFirst: [Int]
    /// As ``failedRunsFirst``, second variant.
    public var failedRunsSecond: [Int]
    /// As ``identicalRunsFirst``, second variant.
    public var identicalRunsSecond: [Int]
    /// As ``runsFirst``, second variant.
    public var runsSecond: [Int]
    /// Speakers of the used items.
    public var nSpeakers: Int
    /// Used items of each speaker, in the speakers' order.
    public var sizes: [Int]
    /// Positions of the used items, ascending; not encoded.
    public private(set) var items: [Int] = []

    enum CodingKeys: String, CodingKey {
        case nItemsUnion = "n_items_union"
        case nItems = "n_items"
        case nMissing = "n_missing"
        case nNonfinite = "n_nonfinite"
        case coverage
        case failedRunsFirst = "failed_runs_first"
        case identicalRunsFirst = "identical_runs_first"
        case runsFirst = "runs_first"
        case failedRunsSecond = "failed_runs_second"
        case identicalRunsSecond = "identical_runs_second"
        case runsSecond = "runs_second"
        case nSpeakers = "n_speakers"
        case sizes
    }

    /// Matches the runs of two variants.
    init(_ first: [RunScores], _ second: [RunScores], speakers: ClusterLabels) {
        let items = speakers.index.count
        let (failedA, keptA) = Self.split(first)
        let (failedB, keptB) = Self.split(second)
        let kept = keptA.map { first[$0] } + keptB.map { second[$0] }
        let bothSides = !keptA.isEmpty && !keptB.isEmpty
        var used: [Int] = []
        var union = 0
        var missing = 0
        for item in 0..<items {
            var rows = 0
            var usable = 0
            for run in kept where run.isPresent[item] {
                rows += 1
                if run.values[item].isFinite { usable += 1 }
            }
            guard rows > 0 else { continue }
            union += 1
            if !bothSides || rows < kept.count {
                missing += 1
            } else if usable == kept.count {
                used.append(item)
            }
        }
        let (distinctA, copiesA) = Self.distinct(keptA, of: first, on: used)
        let (distinctB, copiesB) = Self.distinct(keptB, of: second, on: used)
        let selected = speakers.selecting(used)
        nItemsUnion = union
        nItems = used.count
        nMissing = missing
        nNonfinite = union - missing - used.count
        coverage = union == 0 ? .nan : Double(used.count) / Double(union)
        (failedRunsFirst, identicalRunsFirst, runsFirst) = (failedA, copiesA, distinctA)
        (failedRunsSecond, identicalRunsSecond, runsSecond) = (failedB, copiesB, distinctB)
        nSpeakers = selected.count
        sizes = selected.sizes
        self.items = used
    }

    private static func split(_ runs: [RunScores]) -> (failed: [Int], kept: [Int]) {
        let failed = runs.indices.filter { runs[$0].hasFailed }
        let out = Set(failed)
        return (failed, runs.indices.filter { !out.contains($0) })
    }

    private static func distinct(
        _ kept: [Int], of runs: [RunScores], on items: [Int]
    ) -> (used: [Int], copies: [Int]) {
        guard !items.isEmpty else { return (kept, []) }
        var used: [Int] = []
        var copies: [Int] = []
        for run in kept {
            let isCopy = used.contains { earlier in
                items.allSatisfy { abs(runs[run].values[$0] - runs[earlier].values[$0]) <= copyTolerance }
            }
            if isCopy { copies.append(run) } else { used.append(run) }
        }
        return (used, copies)
    }

    /// Warnings that follow from the matching alone.
    var warnings: [VariantComparison.Warning] {
        var warnings: [VariantComparison.Warning] = []
        if !failedRunsFirst.isEmpty || !failedRunsSecond.isEmpty { warnings.append(.failedRuns) }
        if !identicalRunsFirst.isEmpty || !identicalRunsSecond.isEmpty { warnings.append(.identicalRuns) }
        if nItemsUnion > 0, coverage < Self.lowCoverage { warnings.append(.lowCoverage) }
        return warnings
    }
}
