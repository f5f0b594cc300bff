import TAVSEBase

/// Bootstrap over training runs and speakers at once: description, never the verdict.
///
/// Replicate b draws S_A runs of the first variant, S_B of the second and K speakers, in this order (paired seeds: S
/// pairs and K speakers), and takes θ* = Σ n_g(Ȳ*_Ag − Ȳ*_Bg)/Σ n_g over the drawn speakers. With few runs the interval
/// is too narrow: S values drawn with replacement vary by (S − 1)/S of what they should. The rescaled form multiplies
/// the runs' deviations by √(S/(S − 1)) first.
///
/// > Source: Sellam et al., *The MultiBERTs* (ICLR 2022), with speakers in the place of examples.
public struct MultiBootstrap: Sendable, Equatable, Codable {
    /// Limits of an interval.
    public struct Limits: Sendable, Equatable, Codable {
        /// Lower limit.
        public var low: Double
        /// Upper limit.
        public var high: Double
    }

    /// How a bootstrap is drawn.
    public struct Draws: Sendable, Equatable {
        /// Replicates.
        public var replicates: Int
        /// Seed of the SplitMix64 sequence.
        public var seed: UInt64

        /// Describes the draws.
        public init(replicates: Int, seed: UInt64) {
            self.replicates = replicates
            self.seed = seed
        }
    }

    /// As published and rescaled.
    public struct Forms: Sendable, Equatable, Codable {
        /// As published.
        public var plain: MultiBootstrap
        /// With the runs' deviations rescaled.
        public var rescaled: MultiBootstrap
    }

    /// Replicates.
    public var replicates: Int
    /// Seed, as a decimal string.
    public var seed: String
    /// Indices that the first replicate draws: runs, runs, speakers.
    public var firstRow: [Int]
    /// Nominal level.
    public var level: Double
    /// Standard deviation of the replicates.
    public var standardError: Double
    /// Percentile interval.
    public var percentile: Limits
    /// Share of replicates above 0, those at 0 counting half.
    public var probabilityPositive: Double
    /// min(1, 2·min(b + 1)/(B + 1)) over both sides.
    public var p: Double
    /// The first five replicates.
    public var head: [Double]

    enum CodingKeys: String, CodingKey {
        case replicates, seed
        case firstRow = "first_row"
        case level
        case standardError = "standard_error"
        case percentile
        case probabilityPositive = "prob_positive"
        case p = "p_two_sided"
        case head = "replicates_head"
    }

    /// Draws from speaker means `[runs][speakers]` of two variants with at least two runs each.
    init(
        _ first: [[Double]], _ second: [[Double]], sizes: [Int], draws: Draws, paired: Bool, rescaled: Bool,
        level: Double = 0.95
    ) {
        let a = rescaled ? Self.rescale(first) : first
        let b = rescaled ? Self.rescale(second) : second
        let (runsA, runsB, speakers) = (a.count, b.count, sizes.count)
        let width = (paired ? runsA : runsA + runsB) + speakers
        let weights = sizes.map(Double.init)
        let zero = StudentTest.noise * (a + b).flatMap(\.self).reduce(0) { max($0, abs($1)) }
        let generator = SplitMix64(seed: draws.seed)
        var values: [Double] = []
        values.reserveCapacity(draws.replicates)
        var firstRow: [Int] = []
        var difference = [Double](repeating: 0, count: speakers)
        var (above, atZero) = (0, 0)
        for replicate in 0..<draws.replicates {
            func index(_ position: Int, below limit: Int) -> Int {
                generator.index(
                    UInt64(replicate) * UInt64(width) + UInt64(position) + 1, below: UInt32(limit))
            }
            let drawnA = (0..<runsA).map { index($0, below: runsA) }
            let drawnB = paired ? drawnA : (0..<runsB).map { index(runsA + $0, below: runsB) }
            let drawnSpeakers = (0..<speakers).map { index(width - speakers + $0, below: speakers) }
            if replicate == 0 { firstRow = drawnA + (paired ? [] : drawnB) + drawnSpeakers }
            for speaker in 0..<speakers {
                var (sumA, sumB) = (0.0, 0.0)
                for run in drawnA { sumA += a[run][speaker] }
                for run in drawnB { sumB += b[run][speaker] }
                difference[speaker] = sumA / Double(runsA) - sumB / Double(runsB)
            }
            var (sum, weight) = (0.0, 0.0)
            for speaker in drawnSpeakers {
                sum += weights[speaker] * difference[speaker]
                weight += weights[speaker]
            }
            let value = sum / weight
            if abs(value) <= zero { atZero += 1 } else if value > 0 { above += 1 }
            values.append(value)
        }
        let sorted = values.sorted()
        let below = draws.replicates - above - atZero
        let smallerSide = min(below, above) + atZero
        self.replicates = draws.replicates
        self.seed = String(draws.seed)
        self.firstRow = firstRow
        self.level = level
        self.standardError = Summary(sorted: sorted, dropped: 0).sd
        percentile = Limits(
            low: quantile(ofSorted: sorted, (1 - level) / 2),
            high: quantile(ofSorted: sorted, (1 + level) / 2))
        probabilityPositive = Double(2 * above + atZero) / Double(2 * draws.replicates)
        p = min(1, 2 * Double(smallerSide + 1) / Double(draws.replicates + 1))
        head = Array(values.prefix(5))
    }

    private static func rescale(_ means: [[Double]]) -> [[Double]] {
        let runs = Double(means.count)
        let factor = (runs / (runs - 1)).squareRoot()
        guard let speakers = means.first?.count else { return means }
        let center = (0..<speakers).map { speaker in exactSum(means.map { $0[speaker] }) / runs }
        return means.map { run in zip(center, run).map { $0 + factor * ($1 - $0) } }
    }
}
