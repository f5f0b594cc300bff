import TAVSEBase

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
