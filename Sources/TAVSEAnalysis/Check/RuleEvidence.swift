import TAVSEStats
import TAVSEStore

/// What one rule looks at: differences of two systems in one metric and condition, matched by item, with the speaker (or, where one is unknown, the utterance)
/// of each as its cluster.
struct RuleEvidence: Sendable {
    /// score(first) − score(second), finite, in item order.
    var differences: [Double] = []
    /// Position of each difference in the table's items.
    var items: [Int] = []
    /// Cluster of each difference.
    var clusters = ClusterLabels([])
    /// Items that only the first, or only the second, system has a row for.
    var onlyFirst = 0, onlySecond = 0
    /// Items that both have, where a score of the first, or of the second, failed.
    var failedFirst = 0, failedSecond = 0
    /// Whether the clusters are speakers.
    var hasSpeakers = true

    init(
        _ table: ScoreTable, first: Int, second: Int, metric: Int,
        where isIncluded: (ScoreTable.Item) -> Bool = { _ in true }
    ) {
        let (a, b) = (table.columns[first][metric], table.columns[second][metric])
        for (index, item) in table.items.enumerated() where isIncluded(item) {
            switch (a.status[index] == ScoreTable.absentStatus, b.status[index] == ScoreTable.absentStatus) {
            case (true, true): continue
            case (false, true): onlyFirst += 1
            case (true, false): onlySecond += 1
            case (false, false):
                if a.status[index] != ScoreTable.okStatus { failedFirst += 1 }
                if b.status[index] != ScoreTable.okStatus { failedSecond += 1 }
                guard a.status[index] == ScoreTable.okStatus, b.status[index] == ScoreTable.okStatus else {
                    continue
                }
                differences.append(a.values[index] - b.values[index])
                items.append(index)
            }
        }
        hasSpeakers = items.allSatisfy { table.items[$0].speaker != nil }
        clusters = ClusterLabels(
            names: items.map { hasSpeakers ? table.items[$0].speaker ?? "" : table.items[$0].utterance })
    }
}
