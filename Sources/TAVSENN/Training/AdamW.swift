import Foundation

/// Adam with decoupled weight decay.
///
///     p ← p · (1 − η·λ)
///     m ← β₁·m + (1 − β₁)·g        v ← β₂·v + (1 − β₂)·g²
///     p ← p − η · (m / (1 − β₁ᵗ)) / (√(v / (1 − β₂ᵗ)) + ε)
///
/// Parameters without a gradient keep their values and moments.
///
/// > Source: Loshchilov & Hutter, *Decoupled Weight Decay Regularization*, ICLR 2019 (arXiv:1711.05101).
public final class AdamW {
    /// Constants of the method.
    public struct Options: Sendable, Equatable, Codable {
        /// Decay of the mean of gradients.
        public var beta1 = 0.9
        /// Decay of the mean of squared gradients.
        public var beta2 = 0.999
        /// Keeps the division finite.
        public var epsilon = 1e-8
        /// λ, relative to the learning rate.
        public var weightDecay = 0.01

        /// The usual constants.
        public init() {}
    }

    private struct Moments {
        var first: Tensor
        var second: Tensor
        var steps: Int64
    }

    /// Constants of the method.
    public let options: Options
    private let parameters: [Parameter]
    private var moments: [String: Moments] = [:]

    /// - Parameter parameters: what to change; frozen ones are skipped.
    public init(_ parameters: [Parameter], options: Options = Options()) {
        self.parameters = parameters
        self.options = options
    }

    /// One step down the gradients.
    ///
    /// - Parameters:
    ///   - learningRate: η.
    ///   - gradientScale: factor on all gradients, such as that of `clipScale`.
    public func step(learningRate: Double, gradientScale: Double = 1) {
        for parameter in parameters where parameter.isTrainable {
            guard let gradient = parameter.gradient else { continue }
            var moment =
                moments.removeValue(forKey: parameter.path)
                ?? Moments(
                    first: .zeros(parameter.shape), second: .zeros(parameter.shape), steps: 0)
            moment.steps += 1
            let step = AdamWStep(
                learningRate: Float(learningRate), beta1: Float(options.beta1), beta2: Float(options.beta2),
                epsilon: Float(options.epsilon), decay: Float(options.weightDecay),
                correction1: Float(1 - pow(options.beta1, Double(moment.steps))),
                correction2: Float(1 - pow(options.beta2, Double(moment.steps))),
                gradientScale: Float(gradientScale))
            // The moments are ours alone: they are made here and never handed out.
            parameter.update { value in
                Device.kernels.adamW(
                    step, gradient.source, value, moment.first.target, moment.second.target,
                    count: parameter.count)
            }
            moments[parameter.path] = moment
        }
    }

    /// Adds the moments and step counts to a file.
    public func save(to writer: inout SafetensorsWriter, prefix: String = "adamw.") {
        for parameter in parameters {
            guard let moment = moments[parameter.path] else { continue }
            writer.add("\(prefix)\(parameter.path).first", moment.first)
            writer.add("\(prefix)\(parameter.path).second", moment.second)
            writer.add("\(prefix)\(parameter.path).steps", shape: [], integers: [moment.steps])
        }
    }

    /// Takes the moments and step counts from a file; parameters that it lacks start at zero.
    public func load(from file: Safetensors, prefix: String = "adamw.") throws(SafetensorsError) {
        var loaded: [String: Moments] = [:]
        for parameter in parameters where file.shape(of: "\(prefix)\(parameter.path).first") != nil {
            let name = "\(prefix)\(parameter.path)"
            guard let steps = try file.integers("\(name).steps").first, steps >= 0 else {
                throw .entry(name: "\(name).steps", reason: "needs one count that is not negative")
            }
            loaded[parameter.path] = Moments(
                first: try file.tensor("\(name).first", shape: parameter.shape),
                second: try file.tensor("\(name).second", shape: parameter.shape), steps: steps)
        }
        moments = loaded
    }
}
