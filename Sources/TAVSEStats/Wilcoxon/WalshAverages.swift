/// Order statistics of the Walsh averages (dᵢ + dⱼ)/2, i ≤ j, of sorted data, without storing them.
struct WalshAverages: Sendable {
    /// Half of each value, ascending: an average is the sum of two halves, with no overflow.
    private let halves: [Double]

    /// Takes finite, ascending values.
    init(sorted: [Double]) {
        halves = sorted.map { 0.5 * $0 }
    }

    /// Number of averages.
    var count: Int { halves.count * (halves.count + 1) / 2 }

    /// Number of averages ≤ x: for each i the largest j ≥ i with hᵢ + hⱼ ≤ x, which only falls as i grows.
    private func countAtMost(_ x: Double) -> Int {
        var total = 0
        halves.withUnsafeBufferPointer { h in
            var end = h.count
            for i in 0..<h.count {
                let own = h[i]
                while end > i, own + h[end - 1] > x { end -= 1 }
                if end <= i { break }
                total += end - i
            }
        }
        return total
    }

    /// The averages in (low, high], unsorted.
    private func values(above low: Double, upTo high: Double, capacity: Int) -> [Double] {
        var found: [Double] = []
        found.reserveCapacity(capacity)
        halves.withUnsafeBufferPointer { h in
            var end = h.count
            var start = h.count
            for i in 0..<h.count {
                let own = h[i]
                while end > i, own + h[end - 1] > high { end -= 1 }
                if end <= i { break }
                while start > 0, own + h[start - 1] > low { start -= 1 }
                for j in max(i, start)..<max(i, start, end) { found.append(own + h[j]) }
            }
        }
        return found
    }

    /// The average of rank k (1 = smallest), exactly.
    func orderStatistic(_ k: Int) -> Double {
        guard let first = halves.first, let last = halves.last else { return .nan }
        var high = last + last
        var low = (first + first).nextDown
        var countLow = 0
        var countHigh = count
        let few = max(256, halves.count / 8)
        var probes = 0
        // Invariant: count(≤ low) < k ≤ count(≤ high).
        while countHigh - countLow > few {
            let middle = Self.probe(low, high, byValue: probes < 48)
            guard middle > low, middle < high else { return high }
            let below = countAtMost(middle)
            if below >= k { (high, countHigh) = (middle, below) } else { (low, countLow) = (middle, below) }
            probes += 1
        }
        var candidates = values(above: low, upTo: high, capacity: countHigh - countLow)
        candidates.sort()
        return candidates[k - countLow - 1]
    }

    /// The average of rank `rank`, given that `value` is the one of the rank before.
    func successor(of value: Double, rank: Int) -> Double {
        if countAtMost(value) >= rank { return value }
        var next = Double.infinity
        halves.withUnsafeBufferPointer { h in
            var end = h.count
            for i in 0..<h.count {
                let own = h[i]
                while end > 0, own + h[end - 1] > value { end -= 1 }
                let j = max(i, end)
                if j < h.count { next = min(next, own + h[j]) }
            }
        }
        return next
    }

    /// A point between two doubles: half-way in value at first (fast on spread-out data), then half-way in the
    /// order of all doubles, which ends after at most 64 steps even when every average is tied at zero.
    private static func probe(_ low: Double, _ high: Double, byValue: Bool) -> Double {
        if byValue { return 0.5 * low + 0.5 * high }
        let (a, b) = (orderKey(low), orderKey(high))
        return fromOrderKey(a / 2 + b / 2 + (a % 2 + b % 2) / 2)
    }

    /// Integers in the same order as finite doubles.
    private static func orderKey(_ x: Double) -> Int64 {
        let bits = Int64(bitPattern: x.magnitude.bitPattern)
        return x.sign == .minus ? -bits : bits
    }

    private static func fromOrderKey(_ key: Int64) -> Double {
        let magnitude = Double(bitPattern: UInt64(abs(key)))
        return key < 0 ? -magnitude : magnitude
    }
}
