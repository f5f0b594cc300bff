typealias Source = UnsafePointer<Float>
typealias Target = UnsafeMutablePointer<Float>

/// Everything that computes: the seam between operations and a device.
///
/// Operations check shapes, allocate results and say what is recorded; kernels get addresses and lengths and
/// fill results. Another device is another conformance, chosen in `Device.kernels`.
protocol Kernels: Sendable {
    // Products. Row-major; `a` is [m, k] and `b` is [k, n] after the transpositions asked for.
    func multiply(_ product: MatrixProduct, _ a: Source, _ b: Source, _ c: Target)

    // Convolution, channels last; weights in the layout of checkpoints, [Cout, Cin, KH, KW].
    func convolution(
        _ g: ConvolutionGeometry, _ x: Operand, weight: Source, bias: Source?, statistics: ChannelStatistics?,
        _ y: Target)
    /// The adjoint: a transposed convolution from dy's size to x's.
    func convolutionAdjoint(
        _ g: ConvolutionGeometry, _ dy: Operand, weight: Source, bias: Source?,
        statistics: ChannelStatistics?,
        _ dx: Target)
    /// All gradients that have a target, in one pass over dy.
    func convolutionGradients(
        _ g: ConvolutionGeometry, _ x: Operand?, _ dy: Operand, weight: Source?, dx: Target?,
        ending: GradientEnding?, dWeight: Target?, dBias: Target?)

    // Operands: values of a formula, and what batch norm needs of them.
    func evaluate(_ x: Operand, _ y: Target)
    func statistics(_ x: Operand) -> ChannelStatistics
    /// The gradient through an ending, on its own.
    func end(_ gradient: Source, _ ending: GradientEnding, _ g: Target)

    // Element by element.
    func unary(_ operation: UnaryOperation, _ x: Source, _ y: Target, count: Int)
    func unaryGradient(
        _ operation: UnaryOperation, saved: Source, _ dy: Source, _ dx: Target, count: Int)
    func binary(_ operation: BinaryOperation, _ plan: BroadcastPlan, _ a: Source, _ b: Source, _ y: Target)
    func add(_ a: Source, _ b: Source, _ y: Target, count: Int)
    func dropout(_ x: Source, _ y: Target, count: Int, key: UInt64, probability: Float)

    // Sums. Accumulated in double precision, in an order that does not depend on threads.
    func sum(_ plan: ReductionPlan, _ x: Source, _ y: Target)
    func columnSums(_ x: Source, rows: Int, columns: Int, _ y: Target)
    func sumOfSquares(_ x: Source, count: Int) -> Double
    func isFinite(_ x: Source, count: Int) -> Bool

    // Normalisation over rows.
    func layerNorm(
        _ x: Source, weight: Source, bias: Source, epsilon: Float, rows: Int, columns: Int,
        mean: Target, inverseDeviation: Target, _ y: Target)
    func layerNormGradient(
        _ x: Source, weight: Source, mean: Source, inverseDeviation: Source, _ dy: Source, rows: Int,
        columns: Int,
        _ dx: Target, dWeight: Target, dBias: Target)
    func softmax(_ x: Source, rows: Int, columns: Int, _ y: Target)
    func softmaxGradient(_ y: Source, _ dy: Source, rows: Int, columns: Int, _ dx: Target)

    // Pooling and moving.
    func maxPool(_ g: ConvolutionGeometry, _ x: Operand, _ y: Target, winner: UnsafeMutablePointer<UInt8>)
    func maxPoolGradient(
        _ g: ConvolutionGeometry, _ dy: Source, winner: UnsafePointer<UInt8>, _ dx: Target,
        ending: GradientEnding?)
    func copyBlocks(
        _ x: Source, stride: Int, _ y: Target, stride targetStride: Int, length: Int, count: Int)
    func permute(_ x: Source, shape: [Int], strides: [Int], _ y: Target)
    func interpolate(_ x: Source, _ grid: InterpolationGrid, batch: Int, width: Int, _ y: Target)
    func interpolateGradient(_ dy: Source, _ grid: InterpolationGrid, batch: Int, width: Int, _ dx: Target)

    // Attention and recurrence.
    func attention(
        _ d: AttentionDimensions, _ q: Source, _ k: Source, _ v: Source, probabilities: Target, _ y: Target)
    func attentionGradient(
        _ d: AttentionDimensions, _ q: Source, _ k: Source, _ v: Source, probabilities: Source, _ dy: Source,
        dq: Target, dk: Target, dv: Target)
    /// The same where every query sees a run of keys; probabilities are `[B, heads, L, window.longest]`.
    func attention(
        _ d: AttentionDimensions, _ window: AttentionWindow, _ q: Source, _ k: Source, _ v: Source,
        probabilities: Target, _ y: Target)
    func attentionGradient(
        _ d: AttentionDimensions, _ window: AttentionWindow, _ q: Source, _ k: Source, _ v: Source,
        probabilities: Source, _ dy: Source, dq: Target, dk: Target, dv: Target)
    func gru(
        _ d: GRUDimensions, inputGates: Source, weight: Source, bias: Source, _ state: GRUState, _ y: Target)
    func gruGradient(
        _ d: GRUDimensions, weight: Source, _ state: GRUState, _ y: Source, _ dy: Source,
        dInputGates: Target, dHiddenGates: Target)

