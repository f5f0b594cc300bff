import Foundation
import TAVSEStore

/// What a gate analysis is made of: the gates of a run, and what the same checkpoint did with fewer modalities.
public struct GateSource: Sendable {
    /// A run of the same checkpoint with fewer modalities.
    public struct Reduced: Sendable {
        /// The run.
        public var overview: RunOverview
        /// Its gates; without rows where it has none (audio alone).
        public var table: GateTable
        /// Its scores, by item key.
        public var scores: [String: Double]

        /// Describes a run; see the properties.
        public init(overview: RunOverview, table: GateTable, scores: [String: Double]) {
            self.overview = overview
            self.table = table
            self.scores = scores
        }
    }

    /// The run.
    public var overview: RunOverview
    /// Its gates.
    public var table: GateTable
    /// Scores of the run's output, by item key, items without gates among them.
    public var scores: [String: Double]
    /// The same checkpoint with fewer modalities, most modalities first.
    public var reduced: [Reduced]

    /// Metric whose improvement the gates are compared with.
    public static let metric = "si_snr"

    /// Describes a source that is not a store; see the properties.
    public init(
        overview: RunOverview, table: GateTable, scores: [String: Double], reduced: [Reduced] = []
    ) {
        self.overview = overview
        self.table = table
        self.scores = scores
        self.reduced = reduced
    }

    /// Reads the newest run of a system that has gates.
    ///
    /// - Parameters:
    ///   - system: name; nil where only one system has gates, those with fewer modalities beside it not counted.
    ///   - split: data split; nil for all.
    ///   - run: the run to report on; nil for the one whose gates were captured last.
    /// - Throws: ``GateError/noGates(path:system:split:known:)``, ``GateError/severalSystems(path:known:)``, `StoreError`.
    public init(store: ResultsStore, system: String? = nil, split: String? = nil, run: RunID? = nil) throws {
        let runs = try store.runsWithGates()
        let known = runs.map(\.overview.run.system).reduce(into: [String]()) { names, name in
            if !names.contains(name) { names.append(name) }
        }
        let candidates: [GateRun]
        if let run {
            candidates = runs.filter { $0.overview.id == run }
        } else if let system {
            candidates = runs.filter { $0.overview.run.system == system }
        } else {
            let whole = runs.filter { run in
                !runs.contains { Self.isReduced(run.overview.run, of: $0.overview.run) }
            }
            let names = Set(whole.map(\.overview.run.system))
            guard names.count <= 1 else {
                throw GateError.severalSystems(path: store.path, known: known.filter(names.contains))
            }
            candidates = whole
        }
        guard let newest = candidates.max(by: { Self.isOlder($0.overview, $1.overview) }) else {
            throw GateError.noGates(path: store.path, system: system, split: split, known: known)
        }
        let table = try store.gateTable(run: newest.overview.id, split: split, metric: Self.metric)
        guard table.rowCount > 0 else {
            throw GateError.noGates(path: store.path, system: system, split: split, known: known)
        }
        let relatives = try store.runs().filter {
            $0.replaces == nil && Self.isReduced($0.run, of: newest.overview.run)
        }
        // Of each selection of modalities the newest run speaks.
        let newestOfEach = Dictionary(grouping: relatives) { $0.run.modalities ?? [] }
            .compactMap { $0.value.max(by: Self.isLesser) }
            .sorted { a, b in
                let (x, y) = (a.run.modalities ?? [], b.run.modalities ?? [])
                return x.count != y.count ? x.count > y.count : x.lexicographicallyPrecedes(y)
            }
        self.init(
            overview: newest.overview, table: table,
            scores: try store.enhancedScores(run: newest.overview.id, metric: Self.metric, split: split),
            reduced: try newestOfEach.map { overview in
                Reduced(
                    overview: overview,
                    table: try store.gateTable(run: overview.id, split: split, metric: Self.metric),
                    scores: try store.enhancedScores(run: overview.id, metric: Self.metric, split: split))
            })
    }

    private static func isOlder(_ a: RunOverview, _ b: RunOverview) -> Bool {
        (a.captured ?? a.activity, a.id) < (b.captured ?? b.activity, b.id)
    }

    /// A complete evaluation stands for a selection of modalities before one that is not.
    private static func isLesser(_ a: RunOverview, _ b: RunOverview) -> Bool {
        a.isComplete == b.isComplete ? isOlder(a, b) : b.isComplete
    }

    /// Whether `part` is a run of the same checkpoint as `whole` with fewer modalities and nothing else changed.
    static func isReduced(_ part: RunDescription, of whole: RunDescription) -> Bool {
        guard let checkpoint = whole.checkpointHash, part.checkpointHash == checkpoint,
            part.control == whole.control, let few = part.modalities, let many = whole.modalities
        else { return false }
        return few.count < many.count && Set(few).isSubset(of: many)
    }
}

/// What a bottleneck row and column are in hertz and seconds; follows from the run's configuration.
public struct GateGrid: Sendable, Equatable {
    /// Seconds from one time slot to the next; slot k is centred at k times this.
    public var slotSeconds: Double
    /// Hz from one frequency row to the next; row k is centred at k times this.
    public var rowHertz: Double

    /// Describes a grid; see the properties.
    public init(slotSeconds: Double, rowHertz: Double) {
        self.slotSeconds = slotSeconds
        self.rowHertz = rowHertz
    }

    /// Reads a stored configuration.
    ///
    ///     slot = hop · Π time strides / sample rate,   row = sample rate / n_fft · 2^levels
    ///
    /// A configuration without time strides is one of a network that halves time at every level.
    ///
    /// - Returns: nil where there is none or it does not say what is needed.
    init?(configuration: String?) {
        struct Stored: Decodable {
            struct Network: Decodable {
                var sampleRate: Double
                var nFFT: Double
                var hopLength: Double
                var channels: [Int]
                var timeStrides: [Int]?

                enum CodingKeys: String, CodingKey {
                    case sampleRate = "sample_rate"
                    case nFFT = "n_fft"
                    case hopLength = "hop_length"
                    case channels
                    case timeStrides = "time_strides"
                }
            }
            var network: Network
        }
        guard let configuration,
            let network = try? JSONDecoder().decode(Stored.self, from: Data(configuration.utf8)).network,
            (2...20).contains(network.channels.count),
            [network.sampleRate, network.nFFT, network.hopLength].allSatisfy({ (1...1e9).contains($0) })
        else { return nil }
        let levels = network.channels.count - 1
        let strides = network.timeStrides ?? [Int](repeating: 2, count: levels)
        guard strides.count == levels, strides.allSatisfy({ (1...1000).contains($0) }) else { return nil }
        slotSeconds = strides.reduce(network.hopLength) { $0 * Double($1) } / network.sampleRate
        rowHertz = network.sampleRate / network.nFFT * Double(1 << levels)
    }
}
