/// What a checkpoint says about how it came to be.
public struct CheckpointDescription: Sendable, Equatable, Codable {
    /// The resolved configuration, as JSON.
    public var configuration: String
    /// Version of the tool that trained.
    public var toolVersion: String
    /// Epochs completed.
    public var epoch: Int
    /// Optimiser steps completed.
    public var step: Int
    /// SI-SNR on the validation mixes, dB; nil before the first validation.
    public var validationSISNR: Double?
    /// SHA-256 of what it was trained on, by name of the file or set.
    public var dataHashes: [String: String]
    /// Seed of weights, mixes, crops, dropout and order.
    public var seed: UInt64

    /// All by name.
    public init(
        configuration: String, toolVersion: String, epoch: Int, step: Int, validationSISNR: Double?,
        dataHashes: [String: String], seed: UInt64
    ) {
        self.configuration = configuration
        self.toolVersion = toolVersion
        self.epoch = epoch
        self.step = step
        self.validationSISNR = validationSISNR
        self.dataHashes = dataHashes
        self.seed = seed
    }

    private enum CodingKeys: String, CodingKey {
        case configuration
        case toolVersion = "tool_version"
        case epoch, step
        case validationSISNR = "validation_si_snr_db"
        case dataHashes = "data_sha256"
        case seed
    }
}
