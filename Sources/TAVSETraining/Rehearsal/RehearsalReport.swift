import TAVSENN

/// What a dry run found out.
public struct RehearsalReport: Sendable {
    /// Peak memory of a training step in one way of keeping activations.
    public struct MemoryUse: Sendable, Equatable {
        /// How saved activations are kept.
        public let precision: SavedPrecision
        /// Whether visual towers are computed again in backward.
        public let recomputesVisual: Bool
        /// Peak bytes of tensors: weights, moments, gradients and activations.
        public let peakBytes: Int
        /// Whether these are the configuration's settings.
        public let isConfigured: Bool
    }

    /// Trainable values per part.
    public let parameters: [(name: String, count: Int)]
    /// Shapes of a batch and of what the network makes of it.
    public let shapes: [(name: String, shape: [Int])]
    /// Multiply-adds of one example's forward pass.
    public let cost: NetworkCost
    /// Peak memory of a step.
    public let memory: [MemoryUse]
    /// Seconds of each measured step.
    public let stepSeconds: [Double]
    /// Loss of each measured step.
    public let losses: [Double]
    /// Examples of a batch.
    public let batchSize: Int
    /// Batches per optimiser step.
    public let accumulated: Int
    /// Training examples and validation mixes; nil where there is no data.
    public let examples: (train: Int, validation: Int)?
    /// Optimiser steps per epoch; nil where there is no data.
    public let stepsPerEpoch: Int?
    /// Compute threads.
    public let threads: Int

    /// Trainable values in all.
    public var parameterCount: Int { parameters.reduce(0) { $0 + $1.count } }

    /// Median seconds of a batch's forward and backward pass and step.
    public var secondsPerBatch: Double {
        let sorted = stepSeconds.sorted()
        return sorted.isEmpty ? 0 : sorted[sorted.count / 2]
    }

    /// Expected seconds of an epoch's training, validation left out; nil where there is no data.
    public var secondsPerEpoch: Double? {
        examples.map { Double(($0.train + batchSize - 1) / batchSize) * secondsPerBatch }
    }
}