    // Optimiser and storage.
    func adamW(
        _ step: AdamWStep, _ gradient: Source, _ value: Target, _ first: Target, _ second: Target, count: Int)
    func compress(_ x: Source, _ y: UnsafeMutablePointer<UInt16>, count: Int)
    func expand(_ x: UnsafePointer<UInt16>, _ y: Target, count: Int)
}

/// Where tensors live and what computes on them.
enum Device {
    /// The one place where a device is chosen.
    static let kernels: any Kernels = CPUKernels()
}

/// How matrix products are computed while a tape records and runs backward.
public enum ProductPrecision: String, Sendable {
    /// Factors and sums in float32.
    case float32
    /// Factors rounded to bfloat16, sums in float32, where the processor has instructions for it (AVX512-BF16);
    /// elsewhere as `float32`.
    case bfloat16

    /// Of the recording tape.
    static var current: ProductPrecision { Tape.current?.options.products ?? .float32 }
}

/// c = α·op(a)·op(b) + β·c, all row-major; leading dimensions are the lengths of stored rows.
struct MatrixProduct {
    var m: Int
    var n: Int
    var k: Int
    var transposeA = false
    var transposeB = false
    var lda: Int
    var ldb: Int
    var ldc: Int
    var alpha: Float = 1
    var beta: Float = 0
    var precision = ProductPrecision.float32

    /// Matrices without gaps between rows.
    init(
        m: Int, n: Int, k: Int, transposeA: Bool = false, transposeB: Bool = false, beta: Float = 0,
        precision: ProductPrecision = .float32
    ) {
        self.m = m
        self.n = n
        self.k = k
        self.transposeA = transposeA
        self.transposeB = transposeB
        self.beta = beta
        self.precision = precision
        lda = transposeA ? m : k
        ldb = transposeB ? k : n
        ldc = n
    }
}

/// Sizes of a convolution or pooling over a channels-last image.
struct ConvolutionGeometry: Equatable {
    var batch: Int
    var inputHeight: Int
    var inputWidth: Int
    var inputChannels: Int
    var outputHeight: Int
    var outputWidth: Int
    var outputChannels: Int
    var kernelHeight: Int
    var kernelWidth: Int
    var stride: AxisPair
    var padding: AxisPair

    /// ⌊(input + 2·padding − kernel) / stride⌋ + 1, or 0 where the kernel does not fit.
    static func outputLength(_ input: Int, kernel: Int, stride: Int, padding: Int) -> Int {
        let span = input + 2 * padding - kernel
        return span < 0 ? 0 : span / stride + 1
    }
}

/// One number for each axis of an image, as the stride and padding of a convolution; a literal means both axes.
public struct AxisPair: Equatable, Sendable, ExpressibleByIntegerLiteral, CustomStringConvertible {
    /// Along the rows; for spectrograms, along frequency.
    public var height: Int
    /// Along the columns; for spectrograms, along time.
    public var width: Int

    /// Different numbers.
    public init(height: Int, width: Int) {
        self.height = height
        self.width = width
    }

    /// The same number for both axes.
    public init(_ both: Int) { self.init(height: both, width: both) }

    /// The same number for both axes.
    public init(integerLiteral value: Int) { self.init(value) }

    /// E.g. `2`, or `2 × 1` for height × width.
    public var description: String { height == width ? "\(height)" : "\(height) × \(width)" }

    /// The smaller of both.
    var smallest: Int { min(height, width) }
}

/// Function applied after a normalisation.
public enum Activation: Equatable, Sendable {
    /// y = x
    case none
    /// y = max(x, 0)
    case relu
    /// y = x for x > 0, else slope · x
    case leakyReLU(slope: Float)

    /// Slope on the negative side; all of these are linear on each side of zero.
    var negativeSlope: Float {
        switch self {
        case .none: 1
        case .relu: 0
        case .leakyReLU(let slope): slope
        }
    }
}

/// What a kernel may do with a gradient dy while it writes it, so that batch norm's backward pass need not:
///
///     g = dy · φ′  (+ what stands there already),   Σ g,   Σ g · (z − center)
///
/// with the side of the activation from `output` where given, else from scale · z + shift.
struct GradientEnding {
    var z: Tensor
    var output: Tensor?
    var scale: Tensor
    var shift: Tensor
    var center: Tensor
    var slope: Float
    /// Whether the target holds other parts of dy.
    var accumulates: Bool
    /// Receives both sums.
    var sums: ChannelStatistics
}

struct AttentionDimensions {
    var batch: Int
    var queries: Int
    var keys: Int
    var heads: Int
    var headWidth: Int
    var valueWidth: Int
    var scale: Float
    var precision = ProductPrecision.float32
}

struct GRUDimensions {
    var batch: Int
    var steps: Int
    var hidden: Int
    var reversed: Bool
    /// Elements between the outputs of two time steps; directions share one output tensor.
    var outputStride: Int
}

/// What the forward pass of a GRU keeps: r, z, n and the hidden part of n, each [steps, B, H].
struct GRUState {
    var reset: Target
    var update: Target
    var new: Target
    var hiddenNew: Target
}

/// Constants of one AdamW step.
struct AdamWStep {
    var learningRate: Float
    var beta1: Float
    var beta2: Float
    var epsilon: Float
    var decay: Float
    var correction1: Float
    var correction2: Float
    var gradientScale: Float
}
