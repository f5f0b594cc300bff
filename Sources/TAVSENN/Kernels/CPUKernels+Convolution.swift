// Plain channels-last loops, innermost over contiguous channels. Weights are repacked for each use.

extension CPUKernels {
    /// y[b, i, j, n] = bias[n] + Σ w[n, c, u, v] · x[b, i·s + u − p, j·s + v − p, c]
    func convolution(_ g: ConvolutionGeometry, _ x: Source, _ weight: Source, bias: Source?, _ y: Target) {
        let (inputs, outputs) = (g.inputChannels, g.outputChannels)
        Self.withScratch(g.kernelHeight * g.kernelWidth * inputs * outputs) { packed in
            Self.pack(g, weight, packed, outputsLast: true)
            Parallel.run(g.batch * g.outputHeight) { index in
                let (b, i) = (index / g.outputHeight, index % g.outputHeight)
                for j in 0..<g.outputWidth {
                    let out = y + (index * g.outputWidth + j) * outputs
                    for n in 0..<outputs { out[n] = bias?[n] ?? 0 }
                    g.forEachTap(i, j) { tap, row, column in
                        let pixel = x + ((b * g.inputHeight + row) * g.inputWidth + column) * inputs
                        for c in 0..<inputs {
                            let (value, line) = (pixel[c], packed + (tap * inputs + c) * outputs)
                            for n in 0..<outputs { out[n] += value * line[n] }
                        }
                    }
                }
            }
        }
    }

    /// The adjoint; with `bias` it is a transposed convolution, whose output channels are our input channels.
    func convolutionInputGradient(
        _ g: ConvolutionGeometry, _ dy: Source, _ weight: Source, bias: Source?, _ dx: Target
    ) {
        let (inputs, outputs) = (g.inputChannels, g.outputChannels)
        let imageSize = g.inputHeight * g.inputWidth * inputs
        Self.withScratch(g.kernelHeight * g.kernelWidth * inputs * outputs) { packed in
            Self.pack(g, weight, packed, outputsLast: false)
            Parallel.run(g.batch) { b in
                let image = dx + b * imageSize
                for pixel in 0..<g.inputHeight * g.inputWidth {
                    for c in 0..<inputs { image[pixel * inputs + c] = bias?[c] ?? 0 }
                }
                for i in 0..<g.outputHeight {
                    for j in 0..<g.outputWidth {
                        let gradient = dy + ((b * g.outputHeight + i) * g.outputWidth + j) * outputs
                        g.forEachTap(i, j) { tap, row, column in
                            let out = image + (row * g.inputWidth + column) * inputs
                            for n in 0..<outputs {
                                let (value, line) = (gradient[n], packed + (tap * outputs + n) * inputs)
                                for c in 0..<inputs { out[c] += value * line[c] }
                            }
                        }
                    }
                }
            }
        }
    }

    /// dw[n, c, u, v] = Σ dy[b, i, j, n] · x[b, i·s + u − p, j·s + v − p, c]; partial sums per image.
    func convolutionWeightGradient(_ g: ConvolutionGeometry, _ x: Source, _ dy: Source, _ dw: Target) {
        let (inputs, outputs) = (g.inputChannels, g.outputChannels)
        let size = g.kernelHeight * g.kernelWidth * inputs * outputs
        let groups = min(g.batch, 16)
        Self.withScratch((groups + 1) * size) { partial in
            Parallel.run(groups) { group in
                let sum = partial + group * size
                for k in 0..<size { sum[k] = 0 }
                for b in stride(from: group, to: g.batch, by: groups) {
                    for i in 0..<g.outputHeight {
                        for j in 0..<g.outputWidth {
                            let gradient = dy + ((b * g.outputHeight + i) * g.outputWidth + j) * outputs
                            g.forEachTap(i, j) { tap, row, column in
                                let pixel = x + ((b * g.inputHeight + row) * g.inputWidth + column) * inputs
                                for c in 0..<inputs {
                                    let (value, line) = (pixel[c], sum + (tap * inputs + c) * outputs)
                                    for n in 0..<outputs { line[n] += value * gradient[n] }
                                }
                            }
                        }
                    }
                }
            }
            let total = partial + groups * size
            Self.combine(partial, blocks: groups, columns: size, total)
            let taps = g.kernelHeight * g.kernelWidth
            for n in 0..<outputs {
                for c in 0..<inputs {
                    for tap in 0..<taps {
                        dw[(n * inputs + c) * taps + tap] = total[(tap * inputs + c) * outputs + n]
                    }
                }
            }
        }
    }

