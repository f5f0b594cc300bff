/// The training loop.
public struct TrainingSettings: Sendable, Equatable, Encodable {
    /// Methods of descent.
    public enum Optimizer: String, Sendable, CaseIterable, Encodable {
        /// Adam with decoupled weight decay.
        case adamw
    }

    /// Weights of the loss's parts.
    public struct Loss: Sendable, Equatable, Encodable {
        /// Weight of the negative SI-SNR.
        public var siSNR = 1.0
        /// Weight of the mean magnitude error.
        public var magnitude = 0.1

        /// The usual weights.
        public init() {}

        enum CodingKeys: String, CodingKey, CaseIterable {
            case siSNR = "si_snr_weight"
            case magnitude = "magnitude_weight"
        }
    }

    /// Examples per forward pass.
    public var batchSize = 16
    /// Highest learning rate.
    public var lr = 3e-4
    /// Learning rate at the end of the cosine.
    public var minLR = 1e-6
    /// Steps of linear warm-up; an optimiser step is counted once, however many batches it gathers.
    public var warmupSteps = 500
    /// Most epochs.
    public var maxEpochs = 100
    /// Epochs without a better validation SI-SNR before training stops.
    public var patience = 10
    /// Saved activations in bfloat16.
    public var useAMP = false
    /// Batches whose gradients are averaged per optimiser step.
    public var gradAccumSteps = 1
    /// Longest gradient; longer ones are scaled down.
    public var gradClip = 5.0
    /// Whether the visual towers are computed again in backward instead of kept.
    public var gradientCheckpointing = false
    /// Method of descent.
    public var optimizer = Optimizer.adamw
    /// Decoupled weight decay.
    public var weightDecay = 0.01
    /// Decays of the optimiser's two means.
    public var betas = [0.9, 0.999]
    /// Weights of the loss's parts.
    public var loss = Loss()
    /// Seed of weights, mixes, crops, dropout and order.
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

    /// Defaults of the guide.
    public init() {}

    enum CodingKeys: String, CodingKey, CaseIterable {
        case batchSize = "batch_size"
        case lr
        case minLR = "min_lr"
        case warmupSteps = "warmup_steps"
        case maxEpochs = "max_epochs"
        case patience
        case useAMP = "use_amp"
        case gradAccumSteps = "grad_accum_steps"
        case gradClip = "grad_clip"
        case gradientCheckpointing = "gradient_checkpointing"
        case optimizer
        case weightDecay = "weight_decay"
        case betas, loss, seed
        case keepTopK = "keep_top_k"
        case numWorkers = "num_workers"
        case threads
        case checkpointDir = "checkpoint_dir"
        case logDir = "log_dir"
        case logInterval = "log_interval"
        case valInterval = "val_interval"
        case checkpointInterval = "checkpoint_interval"
        case maxNonFiniteSteps = "max_non_finite_steps"
    }
}
