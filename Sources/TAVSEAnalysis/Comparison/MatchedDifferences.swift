import TAVSEStats
import TAVSEStore

/// Two systems' scores in one metric, matched item by item.
///
/// Renderers that draw distributions take their differences from here, so that pictures and numbers agree.
public struct MatchedDifferences: Sendable, Equatable {
    /// Items (positions in the table) with a usable score on both sides, ascending.
    public let items: [Int]
    /// first − second of each.
    public let differences: [Double]
    /// Items that both systems have a row for, at least one of them failed.
    public let nonfinite: [Int]
    /// Items only the first system has a row for.
    public let onlyFirst: [Int]
    /// Items only the second system has a row for.
    public let onlySecond: [Int]
    /// Whether both systems have at least one row in the metric.
    public let bothMeasured: Bool

    /// Matches two columns of a table by item; systems and metric are positions in the table.
    public init(_ table: ScoreTable, first: Int, second: Int, metric: Int) {
        let a = table.columns[first][metric]
        let b = table.columns[second][metric]
        var items: [Int] = []
        var differences: [Double] = []
        var nonfinite: [Int] = []
        var onlyFirst: [Int] = []
        var onlySecond: [Int] = []
        items.reserveCapacity(table.items.count)
        differences.reserveCapacity(table.items.count)
        for item in table.items.indices {
            switch (a.isPresent(item), b.isPresent(item)) {
            case (true, true):
                if let x = a.usable(item), let y = b.usable(item) {
                    items.append(item)
                    differences.append(x - y)
                } else {
                    nonfinite.append(item)
                }
            case (true, false): onlyFirst.append(item)
            case (false, true): onlySecond.append(item)
            case (false, false): break
            }
        }
        let shared = items.count + nonfinite.count
        bothMeasured = shared + onlyFirst.count > 0 && shared + onlySecond.count > 0
        (self.items, self.differences, self.nonfinite) = (items, differences, nonfinite)
        (self.onlyFirst, self.onlySecond) = (onlyFirst, onlySecond)
    }
}

extension ScoreTable.Column {
    /// Whether the system has a row for an item, failed or not.
    package func isPresent(_ item: Int) -> Bool { status[item] != ScoreTable.absentStatus }

    /// The score of an item; nil when it failed or is absent.
    package func usable(_ item: Int) -> Double? {
        status[item] == ScoreTable.okStatus && values[item].isFinite ? values[item] : nil
    }
}
