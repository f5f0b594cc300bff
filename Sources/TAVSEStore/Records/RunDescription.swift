import TAVSEBase

/// One evaluation of one system, and everything that decides its scores.
public struct RunDescription: Sendable, Hashable {
    /// Where the scores come from.
    public enum Source: String, Sendable {
        /// Recordings of any system (`tavse-eval wavs`).
        case recordings
        /// A checkpoint of our own network.
        case checkpoint
        /// A table of scores made by another tool.
        case `import`
    }

    /// Name of the system, e.g. "audio_rgb".
    public var system: String
    /// Where the scores come from.
    public var source: Source
    /// Counts from 1; a fresh evaluation of the same system is the next generation.
    public var generation: Int
    /// Network variant.
    public var variant: String?
    /// Fusion of the network.
    public var fusion: String?
    /// Modalities used; nil where that has no meaning.
    public var modalities: [String]?
    /// Control condition, e.g. "shuffle".
    public var control: String?
    /// Seed of whatever was random.
    public var seed: Int64?
    /// SHA-256 of the checkpoint.
    public var checkpointHash: String?
    /// Name of the checkpoint's file; not part of the identity.
    public var checkpoint: String?
    /// Trainable parameters.
    public var parameterCount: Int?
    /// Resolved configuration; options that could move a score.
    public var config: String?
    /// SHA-256 of the manifest.
    public var manifestHash: String?
    /// SHA-256 of the noise corpus.
    public var noiseHash: String?
    /// Version of the tool.
    public var toolVersion: String
    /// Name of the machine.
    public var host: String?
    /// Slurm job.
    public var slurmJob: String?

    /// Describes a run; see the properties.
    public init(
        system: String, source: Source, generation: Int = 1, variant: String? = nil, fusion: String? = nil,
        modalities: [String]? = nil, control: String? = nil, seed: Int64? = nil,
        checkpointHash: String? = nil, checkpoint: String? = nil,
        parameterCount: Int? = nil, config: String? = nil, manifestHash: String? = nil,
        noiseHash: String? = nil,
        toolVersion: String, host: String? = nil, slurmJob: String? = nil
    ) {
        self.system = system
        self.source = source
        self.generation = generation
        self.variant = variant
        self.fusion = fusion
        self.modalities = modalities
        self.control = control
        self.seed = seed
        self.checkpointHash = checkpointHash
        self.checkpoint = checkpoint
        self.parameterCount = parameterCount
        self.config = config
        self.manifestHash = manifestHash
        self.noiseHash = noiseHash
        self.toolVersion = toolVersion
        self.host = host
        self.slurmJob = slurmJob
    }

    /// SHA-256 of the configuration.
    public var configHash: String? { config.map(SHA256.hexadecimal(of:)) }

    /// The run's identity in every database: what decides the system's output, not where or when it ran.
    public var key: String {
        Fingerprint.key(
            "run", source.rawValue, system, String(generation), modalities?.joined(separator: ","), control,
            seed.map(String.init), checkpointHash, configHash)
    }

    /// Whether a name can be a system's: "noisy" and "oracle" are the references beside every system.
    static func validateSystem(_ name: String, source: Source) throws(StoreError) {
        let expected = "1 to 200 printable characters without \"/\", not starting with \".\""
        let printable = name.unicodeScalars.allSatisfy { $0.value >= 0x20 && $0.value != 0x7f && $0 != "/" }
        guard !name.isEmpty, name.utf8.count <= 200, printable, !name.hasPrefix(".") else {
            throw .invalid(field: "system name", value: name, expected: expected)
        }
        if source != .import && (name == "noisy" || name == "oracle") {
            throw .invalid(
                field: "system name", value: name,
                expected: "another name; this one is kept for the reference")
        }
    }
}

/// How far a run has come.
public enum RunStatus: String, Sendable {
    /// At work, or killed without a word.
    case running
    /// Stopped by a signal with its state saved.
    case stopped
    /// Done.
    case finished
}
