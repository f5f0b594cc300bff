/// Which cluster (speaker) each row belongs to: indices 0 ..< count, every one in use.
public struct ClusterLabels: Sendable, Equatable {
    /// Cluster of each row.
    public let index: [Int]
    /// Number of clusters.
    public let count: Int

    /// Numbers the distinct labels in ascending order.
    public init(_ labels: [Int]) {
        let sorted = Set(labels).sorted()
        let positions = Dictionary(uniqueKeysWithValues: zip(sorted, sorted.indices))
        index = labels.map { positions[$0, default: 0] }
        count = sorted.count
    }

    /// Numbers the distinct names in the order of their Unicode scalars.
    public init(names: [String]) {
        let sorted = Set(names).sorted { $0.utf8.lexicographicallyPrecedes($1.utf8) }
        let positions = Dictionary(uniqueKeysWithValues: zip(sorted, sorted.indices))
        index = names.map { positions[$0, default: 0] }
        count = sorted.count
    }

    /// The labels of some rows, renumbered so that every cluster is in use again; the order is kept.
    public func selecting(_ rows: [Int]) -> ClusterLabels {
        var inUse = [Bool](repeating: false, count: count)
        for row in rows { inUse[index[row]] = true }
        var next = 0
        var renumbered = [Int](repeating: 0, count: count)
        for (old, used) in inUse.enumerated() where used {
            renumbered[old] = next
            next += 1
        }
        return ClusterLabels(index: rows.map { renumbered[index[$0]] }, count: next)
    }

    private init(index: [Int], count: Int) {
        self.index = index
        self.count = count
    }

    /// Rows per cluster.
    public var sizes: [Int] {
        var sizes = [Int](repeating: 0, count: count)
        for cluster in index { sizes[cluster] += 1 }
        return sizes
    }

    /// Throws unless there is one label per value.
    func require(matching values: Int) throws(StatisticsError) {
        guard index.count == values else {
            throw .lengthMismatch(what: "cluster labels", expected: values, found: index.count)
        }
    }

    /// Sum of the values of each cluster; independent of the order of the rows.
    package func sums(of values: [Double]) -> [Double] {
        var sums = [ExactSum](repeating: ExactSum(), count: count)
        for (row, cluster) in index.enumerated() { sums[cluster].add(values[row]) }
        return sums.map(\.value)
    }
}
