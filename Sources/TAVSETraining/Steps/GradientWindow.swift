import TAVSEModel
import TAVSENN

/// How an optimiser step is made.
struct StepSettings: Sendable {
    /// What is minimised.
    var loss = EnhancementLoss()
    /// Maximum gradient norm.
    var gradientClip = 5.0
    /// How activations are kept for backward.
    var savedPrecision = SavedPrecision.float32
    /// How linear maps and attention are multiplied.
    var products = ProductPrecision.float32
    /// Whether visual towers are computed again in backward.
    var recomputesVisual = false
}

/// The batches of one optimiser step: their gradients are averaged over all examples.
///
///     gradient = Σ_batches (examples of the batch / examples of the window) · gradient of the batch's mean loss
///
/// A window that is cut short by the end of an epoch is thereby scaled by its true size. A loss or gradient that is not
/// finite spoils the window: parameters, moments and running statistics are left as they were before it.
struct GradientWindow {
    /// What a window came to.
    struct Outcome {
        /// Sums over its batches.
        let sums: LossSums
        /// Length of the gradient before clipping; nil when the window is spoiled.
        let gradientNorm: Double?
        /// What was not finite.
        let problem: String?
    }

    private let network: Network
    private let settings: StepSettings
    private let totalExamples: Int
    private let buffers: [Tensor]
    private let counters: [Int64]
    private var sums = LossSums()
    private var problem: String?

    /// - Parameter examples: of all its batches together.
    init(_ network: Network, _ settings: StepSettings, examples: Int) {
        self.network = network
        self.settings = settings
        totalExamples = examples
        buffers = network.state.buffers.map(\.value)
        counters = network.state.counters.map(\.value)
    }

    /// Adds a batch's gradient; a spoiled window takes no more.
    ///
    /// - Parameter number: of this forward pass since the start of training; dropout masks follow it.
    mutating func add(_ input: NetworkInput, number: Int) throws {
        guard problem == nil else { return }
        network.state.step = UInt64(number)
        let tape = Tape(
            options: Tape.Options(savedPrecision: settings.savedPrecision, products: settings.products))
        let parts = try tape.record {
            let output = try network(
                noisy: input.noisy, frames: input.frames, present: input.present,
                recomputesVisual: settings.recomputesVisual)
            return try settings.loss.parts(output, clean: input.clean, stft: network.stft)
        }
        let loss = Double(parts.total.item)
        guard loss.isFinite else {
            problem = tape.firstNonFinite.map(String.init(describing:)) ?? "the loss is \(loss)"
            return
        }
        sums.add(
            loss: loss, siSNR: Double(parts.siSNR.item), magnitudeError: Double(parts.magnitudeError.item),
            examples: input.count)
        tape.backward(
            from: parts.total, gradient: Tensor(Float(Double(input.count) / Double(totalExamples))))
        if let first = tape.firstNonFinite { problem = "\(first)" }
    }

    /// Steps down the gradient, or puts everything back when the window is spoiled.
    consuming func finish(_ optimizer: AdamW, learningRate: Double) -> Outcome {
        defer { network.state.clearGradients() }
        let norm = problem == nil ? GradientNorm.norm(network.state.parameters) : .nan
        guard norm.isFinite else {
            for (buffer, value) in zip(network.state.buffers, buffers) { buffer.assign(value) }
            for (counter, value) in zip(network.state.counters, counters) { counter.value = value }
            return Outcome(
                sums: sums, gradientNorm: nil, problem: problem ?? "the length of the gradient is \(norm)")
        }
        optimizer.step(
            learningRate: learningRate,
            gradientScale: GradientNorm.clipScale(norm: norm, maximum: settings.gradientClip))
        return Outcome(sums: sums, gradientNorm: norm, problem: nil)
    }
}
