import TAVSEStore

/// Whose recordings are scored and how they are read: the identity under which their scores are stored.
public struct RecordingRun: Sendable {
    /// Name under which the scores are stored.
    public let system: String
    /// Data split to note with the items.
    public var split: String?
    /// Whether recordings of unequal length are cut to the shortest.
    public var trim = false
    /// Which channel to take, from 1; nil demands recordings of one channel.
    public var channel: Int?
    /// Rate in Hz to which recordings are resampled; nil scores them as they are.
    public var resampleRate: Int?
    /// SHA-256 of the manifest, if any.
    public var manifestHash: String?
    /// Version of the tool.
    public var toolVersion: String
    /// Name of the machine.
    public var host: String?
    /// Slurm job.
    public var slurmJob: String?

    /// Recordings of one channel and equal length; see the properties.
    public init(system: String, toolVersion: String) {
        self.system = system
        self.toolVersion = toolVersion
    }

    /// Identity and provenance; generation 1.
    var description: RunDescription {
        var choices = ["\"trim\": \(trim)"]
        if let channel { choices.append("\"channel\": \(channel)") }
        if let resampleRate { choices.append("\"resample\": \(resampleRate)") }
        return RunDescription(
            system: system, source: .recordings, config: "{" + choices.joined(separator: ", ") + "}",
            manifestHash: manifestHash, toolVersion: toolVersion, host: host, slurmJob: slurmJob)
    }
}
