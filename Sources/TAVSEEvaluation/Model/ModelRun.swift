import Foundation
import TAVSEConfiguration
import TAVSEData
import TAVSEModel
import TAVSEStore

/// Which network is run on what, under which name: the identity under which scores and gates are stored.
public struct ModelRun: Sendable {
    /// Name under which the scores are stored.
    public let system: String
    /// What the network is given, audio first.
    public let modalities: [Modality]
    /// The change of the video, if any.
    public let control: VisualControl?
    /// Identity and provenance; generation 1.
    public let description: RunDescription

    /// Describes a run.
    ///
    /// - Parameters:
    ///   - configuration: of the experiment.
    ///   - evaluated: the network.
    ///   - items: what it is run on.
    ///   - modalities: what it is given; nil for all it has.
    ///   - system: name; nil for ``systemName(experiment:network:modalities:control:)``.
    ///   - toolVersion: version of the tool.
    ///   - host: name of the machine.
    ///   - slurmJob: Slurm job.
    /// - Throws: `.option` for a modality that the network lacks, or a selection without audio.
    public init(
        _ configuration: Configuration, _ evaluated: EvaluatedNetwork, items: ModelItems,
        modalities asked: [Modality]? = nil, system: String? = nil, toolVersion: String, host: String? = nil,
        slurmJob: String? = nil
    ) throws(EvaluationError) {
        let specification = evaluated.network.specification
        let modalities = try Self.modalities(asked, of: specification)
        let name =
            system
            ?? Self.systemName(
                experiment: configuration.experimentName, network: specification.modalities,
                modalities: modalities, control: items.control)
        self.system = name
        self.modalities = modalities
        control = items.control
        description = RunDescription(
            system: name, source: .checkpoint, variant: Self.variant(specification.modalities),
            fusion: specification.visualModalities.isEmpty ? nil : specification.fusion.rawValue,
            modalities: modalities.map(\.rawValue), control: items.control?.rawValue,
            seed: Int64(bitPattern: configuration.training.seed), checkpointHash: evaluated.checkpointHash,
            checkpoint: evaluated.checkpointName,
            parameterCount: evaluated.network.state.parameterCount,
            config: Self.decisive(configuration, items), manifestHash: items.manifestHash,
            noiseHash: items.noiseHash, toolVersion: toolVersion, host: host, slurmJob: slurmJob)
    }

    /// What a network is given: the modalities asked for in the network's order.
    ///
    /// - Throws: `.option` for one that the network lacks, or a selection without audio.
    public static func modalities(
        _ asked: [Modality]?, of specification: NetworkSpecification
    ) throws(EvaluationError) -> [Modality] {
        guard let asked else { return specification.modalities }
        let known = specification.modalities
        let names = known.map(\.rawValue).joined(separator: ", ")
        if let unknown = asked.first(where: { !known.contains($0) }) {
            throw .option(
                name: "modalities", value: unknown.rawValue, expected: "what the network has: \(names)")
        }
        guard asked.contains(.audio) else {
            throw .option(
                name: "modalities", value: asked.map(\.rawValue).joined(separator: ","),
                expected: "audio among them; the network cannot do without")
        }
        return known.filter(asked.contains)
    }

    /// The name of a system: the experiment's, `@` and the modalities where only some are used, `+` and the control.
    ///
    /// E.g. `audio_rgb`, `audio_rgb_thermal@audio+rgb`, `audio_rgb+shuffle`, `audio_rgb_thermal@audio+rgb+zero`.
    public static func systemName(
        experiment: String, network: [Modality], modalities: [Modality], control: VisualControl?
    ) -> String {
        let subset =
            Set(network) == Set(modalities) ? "" : "@" + modalities.map(\.rawValue).joined(separator: "+")
        return experiment + subset + (control.map { "+" + $0.rawValue } ?? "")
    }

    /// The name of a network variant: `audio_only`, `audio_rgb`, `audio_thermal`, `audio_rgb_thermal`.
    public static func variant(_ modalities: [Modality]) -> String {
        modalities.count == 1 ? "audio_only" : modalities.map(\.rawValue).joined(separator: "_")
    }

    /// The part of a configuration that decides which items there are and what a network is given: not where files lie,
    /// nor how the training went, which the checkpoint's hash stands for. A run on another machine is the same run.
    struct Decisive: Codable {
        var experimentName: String
        var split: String
        var network: NetworkSpecification
        /// The mixes; nil in what earlier versions stored, as the next two are.
        var mixSeed: UInt64?
        var talkerSNRLevels: [Double]?
        var talkerCounts: [Int]?
        var snrLevels: [Double]
        var noisesPerUtterance: Int?
        /// Hash over whose video each utterance is shown with under the control "shuffle"; nil without.
        var shownVideo: String?

        enum CodingKeys: String, CodingKey {
            case experimentName = "experiment_name"
            case split, network
            case mixSeed = "mix_seed"
            case talkerSNRLevels = "talker_snr_levels"
            case talkerCounts = "talker_counts"
            case snrLevels = "snr_levels"
            case noisesPerUtterance = "noises_per_utterance"
            case shownVideo = "shown_video"
        }
    }

    private static func decisive(_ configuration: Configuration, _ items: ModelItems) -> String {
        let isValidation = items.split == .val
        let data = configuration.data
        let decisive = Decisive(
            experimentName: configuration.experimentName, split: items.split.rawValue,
            network: configuration.network, mixSeed: data.mixSeed,
            talkerSNRLevels: isValidation ? data.valTalkerSNRLevels : data.testTalkerSNRLevels,
            talkerCounts: data.talkerCounts,
            snrLevels: isValidation ? data.valSNRLevels : data.testSNRLevels,
            noisesPerUtterance: isValidation ? data.valNoisesPerUtterance : data.testNoisesPerUtterance,
            shownVideo: items.shownVideo)
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        // Encoding fails for numbers that are not finite alone, and settings hold none.
        guard let bytes = try? encoder.encode(decisive) else { return "{}" }
        return String(decoding: bytes, as: UTF8.self)
    }

}
