/// How two quantities of the same rows go together, −1…1.
///
///     Pearson   r = Σ(x − x̄)(y − ȳ) / √(Σ(x − x̄)² · Σ(y − ȳ)²)
///     Spearman  ρ = Pearson's r of the midranks of x and y
public enum Correlation: String, Sendable, Codable, CaseIterable {
    /// Of the values: how well a straight line describes them.
    case pearson
    /// Of the ranks: how well any increasing or decreasing curve does; outliers count no more than others.
    case spearman

    /// The coefficient of two lists of finite values.
    ///
    /// - Returns: −1…1; NaN with fewer than two rows or where one list is constant.
    /// - Throws: `.lengthMismatch`, `.notFinite`.
    public func coefficient(_ x: [Double], _ y: [Double]) throws(StatisticsError) -> Double {
        try Self.require(x, y)
        return WeightedCorrelation(x, y, kind: self).coefficient(weights: Array(repeating: 1, count: x.count))
    }

    static func require(_ x: [Double], _ y: [Double]) throws(StatisticsError) {
        guard x.count == y.count else {
            throw .lengthMismatch(what: "values to correlate", expected: x.count, found: y.count)
        }
        try requireFinite(x, "first values to correlate")
        try requireFinite(y, "second values to correlate")
    }
}

/// A correlation in which row i occurs `weights[i]` times, prepared so that many weightings are cheap: O(n) each.
///
/// The rows are sorted once; a resample's midranks follow from running sums of the weights in that order.
struct WeightedCorrelation: Sendable {
    private let kind: Correlation
    private let x: Column
    private let y: Column

    private struct Column: Sendable {
        let values: [Double]
        /// Rows in ascending order of the values.
        let order: [Int]
        /// Where in `order` each group of equal values ends.
        let groupEnds: [Int]

        init(_ values: [Double]) {
            let order = values.indices.sorted { (values[$0], $0) < (values[$1], $1) }
            self.values = values
            self.order = order
            groupEnds = order.indices.filter {
                $0 + 1 == order.count || values[order[$0 + 1]] != values[order[$0]]
            }.map { $0 + 1 }
        }

        /// Rank of each row in the sample that the weights describe: ranks of equal values are their mean.
        func midranks(_ weights: [Double]) -> [Double] {
            var ranks = values
            var start = 0
            var before = 0.0
            for end in groupEnds {
                var weight = 0.0
                for place in start..<end { weight += weights[order[place]] }
                for place in start..<end { ranks[order[place]] = before + (weight + 1) / 2 }
                before += weight
                start = end
            }
            return ranks
        }
    }

    init(_ x: [Double], _ y: [Double], kind: Correlation) {
        self.kind = kind
        self.x = Column(x)
        self.y = Column(y)
    }

    /// The coefficient; NaN with fewer than two rows or where one side is constant among the rows with weight.
    func coefficient(weights: [Double]) -> Double {
        switch kind {
        case .pearson: Self.pearson(x.values, y.values, weights)
        case .spearman: Self.pearson(x.midranks(weights), y.midranks(weights), weights)
        }
    }

    private static func pearson(_ x: [Double], _ y: [Double], _ weights: [Double]) -> Double {
        var total = 0.0, sumX = 0.0, sumY = 0.0
        var (lowX, highX) = (Double.infinity, -Double.infinity)
        var (lowY, highY) = (lowX, highX)
        for row in x.indices where weights[row] > 0 {
            total += weights[row]
            sumX += weights[row] * x[row]
            sumY += weights[row] * y[row]
            (lowX, highX) = (min(lowX, x[row]), max(highX, x[row]))
            (lowY, highY) = (min(lowY, y[row]), max(highY, y[row]))
        }
        // Compared as they are: round-off of a mean of equal values must not look like spread.
        guard lowX < highX, lowY < highY else { return .nan }
        let (meanX, meanY) = (sumX / total, sumY / total)
        var xx = 0.0, yy = 0.0, xy = 0.0
        for row in x.indices where weights[row] > 0 {
            let (dx, dy) = (x[row] - meanX, y[row] - meanY)
            xx += weights[row] * dx * dx
            yy += weights[row] * dy * dy
            xy += weights[row] * dx * dy
        }
        let scale = xx.squareRoot() * yy.squareRoot()
        // Cauchy–Schwarz holds up to the last bits; the range is part of the promise.
        return scale > 0 ? min(1, max(-1, xy / scale)) : .nan
    }
}
