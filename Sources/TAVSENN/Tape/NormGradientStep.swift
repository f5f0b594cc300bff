/// The first step of batch norm's backward pass, left with the node of its output y:
///
///     g = dy · φ′,   Σ g,   Σ g · (z − μ)
///
/// Whoever writes the last part of dy may take the step while writing, which saves a pass over memory; else batch norm
/// takes it itself.
final class NormGradientStep {
    private let z: Saved
    private let output: Saved?
    private let affine: ChannelAffine
    private let slope: Float
    /// Σ g and Σ g · (z − μ), once the step has been taken: the node's gradient then is g.
    private(set) var sums: ChannelStatistics?

    /// - Parameters:
    ///   - z: the input of the norm.
    ///   - output: y, where the side of the activation cannot be told from z alone.
    ///   - slope: of the activation on the negative side.
    init(z: Saved, output: Saved?, affine: ChannelAffine, slope: Float) {
        self.z = z
        self.output = output
        self.affine = affine
        self.slope = slope
    }

    /// Takes the step: `write` fills the gradient's target through the ending it is given.
    func take(accumulates: Bool, _ write: (GradientEnding) -> Void) {
        let sums = ChannelStatistics(channels: affine.scale.count)
        write(
            GradientEnding(
                z: z.restored(), output: output?.restored(), scale: affine.scale, shift: affine.shift,
                center: affine.mean, slope: slope, accumulates: accumulates, sums: sums))
        self.sums = sums
    }
}

extension Node {
    /// Lets the operation that runs backwards now write its part of the gradient of an input.
    ///
    /// Where it is the last to give one, and the input came from a batch norm, the part is added to what has gathered,
    /// and batch norm's first step taken on the way.
    ///
    /// - Parameters:
    ///   - node: of the input; nil where it wants no gradient.
    ///   - write: fills the target; an ending says to do more on the way.
    /// - Returns: the part, still to be added to the node's gradient; nil if it has been.
    static func part(of node: Node, shape: [Int], _ write: (Target, GradientEnding?) -> Void) -> Tensor? {
        func plain() -> Tensor {
            let part = Tensor(uninitialized: shape)
            write(part.target, nil)
            return part
        }
        guard let step = node.step, node.consumers == 0 else { return plain() }
        guard node.gradient == nil else {
            guard let sum = node.owned() else { return plain() }
            step.take(accumulates: true) { write(sum.target, $0) }
            return nil
        }
        let part = Tensor(uninitialized: shape)
        step.take(accumulates: false) { write(part.target, $0) }
        return part
    }
}
