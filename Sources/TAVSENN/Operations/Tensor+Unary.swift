#if canImport(Glibc)
    import Glibc
#elseif canImport(Darwin)
    import Darwin
#endif

/// Functions of one number. Their derivatives are functions of the input or of the result, whichever is said
/// by `savesResult`; that one is kept for the backward pass.
enum UnaryOperation: Equatable {
    case relu
    case leakyReLU(Float)
    case sigmoid
    case tanh
    case gelu
    case exp
    case log
    case sqrt
    case square
    case abs
    case power(Float)

    var name: String {
        switch self {
        case .relu: "relu"
        case .leakyReLU: "leakyReLU"
        case .sigmoid: "sigmoid"
        case .tanh: "tanh"
        case .gelu: "gelu"
        case .exp: "exp"
        case .log: "log"
        case .sqrt: "sqrt"
        case .square: "square"
        case .abs: "abs"
        case .power: "power"
        }
    }

    var savesResult: Bool {
        switch self {
        case .relu, .leakyReLU, .sigmoid, .tanh, .exp, .sqrt: true
        case .gelu, .log, .square, .abs, .power: false
        }
    }

    @inline(__always)
    static func sigmoid(_ x: Float) -> Float { 1 / (1 + expf(-x)) }
}

extension Tensor {
    private func applying(_ operation: UnaryOperation) -> Tensor {
        let result = Tensor(uninitialized: shape)
        Device.kernels.unary(operation, source, result.target, count: count)
        guard Tensor.isRecording(self) else { return result.recorded(operation.name, [self]) { _ in [nil] } }
        let saved = Saved(operation.savesResult ? result : self)
        return result.recorded(operation.name, [self]) { gradient in
            let kept = saved.restored()
            let dx = Tensor(uninitialized: gradient.shape)
            Device.kernels.unaryGradient(
                operation, saved: kept.source, gradient.source, dx.target, count: dx.count)
            return [dx]
        }
    }

    /// max(x, 0); the gradient at 0 is 0.
    public func relu() -> Tensor { applying(.relu) }
    /// x for x > 0, else slope · x, with slope > 0.
    public func leakyReLU(slope: Float) -> Tensor {
        if !(slope > 0) { Contract.fail("leakyReLU", "needs a positive slope, got \(slope)") }
        return applying(.leakyReLU(slope))
    }
    /// 1 / (1 + e⁻ˣ).
    public func sigmoid() -> Tensor { applying(.sigmoid) }
    /// Hyperbolic tangent.
    public func tanh() -> Tensor { applying(.tanh) }
    /// x · Φ(x) with the exact normal distribution function (erf), not its tanh approximation.
    ///
    /// > Source: Hendrycks & Gimpel, *Gaussian Error Linear Units*, 2016 (arXiv:1606.08415).
    public func gelu() -> Tensor { applying(.gelu) }
    /// eˣ.
    public func exp() -> Tensor { applying(.exp) }
    /// Natural logarithm.
    public func log() -> Tensor { applying(.log) }
    /// √x.
    public func squareRoot() -> Tensor { applying(.sqrt) }
    /// x².
    public func squared() -> Tensor { applying(.square) }
    /// |x|; the gradient at 0 is 0.
    public func magnitude() -> Tensor { applying(.abs) }
    /// x to a fixed power, for x ≥ 0.
    public func power(_ exponent: Float) -> Tensor { applying(.power(exponent)) }
}