    /// [N, C, taps] to [taps, C, N] or [taps, N, C].
    private static func pack(_ g: ConvolutionGeometry, _ w: Source, _ packed: Target, outputsLast: Bool) {
        let (inputs, outputs, taps) = (g.inputChannels, g.outputChannels, g.kernelHeight * g.kernelWidth)
        for n in 0..<outputs {
            for c in 0..<inputs {
                for tap in 0..<taps {
                    let place =
                        outputsLast ? (tap * inputs + c) * outputs + n : (tap * outputs + n) * inputs + c
                    packed[place] = w[(n * inputs + c) * taps + tap]
                }
            }
        }
    }

    /// NaN wins, and the first of equal values, as in the field's frameworks.
    func maxPool(_ g: ConvolutionGeometry, _ x: Source, _ y: Target, winner: UnsafeMutablePointer<UInt8>) {
        let channels = g.inputChannels
        Parallel.run(g.batch * g.outputHeight) { index in
            let (b, i) = (index / g.outputHeight, index % g.outputHeight)
            for j in 0..<g.outputWidth {
                let start = (index * g.outputWidth + j) * channels
                for c in 0..<channels { y[start + c] = -.infinity }
                var isFirst = true
                g.forEachTap(i, j) { tap, row, column in
                    let pixel = x + ((b * g.inputHeight + row) * g.inputWidth + column) * channels
                    for c in 0..<channels where isFirst || pixel[c] > y[start + c] || pixel[c].isNaN {
                        y[start + c] = pixel[c]
                        winner[start + c] = UInt8(truncatingIfNeeded: tap)
                    }
                    isFirst = false
                }
            }
        }
    }

    func maxPoolGradient(_ g: ConvolutionGeometry, _ dy: Source, winner: UnsafePointer<UInt8>, _ dx: Target) {
        let channels = g.inputChannels
        let imageSize = g.inputHeight * g.inputWidth * channels
        Parallel.run(g.batch) { b in
            let image = dx + b * imageSize
            for k in 0..<imageSize { image[k] = 0 }
            for i in 0..<g.outputHeight {
                for j in 0..<g.outputWidth {
                    let start = ((b * g.outputHeight + i) * g.outputWidth + j) * channels
                    for c in 0..<channels {
                        let tap = Int(winner[start + c])
                        let row = i * g.stride + tap / g.kernelWidth - g.padding
                        let column = j * g.stride + tap % g.kernelWidth - g.padding
                        image[(row * g.inputWidth + column) * channels + c] += dy[start + c]
                    }
                }
            }
        }
    }
}

extension ConvolutionGeometry {
    /// Calls `body` with tap number, input row and input column for every kernel tap of output (i, j) that lies
    /// inside the image.
    @inline(__always)
    fileprivate func forEachTap(_ i: Int, _ j: Int, _ body: (Int, Int, Int) -> Void) {
        for u in 0..<kernelHeight {
            let row = i * stride + u - padding
            guard row >= 0, row < inputHeight else { continue }
            for v in 0..<kernelWidth {
                let column = j * stride + v - padding
                guard column >= 0, column < inputWidth else { continue }
                body(u * kernelWidth + v, row, column)
            }
        }
    }
}
