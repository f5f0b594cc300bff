import CTAVSEKernels
import Testing

extension KernelTests {
    /// Oracle: plain loops in float64. Tolerance: relative L2 error 3e-6, the rounding of float32 sums of up to 2304
    /// products and of the Winograd transforms (measured: up to 2.8e-6 for input gradients over 128 channels).
    @Suite("Convolution")
    struct ConvolutionTests {
        struct Case: CustomTestStringConvertible, Sendable {
            var b = 2
            var h: Int
            var w: Int
            var c: Int
            var n: Int
            var k = 3
            var kw: Int?
            var s = 1
            var sw: Int?
            var p = 1
            var pw: Int?

            var shape: tavse_conv_shape {
                let kw = kw ?? k
                let sw = sw ?? s
                let pw = pw ?? p
                return tavse_conv_shape(
                    batch: Int32(b), in_h: Int32(h), in_w: Int32(w), in_channels: Int32(c),
                    out_h: Int32((h + 2 * p - k) / s + 1), out_w: Int32((w + 2 * pw - kw) / sw + 1),
                    out_channels: Int32(n), kernel_h: Int32(k), kernel_w: Int32(kw), stride_h: Int32(s),
                    stride_w: Int32(sw), pad_h: Int32(p), pad_w: Int32(pw))
            }
            var testDescription: String {
                "\(b)×\(h)×\(w)×\(c)→\(n), kernel \(k)×\(kw ?? k), stride \(s),\(sw ?? s), padding \(p),\(pw ?? p)"
            }
        }

        static let cases = [
            Case(h: 24, w: 24, c: 32, n: 32), Case(b: 3, h: 12, w: 12, c: 64, n: 48),
            Case(b: 5, h: 6, w: 6, c: 128, n: 128),
            Case(b: 3, h: 3, w: 3, c: 256, n: 64), Case(h: 13, w: 17, c: 37, n: 41),
            Case(h: 7, w: 5, c: 16, n: 17),
            Case(h: 14, w: 13, c: 19, n: 23, p: 0), Case(h: 12, w: 16, c: 16, n: 16, p: 2),
            Case(b: 1, h: 1, w: 1, c: 53, n: 47),
            Case(b: 1, h: 96, w: 96, c: 3, n: 32, k: 7, s: 2, p: 3),
            Case(h: 31, w: 33, c: 1, n: 7, k: 7, s: 2, p: 3),
            Case(h: 24, w: 24, c: 32, n: 64, s: 2), Case(h: 9, w: 8, c: 130, n: 67, s: 2),
            Case(b: 1, h: 257, w: 31, c: 1, n: 32, s: 2),
            Case(b: 1, h: 33, w: 17, c: 2, n: 64, s: 2), Case(h: 24, w: 23, c: 32, n: 64, k: 1, s: 2, p: 0),
            Case(h: 5, w: 4, c: 61, n: 59, k: 1, p: 0), Case(h: 5, w: 6, c: 3, n: 5, k: 1, p: 1),
            Case(b: 1, h: 1, w: 1, c: 1, n: 1),
            Case(h: 11, w: 19, c: 13, n: 29, k: 2, kw: 5, s: 3, sw: 1, p: 0, pw: 2),
            Case(h: 10, w: 10, c: 7, n: 3, k: 5, s: 4, p: 4),
            Case(b: 7, h: 8, w: 2, c: 257, n: 31, s: 2), Case(h: 20, w: 20, c: 64, n: 1, k: 4, s: 2, p: 1),
            Case(b: 9, h: 12, w: 11, c: 33, n: 47, s: 2), Case(b: 5, h: 6, w: 5, c: 128, n: 80, s: 2),
            Case(b: 1, h: 67, w: 63, c: 19, n: 33, s: 2), Case(h: 36, w: 126, c: 16, n: 32, s: 2),
            Case(h: 4, w: 3, c: 211, n: 203), Case(h: 6, w: 5, c: 211, n: 203, s: 2),
            Case(h: 33, w: 15, c: 19, n: 33, s: 2, sw: 1),
            Case(b: 3, h: 17, w: 63, c: 32, n: 48, s: 2, sw: 1),
            Case(b: 1, h: 129, w: 31, c: 16, n: 17, s: 2, sw: 1),
            Case(b: 9, h: 5, w: 4, c: 48, n: 21, s: 2, sw: 1, pw: 2),
            Case(b: 1, h: 2, w: 1, c: 16, n: 16, s: 2, sw: 1), Case(h: 9, w: 8, c: 16, n: 19, sw: 2),
            Case(h: 7, w: 6, c: 16, n: 16, s: 2, sw: 1, p: 2, pw: 0),
            Case(h: 8, w: 5, c: 211, n: 203, s: 2, sw: 1),
        ]

