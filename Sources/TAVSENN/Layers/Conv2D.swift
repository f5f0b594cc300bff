/// Two-dimensional convolution. Parameters `weight` `[Cout, Cin, k, k]`, `bias` `[Cout]`; start uniform in
/// ±1/√(Cin·k²).
public struct Conv2D: Sendable {
    /// `[Cout, Cin, k, k]`
    public let weight: Parameter
    /// `[Cout]`
    public let bias: Parameter?
    /// Step between windows.
    public let stride: AxisPair
    /// Zeros added on each side.
    public let padding: AxisPair

    /// - Parameters:
    ///   - scope: place of the parameters.
    ///   - inputs: channels Cin.
    ///   - outputs: channels Cout.
    ///   - kernel: side length k.
    public init(
        _ scope: Scope, inputs: Int, outputs: Int, kernel: Int, stride: AxisPair = 1, padding: AxisPair = 0,
        bias: Bool = true
    ) {
        let start = Initializer.fanIn(inputs * kernel * kernel)
        weight = scope.parameter("weight", [outputs, inputs, kernel, kernel], start)
        self.bias = bias ? scope.parameter("bias", [outputs], start) : nil
        self.stride = stride
        self.padding = padding
    }

    /// x: `[B, H, W, Cin]`, result: `[B, H′, W′, Cout]`.
    public func callAsFunction(_ x: Tensor) -> Tensor {
        x.convolution(weight: weight.value, bias: bias?.value, stride: stride, padding: padding)
    }
}

/// Transposed convolution with the output size asked for. Parameters `weight` `[Cin, Cout, k, k]`, `bias` `[Cout]`;
/// start uniform in ±1/√(Cout·k²).
public struct ConvTranspose2D: Sendable {
    /// `[Cin, Cout, k, k]`
    public let weight: Parameter
    /// `[Cout]`
    public let bias: Parameter?
    /// Step between windows of the output.
    public let stride: AxisPair
    /// Pixels cut from each side.
    public let padding: AxisPair

    /// - Parameters:
    ///   - scope: place of the parameters.
    ///   - inputs: channels Cin.
    ///   - outputs: channels Cout.
    ///   - kernel: side length k.
    public init(
        _ scope: Scope, inputs: Int, outputs: Int, kernel: Int, stride: AxisPair, padding: AxisPair = 0,
        bias: Bool = true
    ) {
        let start = Initializer.fanIn(outputs * kernel * kernel)
        weight = scope.parameter("weight", [inputs, outputs, kernel, kernel], start)
        self.bias = bias ? scope.parameter("bias", [outputs], start) : nil
        self.stride = stride
        self.padding = padding
    }

    /// x: `[B, H, W, Cin]`, result: `[B, height, width, Cout]`.
    ///
    /// - Parameter beforeNorm: a batch norm in training follows; the statistics it needs are then gathered on the way.
    public func callAsFunction(
        _ x: Tensor, outputSize: (height: Int, width: Int), beforeNorm: Bool = false
    ) -> Tensor {
        x.transposedConvolution(
            weight: weight.value, bias: bias?.value, stride: stride, padding: padding, outputSize: outputSize,
            gathersStatistics: beforeNorm)
    }
}
