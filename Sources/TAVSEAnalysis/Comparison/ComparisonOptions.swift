import TAVSEMetrics
import TAVSEStats

/// How a comparison is made; the defaults are the recommended protocol.
public struct ComparisonOptions: Sendable, Equatable {
    /// Significance level of the family, 0…1.
    public var alpha = 0.05
    /// Differences within it of a multiple of it are ties; 0 compares doubles as they are.
    public var tieTolerance = 1e-9
    /// Replicates of the cluster bootstrap.
    public var bootstrapReplicates = 2000
    /// Seed of the bootstrap: comparison (pair i, metric j) uses base + 1000·i + j.
    public var bootstrapSeedBase: UInt64 = 20_260_101
    /// Half widths of the regions of practical equivalence, by metric name; none by default.
    public var margins: [String: Double] = [:]
    /// What to do with items that one system of a pair lacks.
    public var matching: Pairing.Mode = .strict
    /// Planned number of tests; pairs × metrics when nil.
    public var familySize: Int?
    /// Power for the minimum detectable difference.
    public var power = 0.8
    /// Monte Carlo form of the exact tests beyond 40 speakers.
    public var signFlip = SignFlipOptions()
    /// Compare systems in the table's order (later − earlier) instead of telling the richer one from the names.
    public var keepsSystemOrder = false
    /// Compares only these two systems, the first minus the second; either may be the noisy input or the oracle.
    public var pair: Pair?

    /// Two systems by name.
    public struct Pair: Sendable, Equatable {
        /// Minuend and subtrahend of every difference.
        public var first: String, second: String

        /// Names two systems.
        public init(first: String, second: String) {
            self.first = first
            self.second = second
        }
    }

    /// The options with metric names as `names` spells them; `pesq` means `pesq_wb` where only that is there.
    func resolvingMetrics(among names: [String]) -> ComparisonOptions {
        var copy = self
        copy.margins = Dictionary(
            margins.map { (MetricCatalog.resolve($0.key, among: names) ?? $0.key, $0.value) },
            uniquingKeysWith: min)
        return copy
    }

    /// Threads; nil for as many as the machine offers. Does not change any result.
    public var threads: Int?

    /// The recommended protocol.
    public init() {}
}