        /// Weights too large for a cache and more tiles than one pass holds.
        static let severalPasses = [
            Case(b: 145, h: 3, w: 2, c: 1100, n: 39), Case(b: 74, h: 6, w: 5, c: 1100, n: 39, s: 2),
            Case(b: 50, h: 6, w: 5, c: 1100, n: 39, s: 2, sw: 1),
        ]

        static let tolerance = 3e-6

        /// Which form of sources and sinks a round exercises.
        enum Form: Int, CaseIterable, Sendable { case plain, fused, residual }

        @Test("forward equals the direct sum", arguments: instructionSets, cases)
        func forward(set: Int32, test: Case) {
            for form in Form.allCases {
                for threads in [Int32(1), 3] {
                    KernelTests.with(set: set, threads: threads) { checkForward(test, form) }
                }
            }
        }

        @Test("sums over several passes equal the direct sums", arguments: instructionSets, severalPasses)
        func passes(set: Int32, test: Case) {
            KernelTests.with(set: set, threads: 3) {
                checkForward(test, .residual)
                checkBackward(test, .residual)
            }
        }

        private func checkForward(_ test: Case, _ form: Form) {
            var random = Random(state: UInt64(test.h * 31 + test.c * 7 + form.rawValue))
            var shape = test.shape
            var plan = tavse_conv_plan()
            #expect(tavse_conv_make_plan(&shape, &plan))
            let (c, n) = (test.c, test.n)
            let inputs = test.b * test.h * test.w
            let outputs = Int(shape.batch * shape.out_h * shape.out_w)
            let x = random.floats(inputs * c)
            let residual = random.floats(inputs * c)
            let coefficients = (0..<4).map { _ in random.floats(c) }
            let w = random.floats(n * c * Int(shape.kernel_h * shape.kernel_w))
            let bias = random.floats(n)
            let y = random.floats(outputs * n)
            let before = y.values
            let kept = Buffer<Float>(inputs * c)
            let mean = Buffer<Double>(n)
            let m2 = Buffer<Double>(n)

            var source = tavse_source()
            source.values = x.constant
            source.channels = Int32(c)
            source.slope = 1
            source.store = kept.pointer
            if form != .plain {
                source.scale = coefficients[0].constant
                source.shift = coefficients[1].constant
                source.slope = form == .fused ? 0 : 0.2
            }
            if form == .residual {
                source.residual = residual.constant
                source.residual_scale = coefficients[2].constant
                source.residual_shift = coefficients[3].constant
            }
            var sink = tavse_sink()
            sink.values = y.pointer
            sink.slope = 1
            sink.bias = bias.constant
            sink.accumulate = form == .residual
            sink.mean = mean.pointer
            sink.m2 = m2.pointer

            let packed = Buffer<Float>(Int(plan.forward_weights))
            let workspace = Buffer<UInt8>(Int(plan.forward_workspace))
            tavse_conv_pack_forward(&plan, w.constant, packed.pointer)
            tavse_conv_forward(&plan, &source, 1, packed.constant, &sink, workspace.memory)

            let expectedX = Reference.values([source], pixels: inputs)
            let sums = Reference.convolution(shape, x: expectedX, w: w.values)
            let expected = Reference.sink(sink, channels: n, result: sums, before: before)
            #expect(relativeError(y.values, expected) < Self.tolerance)
            #expect(relativeError(kept.values, expectedX) < 2e-7)
            checkStatistics(y.values, channels: n, mean: mean.values, m2: m2.values)
        }

        /// Statistics against two passes in float64 over the very values that were stored.
        private func checkStatistics(_ y: [Float], channels n: Int, mean: [Double], m2: [Double]) {
            let pixels = y.count / n
            for c in 0..<n {
                let column = (0..<pixels).map { Double(y[$0 * n + c]) }
                let average = column.reduce(0, +) / Double(pixels)
                let spread = column.reduce(0) { $0 + ($1 - average) * ($1 - average) }
                let scale = (spread / Double(pixels)).squareRoot() + abs(average) * 1e-6 + 1e-12
                #expect(abs(mean[c] - average) < 1e-6 * scale + 1e-7 * abs(average))
                #expect(abs(m2[c] - spread) <= 2e-6 * spread + 1e-10)
            }
        }

