import CTAVSEKernels
import Testing

extension KernelTests {
    /// Oracle: plain loops in float64 over the kernels' definitions.
    @Suite("Pooling")
    struct PoolTests {
        struct Case: Sendable, CustomTestStringConvertible {
            let b: Int, h: Int, w: Int, c: Int, k: Int, s: Int, p: Int
            var outH: Int { (h + 2 * p - k) / s + 1 }
            var outW: Int { (w + 2 * p - k) / s + 1 }
            var testDescription: String { "\(b)×\(h)×\(w)×\(c), window \(k), stride \(s), padding \(p)" }
        }

        static let cases = [
            Case(b: 2, h: 48, w: 47, c: 32, k: 3, s: 2, p: 1), Case(b: 3, h: 7, w: 9, c: 5, k: 3, s: 2, p: 1),
            Case(b: 1, h: 1, w: 1, c: 1, k: 3, s: 2, p: 1), Case(b: 2, h: 6, w: 8, c: 19, k: 2, s: 2, p: 0),
            Case(b: 1, h: 9, w: 5, c: 3, k: 5, s: 1, p: 2), Case(b: 1, h: 5, w: 40, c: 300, k: 3, s: 2, p: 1),
        ]

        @Test("maximum and its gradient equal the plain loops", arguments: instructionSets, cases)
        func maximum(set: Int32, t: Case) {
            KernelTests.with(set: set) {
                var random = Random(state: UInt64(t.c))
                let pixels = t.b * t.h * t.w
                let outputs = t.b * t.outH * t.outW
                let x = random.floats(pixels * t.c)
                let (scale, shift) = (random.floats(t.c), random.floats(t.c))
                let y = Buffer<Float>(outputs * t.c)
                let argmax = Buffer<UInt8>(outputs * t.c)
                var source = tavse_source()
                source.values = x.constant
                source.channels = Int32(t.c)
                source.scale = scale.constant
                source.shift = shift.constant
                tavse_max_pool(
                    Int32(t.b), Int32(t.h), Int32(t.w), Int32(t.c), Int32(t.k), Int32(t.s), Int32(t.p),
                    Int32(t.outH),
                    Int32(t.outW), &source, y.pointer, argmax.pointer)

                let dy = random.floats(outputs * t.c)
                let dx = Buffer<Float>(pixels * t.c)
                let sum = Buffer<Double>(t.c)
                var sink = tavse_sink()
                sink.values = dx.pointer
                sink.slope = 0
                sink.z = x.constant
                sink.scale = scale.constant
                sink.shift = shift.constant
                sink.sum = sum.pointer
                let workspace = Buffer<UInt8>(Int(tavse_map_workspace(Int64(pixels), Int32(t.c))))
                tavse_max_pool_backward(
                    Int32(t.b), Int32(t.h), Int32(t.w), Int32(t.c), Int32(t.k), Int32(t.s), Int32(t.p),
                    Int32(t.outH),
                    Int32(t.outW), dy.constant, argmax.constant, &sink, workspace.memory)

                let values = Reference.values([source], pixels: pixels)
                var exact = [Double](repeating: 0, count: outputs * t.c)
                var gradient = [Double](repeating: 0, count: pixels * t.c)
                for o in 0..<outputs {
                    let (b, i, j) = (o / t.outW / t.outH, o / t.outW % t.outH, o % t.outW)
                    for c in 0..<t.c {
                        var best: (value: Double, at: Int)?
                        for u in 0..<t.k {
                            for v in 0..<t.k {
                                let (yy, xx) = (i * t.s + u - t.p, j * t.s + v - t.p)
                                guard yy >= 0, xx >= 0, yy < t.h, xx < t.w else { continue }
                                let at = ((b * t.h + yy) * t.w + xx) * t.c + c
                                if best == nil || values[at] > (best?.value ?? 0) { best = (values[at], at) }
                            }
                        }
                        exact[o * t.c + c] = best?.value ?? 0
                        gradient[best?.at ?? 0] += Double(dy[o * t.c + c])
                    }
                }
                #expect(relativeError(y.values, exact) < 2e-7)
                let expected = Reference.sink(sink, channels: t.c, result: gradient, before: dx.values)
                #expect(relativeError(dx.values, expected) < 2e-7)
                for c in 0..<t.c {
                    let total = stride(from: c, to: dx.count, by: t.c).reduce(0) { $0 + Double(dx[$1]) }
                    #expect(abs(sum[c] - total) < 1e-6 * Double(pixels))
                }
            }
        }

        @Test("a NaN in the window wins", arguments: instructionSets)
        func notANumber(set: Int32) {
            KernelTests.with(set: set) {
                let x = Buffer<Float>([1, .nan, 3, 4])
                let y = Buffer<Float>(1)
                var source = tavse_source()
                source.values = x.constant
                source.channels = 1
                source.slope = 1
                tavse_max_pool(1, 2, 2, 1, 2, 2, 0, 1, 1, &source, y.pointer, nil)
                #expect(y[0].isNaN)
            }
        }

        @Test(
            "global average and its gradient equal the means", arguments: instructionSets,
            [[1, 1], [9, 17], [1, 256], [9, 256]])
        func average(set: Int32, sizes: [Int]) {
            KernelTests.with(set: set) {
                let (pixels, channels) = (sizes[0], sizes[1])
                var random = Random(state: 7)
                let batch = 3
                let x = random.floats(batch * pixels * channels)
                let dy = random.floats(batch * channels)
                let y = Buffer<Float>(batch * channels)
                let dx = Buffer<Float>(x.count)
                var source = tavse_source()
                source.values = x.constant
                source.channels = Int32(channels)
                source.slope = 1
                var sink = tavse_sink()
                sink.values = dx.pointer
                sink.slope = 1
                tavse_global_average(Int32(batch), Int32(pixels), &source, y.pointer)
                let workspace = Buffer<UInt8>(
                    Int(tavse_map_workspace(Int64(batch * pixels), Int32(channels))))
                tavse_global_average_backward(
                    Int32(batch), Int32(pixels), Int32(channels), dy.constant, &sink, workspace.memory)
                for b in 0..<batch {
                    for c in 0..<channels {
                        let column = (0..<pixels).map { Double(x[(b * pixels + $0) * channels + c]) }
                        let mean = column.reduce(0, +) / Double(pixels)
                        #expect(abs(Double(y[b * channels + c]) - mean) < 3e-7)
                        for p in 0..<pixels {
                            let exact = Double(dy[b * channels + c]) / Double(pixels)
                            #expect(abs(Double(dx[(b * pixels + p) * channels + c]) - exact) < 1e-7)
                        }
                    }
                }
            }
        }
    }
}
