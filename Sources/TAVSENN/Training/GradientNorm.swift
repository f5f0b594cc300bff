/// The length of all gradients taken as one vector, and the factor that keeps it below a limit.
public enum GradientNorm {
    /// Added to the norm before dividing, as in the field's frameworks.
    private static let epsilon = 1e-6

    /// √(Σ g²) over all parameters, in double precision; not finite when a gradient is not.
    public static func norm(_ parameters: [Parameter]) -> Double {
        var total = 0.0
        for parameter in parameters {
            guard let gradient = parameter.gradient else { continue }
            total += Device.kernels.sumOfSquares(gradient.source, count: gradient.count)
        }
        return total.squareRoot()
    }

    /// min(1, maximum / (norm + 1e-6)): the factor by which gradients are multiplied.
    public static func clipScale(norm: Double, maximum: Double) -> Double {
        min(1, maximum / (norm + epsilon))
    }
}
