import TAVSEBase
import TAVSEStats
import TAVSEStore

/// What stands beside a metric's summary in `eval_metrics.json`: references, improvement, conditions.
struct GuideBreakdown {
    private let table: ScoreTable
    private let system: Int
    private let noisy: Int?
    private let oracle: Int?

    init(table: ScoreTable, system: Int) {
        self.table = table
        self.system = system
        noisy = table.systems.firstIndex { $0.kind == .noisy }
        oracle = table.systems.firstIndex { $0.kind == .oracle }
    }

    /// Members of a metric's object; none where the table has neither references nor conditions.
    func members(metric: Int, items: [Int]) -> [(key: String, value: JSONValue)] {
        var members = references(metric: metric, items: items)
        let snrs = Set(items.compactMap { table.items[$0].snrDB }).sorted()
        if !snrs.isEmpty {
            members.append(
                (
                    "by_snr",
                    .object(
                        snrs.map { snr in
                            let part = items.filter { table.items[$0].snrDB == snr }
                            return (NumberText.exact(snr), condition(metric: metric, items: part))
                        })
                ))
        }
        let noises = Set(items.compactMap { table.items[$0].noiseType }).sorted()
        if !noises.isEmpty {
            members.append(
                (
                    "by_noise",
                    .object(
                        noises.map { noise in
                            let part = items.filter { table.items[$0].noiseType == noise }
                            return (noise, condition(metric: metric, items: part))
                        })
                ))
        }
        return members
    }

    private func condition(metric: Int, items: [Int]) -> JSONValue {
        let values = scores(system, metric, items)
        return .object(
            [("mean", Self.finite(Summary(values).mean)), ("n", .integer(values.count))]
                + references(metric: metric, items: items))
    }

    private func references(metric: Int, items: [Int]) -> [(key: String, value: JSONValue)] {
        var members: [(key: String, value: JSONValue)] = []
        if let noisy {
            members.append(("noisy", Self.finite(Summary(scores(noisy, metric, items)).mean)))
            let both = items.filter { isScored(system, metric, $0) && isScored(noisy, metric, $0) }
            let sign = table.metrics[metric].higherIsBetter ? 1.0 : -1.0
            let gains = zip(scores(system, metric, both), scores(noisy, metric, both)).map {
                sign * ($0 - $1)
            }
            members.append(("improvement", Self.finite(Summary(gains).mean)))
        }
        if let oracle { members.append(("oracle", Self.finite(Summary(scores(oracle, metric, items)).mean))) }
        return members
    }

    private func isScored(_ system: Int, _ metric: Int, _ item: Int) -> Bool {
        table.columns[system][metric].status[item] == ScoreTable.okStatus
    }

    private func scores(_ system: Int, _ metric: Int, _ items: [Int]) -> [Double] {
        items.filter { isScored(system, metric, $0) }.map { table.columns[system][metric].values[$0] }
    }

    private static func finite(_ value: Double) -> JSONValue { value.isFinite ? .number(value) : .null }
}

/// What an evaluation of a network has to say beside its scores, for `eval_metrics.json`.
public struct EvaluationDetails: Sendable {
    /// Name of the system.
    public var system: String
    /// What the network was given.
    public var modalities: [String]
    /// The change of the video, if any.
    public var control: String?
    /// Data split.
    public var split: String
    /// SHA-256 of the checkpoint.
    public var checkpointHash: String
    /// Trainable parameters.
    public var parameterCount: Int
    /// Items asked for, and those that could not be scored.
    public var items: Int
    /// Items that could not be scored.
    public var failedItems: Int
    /// Length of the sound that was processed, seconds.
    public var audioSeconds: Double
    /// Time the network took for it on one thread, seconds.
    public var processingSeconds: Double
    /// The second over the first; nil where nothing was processed.
    public var realTimeFactor: Double?

    /// Describes an evaluation; see the properties.
    public init(
        system: String, modalities: [String], control: String?, split: String, checkpointHash: String,
        parameterCount: Int, items: Int, failedItems: Int, audioSeconds: Double, processingSeconds: Double,
        realTimeFactor: Double?
    ) {
        self.system = system
        self.modalities = modalities
        self.control = control
        self.split = split
        self.checkpointHash = checkpointHash
        self.parameterCount = parameterCount
        self.items = items
        self.failedItems = failedItems
        self.audioSeconds = audioSeconds
        self.processingSeconds = processingSeconds
        self.realTimeFactor = realTimeFactor
    }

    var json: JSONValue {
        .object([
            ("system", .string(system)), ("modalities", .array(modalities.map(JSONValue.string))),
            ("control", .optional(control)), ("split", .string(split)),
            ("checkpoint_sha256", .string(checkpointHash)), ("parameters", .integer(parameterCount)),
            ("n_items", .integer(items)), ("n_failed_items", .integer(failedItems)),
            ("audio_seconds", .number(audioSeconds)), ("processing_seconds", .number(processingSeconds)),
            ("real_time_factor", .optional(realTimeFactor)),
        ])
    }
}