        @Test("gradients equal the direct sums", arguments: instructionSets, cases)
        func backward(set: Int32, test: Case) {
            for form in Form.allCases {
                for threads in [Int32(1), 3] {
                    KernelTests.with(set: set, threads: threads) { checkBackward(test, form) }
                }
            }
        }

        private func checkBackward(_ test: Case, _ form: Form) {
            var random = Random(state: UInt64(test.w * 31 + test.n * 7 + form.rawValue))
            var shape = test.shape
            var plan = tavse_conv_plan()
            #expect(tavse_conv_make_plan(&shape, &plan))
            let (c, n) = (test.c, test.n)
            let inputs = test.b * test.h * test.w
            let outputs = Int(shape.batch * shape.out_h * shape.out_w)
            let x = random.floats(inputs * c)
            let w = random.floats(n * c * Int(shape.kernel_h * shape.kernel_w))
            let z = random.floats(outputs * n)
            let g = random.floats(outputs * n)
            let coefficients = (0..<5).map { _ in random.floats(n) }
            let inputCoefficients = (0..<3).map { _ in random.floats(c) }
            let dx = random.floats(inputs * c)
            let dw = random.floats(w.count)
            let db = random.floats(n)
            let (dxBefore, dwBefore, dbBefore) = (dx.values, dw.values, db.values)
            let sum = Buffer<Double>(c)
            let sumZ = Buffer<Double>(c)

            var input = tavse_source()
            input.values = x.constant
            input.channels = Int32(c)
            input.slope = 0
            input.scale = inputCoefficients[0].constant
            input.shift = inputCoefficients[1].constant
            var gradient = tavse_source()
            gradient.values = z.constant
            gradient.gradient = g.constant
            gradient.channels = Int32(n)
            gradient.slope = 1
            if form != .plain {
                gradient.c1 = coefficients[0].constant
                gradient.c2 = coefficients[1].constant
                gradient.c3 = coefficients[2].constant
                gradient.slope = form == .fused ? 0 : 0.2
                gradient.scale = coefficients[3].constant
                gradient.shift = coefficients[4].constant
            }
            var sink = tavse_sink()
            sink.values = dx.pointer
            sink.accumulate = form == .residual
            sink.slope = form == .plain ? 1 : 0
            sink.z = x.constant
            sink.scale = inputCoefficients[0].constant
            sink.shift = inputCoefficients[1].constant
            sink.center = inputCoefficients[2].constant
            sink.sum = sum.pointer
            sink.sum_z = sumZ.pointer

            let packed = Buffer<Float>(Int(plan.backward_weights))
            let workspace = Buffer<UInt8>(Int(plan.backward_workspace))
            tavse_conv_pack_backward(&plan, w.constant, packed.pointer)
            tavse_conv_backward(
                &plan, &input, 1, &gradient, 1, packed.constant, &sink, dw.pointer, db.pointer,
                form == .residual,
                workspace.memory)

            let expectedX = Reference.values([input], pixels: inputs)
            let expectedDY = Reference.values([gradient], pixels: outputs)
            let expected = Reference.gradients(shape, x: expectedX, dy: expectedDY, w: w.values)
            let expectedDX = Reference.sink(sink, channels: c, result: expected.dx, before: dxBefore)
            #expect(relativeError(dx.values, expectedDX) < Self.tolerance)
            let keep = form == .residual ? 1.0 : 0
            #expect(
                relativeError(dw.values, zip(expected.dw, dwBefore).map { $0 + keep * Double($1) })
                    < Self.tolerance)
            // A channel's sum may cancel, so the error is measured against the sum of magnitudes.
            for m in 0..<n {
                let magnitude = (0..<outputs).reduce(0) { $0 + abs(expectedDY[$1 * n + m]) } + 1
                #expect(abs(Double(db[m]) - expected.db[m] - keep * Double(dbBefore[m])) < 1e-6 * magnitude)
            }
            checkSums(
                dx.values, x.values, center: inputCoefficients[2].values, sum: sum.values, sumZ: sumZ.values)
        }

