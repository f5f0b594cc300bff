/// The training loop.
public struct TrainingSettings: Sendable, Equatable {
    /// Methods of descent.
    public enum Optimizer: String, Sendable, CaseIterable {
        /// Adam with decoupled weight decay.
        case adamw
    }

    /// Weights of the loss's parts.
    public struct Loss: Sendable, Equatable {
        /// Weight of the negative SI-SNR.
        public var siSNR = 1.0
        /// Weight of the mean magnitude error.
        public var magnitude = 0.1

        /// The usual weights.
        public init() {}
    }

    /// Examples per forward pass.
    public var batchSize = 16
    /// Highest learning rate.
    public var lr = 3e-4
    /// Learning rate at the end of the cosine.
    public var minLR = 1e-6
    /// Steps of linear warm-up; an optimiser step is counted once, however many batches it gathers.
    public var warmupSteps = 500
    /// Maximum number of epochs.
    public var maxEpochs = 100
    /// Epochs without a better validation SI-SNR before training stops.
    public var patience = 10
    /// Saved activations in bfloat16.
    public var useAMP = false
    /// Batches whose gradients are averaged per optimiser step.
    public var gradAccumSteps = 1
    /// Maximum gradient norm; gradients with a larger norm are scaled down.
    public var gradClip = 5.0
    /// Whether the visual towers are computed again in backward instead of kept.
    public var gradientCheckpointing = false
    /// Optimizer.
    public var optimizer = Optimizer.adamw
    /// Decoupled weight decay.
    public var weightDecay = 0.01
    /// Decays of the optimiser's two means.
    public var betas = [0.9, 0.999]
    /// Weights of the loss's parts.
    public var loss = Loss()
    /// Seed of weights, training mixes, crops, dropout and order.
    public var seed: UInt64 = 42
    /// Best checkpoints kept.
    public var keepTopK = 3
    /// Loader threads.
    public var numWorkers = 2
    /// Compute threads; 0 takes all processors.
    public var threads = 0
    /// Where checkpoints go; a folder named after the experiment is made inside.
    public var checkpointDir = "checkpoints"
    /// Where logs go; a folder named after the experiment is made inside.
    public var logDir = "logs"
    /// Optimiser steps between lines of the training log.
    public var logInterval = 50
    /// Epochs between validations.
    public var valInterval = 1
    /// Optimiser steps between saved states inside an epoch; 0 saves at epoch ends only.
    public var checkpointInterval = 500
    /// Steps in a row without a finite loss and gradient before training stops.
    public var maxNonFiniteSteps = 20
    /// Share of the training utterances that may be unreadable before training stops.
    public var maxBadShare = 0.1

    /// The defaults.
    public init() {}
}
