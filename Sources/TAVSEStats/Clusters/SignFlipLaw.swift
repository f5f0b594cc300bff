import TAVSEBase

/// How many of the 2^m patterns of signs make Σ ±S_g at least as large as an observed total.
///
/// Meet in the middle: the sums of the first half of the clusters and those of the second are built in order by
/// merging, and two pointers count the pairs that reach the total. 28 clusters take 2 × 16,384 sums, and 40 (the
/// limit) 2 × 1,048,576, where enumeration would take 10¹². Beyond that, seeded Monte Carlo.
enum SignFlipLaw {
    /// Largest number of clusters counted exactly.
    static let exactLimit = 40

    /// Patterns that advance together in the Monte Carlo form: their sums take 4 KiB.
    private static let patternsAtOnce = 512

    /// Shares of sign patterns with sum ≤ total and ≥ total, both including the observed pattern.
    static func exact<Value: SignedNumeric & Comparable>(
        _ sums: [Value], total: Value, slack: Value
    ) -> PValues {
        let half = sums.count / 2
        let first = signedSums(sums[..<half])
        let second = signedSums(sums[half...])
        // The law is symmetric: P(sum ≤ T) = P(sum ≥ −T).
        let patterns = Double(sign: .plus, exponent: sums.count, significand: 1)
        let greater = Double(countAtLeast(total - slack, first, second)) / patterns
        let less = Double(countAtLeast(-total - slack, first, second)) / patterns
        return .doubling(less: less, greater: greater)
    }

    /// All sums of ±v over the values, ascending.
    static func signedSums<Value: SignedNumeric & Comparable>(_ values: ArraySlice<Value>) -> [Value] {
        var sums: [Value] = [0]
        for value in values {
            let step = value < 0 ? -value : value
            var merged: [Value] = []
            merged.reserveCapacity(2 * sums.count)
            // sums − step and sums + step are both ascending; the first list leads.
            var upper = 0
            for lower in 0..<sums.count {
                let candidate = sums[lower] - step
                while upper < lower, sums[upper] + step < candidate {
                    merged.append(sums[upper] + step)
                    upper += 1
                }
                merged.append(candidate)
            }
            while upper < sums.count {
                merged.append(sums[upper] + step)
                upper += 1
            }
            sums = merged
        }
        return sums
    }

    private static func countAtLeast<Value: SignedNumeric & Comparable>(
        _ threshold: Value, _ first: [Value], _ second: [Value]
    ) -> UInt64 {
        var count: UInt64 = 0
        var start = second.count
        for value in first {
            while start > 0, value + second[start - 1] >= threshold { start -= 1 }
            count += UInt64(second.count - start)
        }
        return count
    }

    /// Monte Carlo over `patterns` seeded sign patterns: p = (b + 1)/(B + 1), never 0.
    ///
    /// Cluster g has a minus sign in pattern b when bit g mod 64 of output b·⌈m/64⌉ + ⌊g/64⌋ + 1 of the SplitMix64
    /// sequence is set. Sums over eight clusters at a time come from a table, so a pattern costs m/8 additions; many
    /// patterns advance together, so that the part of the table in use stays in the fastest cache.
    ///
    /// > Source: Phipson & Smyth, Stat. Appl. Genet. Mol. Biol. 9:39 (2010), for the +1.
    static func monteCarlo<Value: SignedNumeric & Comparable>(
        _ sums: [Value], total: Value, slack: Value, patterns: Int, seed: UInt64
    ) -> PValues {
        var table: [Value] = []
        for group in stride(from: 0, to: sums.count, by: 8) {
            for bits in 0..<256 {
                var sum: Value = 0
                for offset in 0..<min(8, sums.count - group) {
                    if bits >> offset & 1 == 1 {
                        sum -= sums[group + offset]
                    } else {
                        sum += sums[group + offset]
                    }
                }
                table.append(sum)
            }
        }
        let groups = table.count / 256
        let words = (groups + 7) / 8
        let generator = SplitMix64(seed: seed)
        var atLeast = 0
        var atMost = 0
        var first = 0
        while first < patterns {
            let count = min(patternsAtOnce, patterns - first)
            var drawn = [Value](repeating: 0, count: count)
            for word in 0..<words {
                let inWord = (word * 8)..<min(word * 8 + 8, groups)
                for offset in 0..<count {
                    var bits = generator.output(UInt64((first + offset) * words + word + 1))
                    var sum = drawn[offset]
                    for group in inWord {
                        sum += table[group * 256 + Int(bits & 255)]
                        bits >>= 8
                    }
                    drawn[offset] = sum
                }
            }
            for sum in drawn {
                if sum >= total - slack { atLeast += 1 }
                if sum <= total + slack { atMost += 1 }
            }
            first += count
        }
        let denominator = Double(patterns + 1)
        return .doubling(less: Double(atMost + 1) / denominator, greater: Double(atLeast + 1) / denominator)
    }
}

/// How an exact test over clusters is computed when there are too many to count.
public struct SignFlipOptions: Sendable, Equatable, Codable {
    /// Sign patterns drawn beyond 40 clusters; a p-value is a multiple of 1/(patterns + 1).
    public var patterns: Int
    /// Seed of the draw.
    public var seed: UInt64

    /// Describes the draw; 99,999 patterns by default.
    public init(patterns: Int = 99_999, seed: UInt64 = 20_260_101) {
        self.patterns = max(1, patterns)
        self.seed = seed
    }
}
