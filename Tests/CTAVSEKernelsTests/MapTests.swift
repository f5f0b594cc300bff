import CTAVSEKernels
import Testing

extension KernelTests {
    @Suite("Sources, sinks and batch norm")
    struct MapTests {
        @Test(
            "every source passes through every sink as defined", arguments: instructionSets,
            [1, 3, 16, 37, 64, 5000])
        func map(set: Int32, channels: Int) {
            KernelTests.with(set: set) {
                var random = Random(state: UInt64(channels))
                let pixels = channels > 1000 ? 3 : 201
                let floats = (0..<5).map { _ in random.floats(pixels * channels) }
                let coefficients = (0..<8).map { _ in random.floats(channels) }
                let stored = Buffer<Float>(pixels * channels)
                for form in 0..<48 {
                    var source = tavse_source()
                    source.values = floats[0].constant
                    source.channels = Int32(channels)
                    source.slope = [1, 0, 0.2][form % 3]
                    source.store = stored.pointer
                    if form / 3 % 2 == 1 {
                        source.scale = coefficients[0].constant
                        source.shift = coefficients[1].constant
                    }
                    switch form / 6 % 4 {
                    case 1:
                        source.residual = floats[1].constant
                        if form.isMultiple(of: 2) { source.residual_scale = coefficients[2].constant }
                    case 2:
                        source.gradient = floats[1].constant
                        source.c1 = coefficients[3].constant
                        source.c2 = coefficients[4].constant
                        source.c3 = coefficients[5].constant
                    case 3:
                        source.gradient = floats[1].constant
                        source.output = floats[2].constant
                    default: break
                    }
                    let y = random.floats(pixels * channels)
                    let before = y.values
                    var sink = tavse_sink()
                    sink.values = y.pointer
                    sink.slope = form < 24 ? 1 : 0.1
                    sink.accumulate = form % 5 == 0
                    sink.bias = form % 7 == 0 ? nil : coefficients[6].constant
                    if form % 2 == 1 { sink.output = floats[3].constant } else { sink.z = floats[3].constant }
                    let workspace = Buffer<UInt8>(Int(tavse_map_workspace(Int64(pixels), Int32(channels))))
                    tavse_map(&source, 1, Int64(pixels), &sink, workspace.memory)
                    let values = Reference.values([source], pixels: pixels)
                    #expect(relativeError(stored.values, values) < 3e-7)
                    let exact = Reference.sink(sink, channels: channels, result: values, before: before)
                    #expect(relativeError(y.values, exact) < 3e-7)
                }
            }
        }

        @Test(
            "statistics keep their digits when the mean dwarfs the deviation", arguments: instructionSets,
            [1, 24, 100])
        func largeMean(set: Int32, channels: Int) {
            KernelTests.with(set: set) {
                var random = Random(state: 11)
                let pixels = 3000
                let x = Buffer((0..<pixels * channels).map { _ in 1000 + random.float() })
                let y = Buffer<Float>(x.count)
                let (mean, m2) = (Buffer<Double>(channels), Buffer<Double>(channels))
                var source = tavse_source()
                source.values = x.constant
                source.channels = Int32(channels)
                source.slope = 1
                var sink = tavse_sink()
                sink.values = y.pointer
                sink.slope = 1
                sink.mean = mean.pointer
                sink.m2 = m2.pointer
                let workspace = Buffer<UInt8>(Int(tavse_map_workspace(Int64(pixels), Int32(channels))))
                tavse_map(&source, 1, Int64(pixels), &sink, workspace.memory)
                for c in 0..<channels {
                    let column = (0..<pixels).map { Double(x[$0 * channels + c]) }
                    let average = column.reduce(0, +) / Double(pixels)
                    let spread = column.reduce(0) { $0 + ($1 - average) * ($1 - average) }
                    #expect(abs(mean[c] - average) < 1e-6)
                    #expect(abs(m2[c] - spread) < 2e-6 * spread)
                }
            }
        }

        @Test("batch norm's coefficients give its output and its gradient")
        func batchNorm() {
            // Oracle: the textbook formulas in float64, and the gradient by its definition over all pixels.
            var random = Random(state: 13)
            let (pixels, channels) = (50, 3)
            let z = random.floats(pixels * channels)
            let g = random.floats(pixels * channels)
            let (weight, bias) = (random.floats(channels), random.floats(channels))
            let (mean, m2) = (Buffer<Double>(channels), Buffer<Double>(channels))
            let (sum, sumZ) = (Buffer<Double>(channels), Buffer<Double>(channels))
            let outputs = (0..<9).map { _ in Buffer<Float>(channels) }
            let running = [Buffer<Float>([0, 0, 0]), Buffer<Float>([1, 1, 1])]
            for c in 0..<channels {
                let column = (0..<pixels).map { Double(z[$0 * channels + c]) }
                mean.pointer[c] = column.reduce(0, +) / Double(pixels)
                m2.pointer[c] = column.reduce(0) { $0 + ($1 - mean[c]) * ($1 - mean[c]) }
            }
            tavse_batch_norm_forward(
                Int32(channels), Int64(pixels), mean.constant, m2.constant, weight.constant, bias.constant,
                1e-5, 0.1,
                running[0].pointer, running[1].pointer, outputs[0].pointer, outputs[1].pointer,
                outputs[2].pointer,
                outputs[3].pointer)
            for c in 0..<channels {
                for p in 0..<pixels {
                    sum.pointer[c] += Double(g[p * channels + c])
                    sumZ.pointer[c] +=
                        Double(g[p * channels + c]) * (Double(z[p * channels + c]) - Double(outputs[0][c]))
                }
            }
            tavse_batch_norm_backward(
                Int32(channels), Int64(pixels), sum.constant, sumZ.constant, weight.constant,
                outputs[0].constant,
                outputs[1].constant, false, outputs[4].pointer, outputs[5].pointer, outputs[6].pointer,
                outputs[7].pointer, outputs[8].pointer)
            for c in 0..<channels {
                let inverse = 1 / (m2[c] / Double(pixels) + 1e-5).squareRoot()
                let w = Double(weight[c])
                let normal = (0..<pixels).map { (Double(z[$0 * channels + c]) - mean[c]) * inverse }
                let column = (0..<pixels).map { Double(g[$0 * channels + c]) }
                let meanG = column.reduce(0, +) / Double(pixels)
                let meanGN = zip(column, normal).reduce(0) { $0 + $1.0 * $1.1 } / Double(pixels)
                #expect(abs(Double(outputs[4][c]) - meanGN * Double(pixels)) < 1e-5)
                #expect(abs(Double(outputs[5][c]) - meanG * Double(pixels)) < 1e-5)
                for p in 0..<pixels {
                    let value = Double(z[p * channels + c])
                    #expect(
                        abs(
                            Double(outputs[2][c]) * value + Double(outputs[3][c]) - w * normal[p]
                                - Double(bias[c])) < 5e-7)
                    let exact = w * inverse * (column[p] - meanG - normal[p] * meanGN)
                    let affine =
                        Double(outputs[6][c]) * column[p] + Double(outputs[7][c]) * value
                        + Double(outputs[8][c])
                    #expect(abs(affine - exact) < 1e-6)
                }
                #expect(abs(Double(running[0][c]) - 0.1 * mean[c]) < 1e-7)
                #expect(abs(Double(running[1][c]) - 0.9 - 0.1 * m2[c] / Double(pixels - 1)) < 1e-7)
            }
        }
    }
}
