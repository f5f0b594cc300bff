import TAVSEStats
import TAVSEStore

extension OmnibusSummary {
    /// Ranks the given systems (positions in the table) on the means of each cluster.
    init(
        _ table: ScoreTable, systems: [Int], metric: Int, grouping: ItemGrouping
    ) throws(StatisticsError) {
        let columns = systems.map { table.columns[$0][metric] }
        let rows = table.items.indices.filter { item in columns.allSatisfy { $0.usable(item) != nil } }
        let clusters = grouping.clusters.selecting(rows)
        let sizes = clusters.sizes
        // Ranks ask which mean is larger; negating a lower-is-better metric makes the highest rank the best.
        let sign = table.metrics[metric].higherIsBetter ? 1.0 : -1.0
        let means = columns.map { column in
            zip(clusters.sums(of: rows.map { column.values[$0] }), sizes).map { sum, size in
                // Means that agree to nine decimals are tied.
                sign * roundedToMultiple(sum / Double(size), of: 1e-9)
            }
        }
        let test = try FriedmanTest(sizes.indices.map { block in means.map { $0[block] } })
        let hasBlocks = test.blocks > 0 && systems.count > 1
        // Without a block there are no ranks, and still one entry per system.
        let ranks = hasBlocks ? test.meanRanks : systems.map { _ in Double.nan }
        self.init(
            unit: "\(grouping.clusterUnit) mean over rows usable for all \(Self.word(systems.count)) models",
            nRows: rows.count, models: systems.map { table.systems[$0].name },
            friedman: Friedman(
                nBlocks: test.blocks, k: systems.count, meanRanks: ranks, tieFactor: test.tieFactor,
                chiSquared: test.chiSquared, df: max(0, systems.count - 1), pChiSquared: test.pChiSquared,
                kendallW: test.kendallW, imanDavenportF: test.imanDavenportF, pF: test.pF),
            nemenyiCD: hasBlocks
                ? try Nemenyi.criticalDifference(treatments: systems.count, blocks: test.blocks, alpha: 0.05)
                : .nan,
            nemenyiP: hasBlocks ? Nemenyi.pairwiseP(meanRanks: test.meanRanks, blocks: test.blocks) : [])
    }

    private static func word(_ count: Int) -> String {
        let words = ["no", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten"]
        return count < words.count ? words[count] : String(count)
    }
}