        /// Gathered sums against float64 sums over the very values that were stored, relative to their magnitudes.
        private func checkSums(_ dx: [Float], _ z: [Float], center: [Float], sum: [Double], sumZ: [Double]) {
            let c = center.count
            for k in 0..<c {
                var (expected, expectedZ, size, sizeZ) = (0.0, 0.0, 1e-12, 1e-12)
                for i in stride(from: k, to: dx.count, by: c) {
                    let term = Double(dx[i]) * (Double(z[i]) - Double(center[k]))
                    expected += Double(dx[i])
                    expectedZ += term
                    size += abs(Double(dx[i]))
                    sizeZ += abs(term)
                }
                #expect(abs(sum[k] - expected) < 1e-6 * size)
                #expect(abs(sumZ[k] - expectedZ) < 1e-6 * sizeZ)
            }
        }

        @Test("the weight gradient and the transposed convolution stand alone", arguments: instructionSets)
        func separateOutputs(set: Int32) {
            KernelTests.with(set: set) {
                for test in [Self.cases[1], Self.cases[11], Self.cases[14]] + Self.cases.suffix(8) {
                    var random = Random(state: 5)
                    var shape = test.shape
                    var plan = tavse_conv_plan()
                    #expect(tavse_conv_make_plan(&shape, &plan))
                    let inputs = test.b * test.h * test.w * test.c
                    let outputs = Int(shape.batch * shape.out_h * shape.out_w) * test.n
                    let x = random.floats(inputs)
                    let dy = random.floats(outputs)
                    let w = random.floats(test.n * test.c * Int(shape.kernel_h * shape.kernel_w))
                    var input = tavse_source()
                    input.values = x.constant
                    input.channels = Int32(test.c)
                    input.slope = 1
                    var gradient = input
                    gradient.values = dy.constant
                    gradient.channels = Int32(test.n)
                    let dx = Buffer<Float>(inputs)
                    let dw = Buffer<Float>(w.count)
                    var sink = tavse_sink()
                    sink.values = dx.pointer
                    sink.slope = 1
                    let packed = Buffer<Float>(Int(plan.backward_weights))
                    let workspace = Buffer<UInt8>(Int(plan.backward_workspace))
                    tavse_conv_pack_backward(&plan, w.constant, packed.pointer)
                    tavse_conv_backward(
                        &plan, nil, 0, &gradient, 1, packed.constant, &sink, nil, nil, false, workspace.memory
                    )
                    tavse_conv_backward(
                        &plan, &input, 1, &gradient, 1, nil, nil, dw.pointer, nil, false, workspace.memory)
                    let expected = Reference.gradients(
                        shape, x: x.values.map(Double.init), dy: dy.values.map(Double.init), w: w.values)
                    #expect(relativeError(dx.values, expected.dx) < Self.tolerance)
                    #expect(relativeError(dw.values, expected.dw) < Self.tolerance)
                }
            }
        }

        @Test("reads several sources side by side and slices of wider tensors", arguments: instructionSets)
        func slices(set: Int32) {
            KernelTests.with(set: set) {
                var random = Random(state: 9)
                var shape = Case(h: 9, w: 10, c: 41, n: 24, s: 2).shape
                var plan = tavse_conv_plan()
                #expect(tavse_conv_make_plan(&shape, &plan))
                let pixels = 2 * 9 * 10
                let first = random.floats(pixels * 17)
                let wide = random.floats(pixels * 60)
                let w = random.floats(24 * 41 * 9)
                var sources = [tavse_source(), tavse_source()]
                sources[0].values = first.constant
                sources[0].channels = 17
                sources[0].slope = 0
                sources[1].values = wide.constant + 5
                sources[1].stride = 60
                sources[1].channels = 24
                sources[1].slope = 1
                let y = Buffer<Float>(2 * 5 * 5 * 40)
                var sink = tavse_sink()
                sink.values = y.pointer + 9
                sink.stride = 40
                sink.slope = 1
                let packed = Buffer<Float>(Int(plan.forward_weights))
                let workspace = Buffer<UInt8>(Int(plan.forward_workspace))
                tavse_conv_pack_forward(&plan, w.constant, packed.pointer)
                tavse_conv_forward(&plan, sources, 2, packed.constant, &sink, workspace.memory)
                let expected = Reference.convolution(
                    shape, x: Reference.values(sources, pixels: pixels), w: w.values)
                let written = (0..<50).flatMap { p in (0..<24).map { y[p * 40 + 9 + $0] } }
                #expect(relativeError(written, expected) < Self.tolerance)
                let untouched = (0..<50).flatMap { p in
                    (0..<40).filter { $0 < 9 || $0 >= 33 }.map { y[p * 40 + $0] }
                }
                #expect(untouched.allSatisfy { $0 == 0 })
            }
        }

