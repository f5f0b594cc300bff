import CTAVSEResampling
import TAVSEBase

/// Which units each bootstrap replicate draws.
public enum BootstrapDraws: Sendable, Equatable {
    /// `replicates` rows from ``SplitMix64``: draw i of replicate r is draw r·n + i + 1 of the sequence.
    case seeded(UInt64, replicates: Int)
    /// One row of unit indices per replicate, given by the caller.
    case given([[Int]])

    /// Most replicates accepted: all of them are kept, in 800 MB.
    public static let largestReplicates = 100_000_000

    /// Number of replicates.
    public var replicates: Int {
        switch self {
        case .seeded(_, let replicates): replicates
        case .given(let rows): rows.count
        }
    }

    /// The first unit indices of replicate 0, at most `count`: a check that two programs draw alike.
    public func firstRow(units: Int, count: Int = 20) -> [Int] {
        switch self {
        case .seeded(let seed, _):
            let generator = SplitMix64(seed: seed)
            return (0..<max(0, min(units, count))).map {
                generator.index(UInt64($0 + 1), below: UInt32(truncatingIfNeeded: units))
            }
        case .given(let rows): return Array(rows.first?.prefix(max(0, count)) ?? [])
        }
    }

    /// Throws unless every replicate draws as many units as there are, each in range.
    func require(units: Int) throws(StatisticsError) {
        guard replicates > 0 else {
            throw .notPositive(what: "bootstrap replicates", found: Double(replicates))
        }
        guard replicates <= Self.largestReplicates else {
            throw .tooLargeForExact(
                what: "bootstrap replicates", count: replicates, limit: Self.largestReplicates)
        }
        guard units <= Int(UInt32.max) else {
            throw .tooLargeForExact(what: "bootstrap units", count: units, limit: Int(UInt32.max))
        }
        guard case .given(let rows) = self else { return }
        for row in rows {
            guard row.count == units else {
                throw .lengthMismatch(what: "bootstrap row", expected: units, found: row.count)
            }
            if let bad = row.first(where: { $0 < 0 || $0 >= units }) {
                throw .indexOutOfRange(what: "bootstrap row", index: bad, limit: units)
            }
        }
    }

    /// Computes one value per replicate in parallel; `body` gets a function from draw number to unit index.
    ///
    /// Replicates are split into fixed blocks; each writes its own slots, so thread count does not matter.
    func map<Value: Sendable>(
        units: Int, threads: Int?, _ body: @escaping @Sendable (Replicate) -> Value
    ) -> [Value] {
        let block = 64
        let total = replicates
        let blocks = (total + block - 1) / block
        let parts = parallelMap(count: blocks, threads: threads) { index in
            (index * block..<min(total, (index + 1) * block)).map { body(self.replicate($0, units: units)) }
        }
        return parts.flatMap(\.self)
    }

    private func replicate(_ number: Int, units: Int) -> Replicate {
        switch self {
        case .seeded(let seed, _):
            .seeded(
                SplitMix64(seed: seed), first: UInt64(number) &* UInt64(units) &+ 1,
                units: UInt32(truncatingIfNeeded: units))
        case .given(let rows): .given(rows[number])
        }
    }

    /// The draws of one replicate.
    enum Replicate: Sendable {
        case seeded(SplitMix64, first: UInt64, units: UInt32)
        case given([Int])

        /// Σ element(unit) over the replicate's `count` draws, in eight lanes.
        @inline(__always)
        func sum(_ count: Int, _ element: (Int) -> Double) -> Double {
            switch self {
            case .seeded(let generator, let first, let units):
                laneSum(count) {
                    element(generator.index(first &+ UInt64(truncatingIfNeeded: $0), below: units))
                }
            case .given(let row): laneSum(count) { element(row[$0]) }
            }
        }

        /// Σ values[unit] over the replicate's draws, one per value; bit-identical to ``sum(_:_:)``.
        func sum(of values: UnsafeBufferPointer<Double>) -> Double {
            switch self {
            case .seeded(let generator, let first, let units):
                precondition(
                    Int(units) == values.count, "draws are below \(units), values are \(values.count)")
                guard let base = values.baseAddress else { return 0 }
                return tavse_resampled_sum(generator.seed, first, units, values.count, base)
            case .given(let row): return laneSum(row.count) { values[row[$0]] }
            }
        }

        /// Calls `body` with each drawn unit, in order.
        @inline(__always)
        func forEach(_ count: Int, _ body: (Int) -> Void) {
            switch self {
            case .seeded(let generator, let first, let units):
                for i in 0..<count {
                    body(generator.index(first &+ UInt64(truncatingIfNeeded: i), below: units))
                }
            case .given(let row): for unit in row { body(unit) }
            }
        }
    }
}
