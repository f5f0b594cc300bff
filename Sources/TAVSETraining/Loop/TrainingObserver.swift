import Foundation
import TAVSEModel

/// Told what happens in a training run: a log, a progress display, a monitor.
///
/// Logs take part in exact resume. Whenever the trainer saves its state it asks every observer how long its files are
/// (``positions()``); a resumed run hands these back (``open(_:positions:)``), and what was written later is cut off,
/// because it will be written again. What follows from the clock does not belong in a file that has to be the same in
/// every run.
public protocol TrainingObserver: AnyObject {
    /// Called once, before any event.
    ///
    /// - Parameters:
    ///   - run: what will be trained.
    ///   - positions: what ``positions()`` said when the state was saved; nil for a fresh start.
    func open(_ run: TrainingRun, positions: [String: Int]?) throws

    /// Something happened.
    func observe(_ event: TrainingEvent) throws

    /// Brings everything observed so far to the disk and says how long each file is, by file name.
    func positions() throws -> [String: Int]
}

extension TrainingObserver {
    /// Nothing to open.
    public func open(_ run: TrainingRun, positions: [String: Int]?) throws {}
    /// No files.
    public func positions() throws -> [String: Int] { [:] }
}

/// What a run trains.
public struct TrainingRun: Sendable {
    /// Name of the experiment.
    public let experimentName: String
    /// Every size of the network.
    public let specification: NetworkSpecification
    /// Folder for logs.
    public let logFolder: String
    /// Trainable values.
    public let parameterCount: Int
    /// Examples of an epoch.
    public let trainExamples: Int
    /// Fixed mixes of a validation.
    public let validationExamples: Int
    /// Optimiser steps of an epoch.
    public let stepsPerEpoch: Int
    /// Maximum number of epochs.
    public let maxEpochs: Int
    /// Optimiser steps already done; 0 for a fresh start.
    public let startStep: Int
    /// Whether the run goes on from a saved state.
    public let isResumed: Bool
}

/// Something that happened in a training run. Steps and epochs count from 1.
public enum TrainingEvent: Sendable {
    /// An optimiser step was made or skipped.
    case step(StepReport)
    /// `training.log_interval` steps are behind, or the epoch ended.
    case interval(IntervalReport)
    /// So many of the fixed mixes of a validation are scored.
    case validating(done: Int, total: Int)
    /// A fixed item of a validation, enhanced: the same items in every validation.
    case sample(ValidationSample)
    /// An epoch ended; validated if it was time to.
    case epoch(EpochReport)
    /// The complete state is on the disk.
    case saved(step: Int, path: String)
    /// Something the user should know.
    case warning(String)
}

/// One optimiser step.
public struct StepReport: Sendable, Equatable {
    /// Optimiser steps so far, this one included.
    public let step: Int
    /// The epoch it belongs to.
    public let epoch: Int
    /// Its number within the epoch.
    public let stepInEpoch: Int
    /// Mean loss of its examples; nil when it was not finite.
    public let loss: Double?
    /// Length of the gradient before clipping; nil when it was not finite.
    public let gradientNorm: Double?
    /// Rate used.
    public let learningRate: Double
    /// Examples behind the gradient.
    public let examples: Int
    /// Why the step was skipped; nil when it was made.
    public let skipped: String?
    /// Seconds since the step before, waiting for data included; depends on the clock.
    public let seconds: Double
    /// Of these, seconds spent waiting for data; depends on the clock.
    public let waitSeconds: Double
}

/// Means over the examples of the steps since the last report.
public struct IntervalReport: Sendable, Equatable {
    /// Optimiser steps so far.
    public let step: Int
    /// The epoch.
    public let epoch: Int
    /// Mean loss; nil when no step was made.
    public let loss: Double?
    /// Mean SI-SNR, dB.
    public let siSNR: Double?
    /// Mean magnitude error, before its weight.
    public let magnitudeError: Double?
    /// Mean length of the gradient before clipping.
    public let gradientNorm: Double?
    /// Rate of the last step.
    public let learningRate: Double
    /// Steps skipped since the start of training because loss or gradient was not finite.
    public let skippedSteps: Int
    /// Speed since the last report; depends on the clock.
    public let examplesPerSecond: Double
}

/// Scores of the fixed validation mixes: means over utterances.
public struct ValidationReport: Sendable, Equatable, Codable {
    /// Mixes scored.
    public let examples: Int
    /// Mean loss, as in training.
    public let loss: Double?
    /// Mean SI-SNR of the enhanced signals, dB.
    public let siSNR: Double?
    /// Mean SI-SNR of the noisy signals, dB.
    public let noisySISNR: Double?
    /// Mean gate per camera over the mixes that have it, 0…1.
    public let gates: [Modality: Double]
    /// Mean effective contribution ‖g·c‖/‖z‖ per camera over the mixes that have it.
    public let contributions: [Modality: Double]

    /// SI-SNR gained over the noisy signals, dB.
    public var siSNRImprovement: Double? {
        guard let siSNR, let noisySISNR else { return nil }
        return siSNR - noisySISNR
    }
}

/// A finished epoch.
public struct EpochReport: Sendable, Equatable {
    /// Its number.
    public let epoch: Int
    /// Optimiser steps so far.
    public let step: Int
    /// Mean training loss over its examples; nil when no step was made.
    public let trainLoss: Double?
    /// Mean training SI-SNR over its examples, dB.
    public let trainSISNR: Double?
    /// Rate of its last step.
    public let learningRate: Double
    /// Scores of the fixed mixes; nil in epochs without validation.
    public let validation: ValidationReport?
    /// Whether its validation SI-SNR is the best so far.
    public let isBest: Bool
    /// The best epoch so far and its validation SI-SNR, dB.
    public let best: RankedCheckpoint?
    /// Epochs since the best.
    public let epochsWithoutImprovement: Int
    /// Steps skipped since the start of training because loss or gradient was not finite.
    public let skippedSteps: Int
    /// Seconds, validation included, since the epoch's start or the resume; depends on the clock.
    public let seconds: Double
    /// Of these, seconds of validation; depends on the clock.
    public let validationSeconds: Double
}

/// A fixed item of the validation with what the network makes of it.
public struct ValidationSample: Sendable {
    /// Its place among the fixed items, from 0.
    public let index: Int
    /// The epoch.
    public let epoch: Int
    /// Optimiser steps so far.
    public let step: Int
    /// Its utterance.
    public let utterance: String
    /// Noise environment; nil when none was added.
    public let noise: String?
    /// SNR of the mix, dB.
    public let snrDB: Double?
    /// Hz.
    public let sampleRate: Int
    /// Noisy signal `[N]`.
    public let noisy: [Float]
    /// Clean signal `[N]`.
    public let clean: [Float]
    /// Enhanced signal `[N]`.
    public let enhanced: [Float]
}

/// A checkpoint with the validation SI-SNR it had.
public struct RankedCheckpoint: Sendable, Equatable, Codable {
    /// The epoch, from 1.
    public let epoch: Int
    /// Mean validation SI-SNR, dB.
    public let siSNR: Double

    /// `ckpt_epoch%03d_sisnr%.2f.safetensors`.
    public var fileName: String {
        String(format: "ckpt_epoch%03d_sisnr%.2f.safetensors", epoch, siSNR)
    }
}
