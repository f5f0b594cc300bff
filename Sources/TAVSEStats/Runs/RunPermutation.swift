import TAVSEBase

/// Exact test that two variants' run means come from one procedure.
///
/// Unpaired: every assignment of the S_A + S_B run means to the variants is equally likely, and the share of those with
/// a difference of means at least as large (small) is counted. Beyond 200,000 assignments, seeded ones are drawn and
/// p = (b + 1)/(B + 1). Paired seeds: the signs of the per-seed differences flip instead.
///
/// Exact for the sharp hypothesis "both procedures give the same distribution of checkpoints", on these speakers.
///
/// > Source: Fisher 1935; Phipson & Smyth, Stat. Appl. Genet. Mol. Biol. 9:39 (2010), for the +1.
public struct RunPermutation: Sendable, Equatable, Codable {
    /// Most assignments that are counted one by one.
    public static let exactLimit = 200_000
    /// Assignments drawn beyond.
    public static let draws = 99_999
    /// Seed of the drawn assignments.
    public static let defaultSeed: UInt64 = 20_260_101
    /// Run means closer than this share of the largest count as tied.
    private static let tieTolerance = 1e-9

    /// How the p-values were found.
    public enum Method: String, Sendable, Codable {
        /// All assignments counted.
        case exact
        /// Assignments drawn.
        case monteCarlo = "monte_carlo"
        /// All sign patterns of the seed pairs counted.
        case exactPairs = "exact_pairs"
        /// Sign patterns drawn (more than 40 pairs).
        case monteCarloPairs = "monte_carlo_pairs"
    }

    /// How the p-values were found.
    public var method: Method
    /// Assignments or sign patterns counted, or drawn.
    public var assignments: Double
    /// Seed of the draw, as a decimal string; nil when counted.
    public var seed: String?
    /// p-values.
    public var p: PValues
    /// Smallest two-sided p that this number of runs can give.
    public var smallestP: Double

    enum CodingKeys: String, CodingKey {
        case method, assignments, seed, p
        case smallestP = "p_min"
    }

    /// Permutes run means between two variants.
    ///
    /// - Throws: `.notFinite`; `.notPositive` when a variant has no run.
    public init(
        _ first: [Double], _ second: [Double], seed: UInt64 = defaultSeed
    ) throws(StatisticsError) {
        try Self.require(first, second)
        let all = first + second
        let runs = Double(first.count)
        let rest = Double(second.count)
        let observed = exactSum(first)
        // mean − mean grows with the sum of the first group, so that sum is compared, with the tolerance brought along.
        let slack = Self.tieTolerance * (all.map(abs).max() ?? 0) / (1 / runs + 1 / rest)
        let total = Self.combinations(all.count, first.count, limit: Self.exactLimit)
        var atLeast = 0
        var atMost = 0
        func count(_ sum: Double) {
            if sum >= observed - slack { atLeast += 1 }
            if sum <= observed + slack { atMost += 1 }
        }
        if let total {
            Self.forEachSubset(of: all.count, size: first.count) { chosen in
                count(chosen.reduce(0) { $0 + all[$1] })
            }
            method = .exact
            assignments = Double(total)
            self.seed = nil
            p = .doubling(less: Double(atMost) / Double(total), greater: Double(atLeast) / Double(total))
            smallestP = min(1, 2 / Double(total))
        } else {
            let generator = SplitMix64(seed: seed)
            let size = first.count
            for draw in 0..<Self.draws {
                var order = all
                var sum = 0.0
                for position in 0..<size {
                    let output = UInt64(draw) * UInt64(size) + UInt64(position) + 1
                    let other = position + generator.index(output, below: UInt32(all.count - position))
                    order.swapAt(position, other)
                    sum += order[position]
                }
                count(sum)
            }
            let denominator = Double(Self.draws + 1)
            method = .monteCarlo
            assignments = Double(Self.draws)
            self.seed = String(seed)
            p = .doubling(less: Double(atMost + 1) / denominator, greater: Double(atLeast + 1) / denominator)
            smallestP = 2 / denominator
        }
    }

    /// Flips the signs of the differences of seed pairs.
    ///
    /// - Throws: `.lengthMismatch`, `.notFinite`; `.notPositive` without a pair.
    public init(pairs first: [Double], _ second: [Double]) throws(StatisticsError) {
        guard first.count == second.count else {
            throw .lengthMismatch(what: "paired run means", expected: first.count, found: second.count)
        }
        try Self.require(first, second)
        let differences = zip(first, second).map { $0 - $1 }
        let scale = (first + second).map(abs).max() ?? 0
        let options = SignFlipOptions(patterns: Self.draws, seed: Self.defaultSeed)
        let test = SignFlipTest(
            clusterSums: differences, options: options, noise: StudentTest.noise * scale)
        p = test.p
        method = test.isMonteCarlo ? .monteCarloPairs : .exactPairs
        assignments =
            test.isMonteCarlo
            ? Double(options.patterns) : Double(sign: .plus, exponent: differences.count, significand: 1)
        seed = test.isMonteCarlo ? String(options.seed) : nil
        smallestP = min(1, 2 / (test.isMonteCarlo ? assignments + 1 : assignments))
    }

    private static func require(_ first: [Double], _ second: [Double]) throws(StatisticsError) {
        try requireFinite(first + second, "run means")
        guard !first.isEmpty, !second.isEmpty else { throw .notPositive(what: "runs of a variant", found: 0) }
    }

    /// n choose k, nil above the limit.
    private static func combinations(_ n: Int, _ k: Int, limit: Int) -> Int? {
        var result = 1
        let smaller = min(k, n - k)
        for step in stride(from: 1, through: smaller, by: 1) {
            let (product, overflow) = result.multipliedReportingOverflow(by: n - smaller + step)
            // Products of consecutive numbers divide evenly; they only grow, so the limit can be tested on the way.
            guard !overflow, product / step <= limit else { return nil }
            result = product / step
        }
        return result
    }

    /// Every subset of 0 ..< n of a size, in lexicographic order.
    private static func forEachSubset(of n: Int, size: Int, _ body: ([Int]) -> Void) {
        var chosen = Array(0..<size)
        while true {
            body(chosen)
            var position = size - 1
            while position >= 0, chosen[position] == n - size + position { position -= 1 }
            guard position >= 0 else { return }
            chosen[position] += 1
            for later in (position + 1)..<max(position + 1, size) { chosen[later] = chosen[later - 1] + 1 }
        }
    }
}