        private func run(_ test: Case, threads: Int32) -> (y: [Float], dw: [Float], mean: [Double]) {
            KernelTests.with(set: KernelTests.instructionSets.last ?? 0, threads: threads) {
                var random = Random(state: 3)
                var shape = test.shape
                var plan = tavse_conv_plan()
                _ = tavse_conv_make_plan(&shape, &plan)
                let x = random.floats(test.b * test.h * test.w * test.c)
                let w = random.floats(test.n * test.c * test.k * test.k)
                let y = Buffer<Float>(Int(shape.batch * shape.out_h * shape.out_w) * test.n)
                let dw = Buffer<Float>(w.count)
                let (mean, m2) = (Buffer<Double>(test.n), Buffer<Double>(test.n))
                var source = tavse_source()
                source.values = x.constant
                source.channels = Int32(test.c)
                source.slope = 1
                var sink = tavse_sink()
                sink.values = y.pointer
                sink.slope = 1
                sink.mean = mean.pointer
                sink.m2 = m2.pointer
                let packed = Buffer<Float>(Int(plan.forward_weights))
                let workspace = Buffer<UInt8>(Int(max(plan.forward_workspace, plan.backward_workspace)))
                tavse_conv_pack_forward(&plan, w.constant, packed.pointer)
                tavse_conv_forward(&plan, &source, 1, packed.constant, &sink, workspace.memory)
                var gradient = source
                gradient.values = y.constant
                gradient.channels = Int32(test.n)
                tavse_conv_backward(
                    &plan, &source, 1, &gradient, 1, nil, nil, dw.pointer, nil, false, workspace.memory)
                return (y.values, dw.values, mean.values)
            }
        }

        @Test("gives the same bits every time, and forward at any number of threads")
        func determinism() {
            for test in [
                Case(b: 19, h: 12, w: 12, c: 32, n: 32), Case(b: 19, h: 12, w: 12, c: 32, n: 32, s: 2),
                Case(b: 5, h: 33, w: 63, c: 32, n: 32, s: 2, sw: 1),
            ] {
                let once = run(test, threads: 3)
                let again = run(test, threads: 3)
                let alone = run(test, threads: 1)
                #expect(once.y == again.y && once.dw == again.dw && once.mean == again.mean)
                #expect(once.y == alone.y && once.mean == alone.mean)
            }
        }

        @Test("with large weights gradients, too, have the same bits at any number of threads")
        func largeWeightsDeterminism() {
            for test in [
                Case(b: 19, h: 3, w: 3, c: 211, n: 203), Case(b: 19, h: 6, w: 6, c: 211, n: 203, s: 2),
                Case(b: 19, h: 6, w: 5, c: 211, n: 203, s: 2, sw: 1),
            ] {
                let alone = run(test, threads: 1)
                for threads in [Int32(2), 3, 8] {
                    let several = run(test, threads: threads)
                    #expect(several.y == alone.y && several.mean == alone.mean && several.dw == alone.dw)
                }
            }
        }

        @Test("refuses sizes that do not fit each other")
        func refusals() {
            let good = Case(h: 9, w: 9, c: 4, n: 4).shape
            var plan = tavse_conv_plan()
            func accepts(_ change: (inout tavse_conv_shape) -> Void) -> Bool {
                var shape = good
                change(&shape)
                return tavse_conv_make_plan(&shape, &plan)
            }
            #expect(accepts { _ in })
            #expect(!accepts { $0.out_h += 1 })
            #expect(!accepts { $0.batch = 0 })
            #expect(!accepts { $0.in_channels = -1 })
            #expect(!accepts { $0.kernel_h = 12 })
            #expect(!accepts { $0.stride_w = 0 })
            #expect(!accepts { $0.pad_h = -1 })
            #expect(!accepts { $0.pad_w = .max })
            #expect(!accepts { $0.in_h = .max })
            #expect(!accepts { $0.in_channels = .max })
        }
    }
}
