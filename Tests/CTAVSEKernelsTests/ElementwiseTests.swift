import CTAVSEKernels
import Foundation
import Testing

extension KernelTests {
    @Suite("Element-wise")
    struct ElementwiseTests {
        typealias Unary = @Sendable (Int64, UnsafePointer<Float>?, UnsafeMutablePointer<Float>?) -> Void
        typealias Backward =
            @Sendable (
                Int64, UnsafePointer<Float>?, UnsafePointer<Float>?, UnsafeMutablePointer<Float>?, Bool
            ) -> Void

        /// A function, its float64 definition, and the error allowed: relative to the value plus absolute.
        struct Function: Sendable, CustomTestStringConvertible {
            let testDescription: String
            let kernel: Unary
            let exact: @Sendable (Double) -> Double
            let relative: Double
            let absolute: Double
        }

        static let functions = [
            // The argument of the density is rounded once more than the function's own: x² loses up to x²/2 ulp.
            Function(
                testDescription: "exp", kernel: tavse_exp, exact: { exp($0) }, relative: 3e-7, absolute: 2e-45
            ),
            Function(
                testDescription: "sigmoid", kernel: tavse_sigmoid, exact: { 1 / (1 + exp(-$0)) },
                relative: 4e-7,
                absolute: 2e-38),
            Function(
                testDescription: "tanh", kernel: tavse_tanh, exact: { tanh($0) }, relative: 4e-7, absolute: 0),
            Function(
                testDescription: "GELU", kernel: tavse_gelu,
                exact: { 0.5 * $0 * erfc(-$0 / 2.0.squareRoot()) },
                relative: 1.2e-5, absolute: 2e-38),
        ]

        @Test("equals its definition over the whole range", arguments: instructionSets, functions)
        func values(set: Int32, function: Function) {
            KernelTests.with(set: set) {
                var arguments: [Float] = [0, -0.0, 1e-30, -1e-30, 1e-8, -1e-8]
                for i in -4000...4000 { arguments.append(Float(i) * 0.0221) }
                let x = Buffer(arguments)
                let y = Buffer<Float>(arguments.count)
                function.kernel(Int64(x.count), x.constant, y.pointer)
                for (argument, result) in zip(arguments, y.values) {
                    let exact = function.exact(Double(argument))
                    guard exact < Double(Float.greatestFiniteMagnitude) else { continue }
                    let allowed = function.relative * abs(exact) + function.absolute
                    #expect(
                        abs(Double(result) - exact) <= allowed,
                        "\(function.testDescription)(\(argument)) = \(result), exactly \(exact)")
                }
            }
        }

        @Test("has the limits at infinity and keeps NaN", arguments: instructionSets)
        func limits(set: Int32) {
            KernelTests.with(set: set) {
                let x = Buffer<Float>([.infinity, -.infinity, .nan, 200, -200])
                func apply(_ kernel: Unary) -> [Float] {
                    let y = Buffer<Float>(x.count)
                    kernel(Int64(x.count), x.constant, y.pointer)
                    return y.values
                }
                let exponential = apply(tavse_exp)
                #expect(exponential[0] == .infinity && exponential[1] == 0 && exponential[2].isNaN)
                #expect(exponential[3] == .infinity && exponential[4] == 0)
                let sigmoid = apply(tavse_sigmoid)
                #expect(
                    sigmoid[0] == 1 && sigmoid[1] == 0 && sigmoid[2].isNaN && sigmoid[3] == 1
                        && sigmoid[4] == 0)
                let tangent = apply(tavse_tanh)
                #expect(
                    tangent[0] == 1 && tangent[1] == -1 && tangent[2].isNaN && tangent[3] == 1
                        && tangent[4] == -1)
                let gelu = apply(tavse_gelu)
                #expect(
                    gelu[0] == .infinity && gelu[1] == 0 && gelu[2].isNaN && gelu[3] == 200 && gelu[4] == 0)
            }
        }

        @Test("backward functions equal their derivatives", arguments: instructionSets)
        func derivatives(set: Int32) {
            KernelTests.with(set: set) {
                var random = Random(state: 2)
                let count = 533
                let x = Buffer((0..<count).map { _ in 6 * random.float() })
                let dy = random.floats(count)
                let y = Buffer<Float>(count)
                func check(_ backward: Backward, saved: Buffer<Float>, _ slope: (Double) -> Double) {
                    for accumulate in [false, true] {
                        let dx = random.floats(count)
                        let before = dx.values
                        backward(Int64(count), saved.constant, dy.constant, dx.pointer, accumulate)
                        for i in 0..<count {
                            let exact =
                                Double(dy[i]) * slope(Double(x[i])) + (accumulate ? Double(before[i]) : 0)
                            #expect(abs(Double(dx[i]) - exact) < 5e-7)
                        }
                    }
                }
                tavse_sigmoid(Int64(count), x.constant, y.pointer)
                check(tavse_sigmoid_backward, saved: y) { exp(-$0) / ((1 + exp(-$0)) * (1 + exp(-$0))) }
                tavse_tanh(Int64(count), x.constant, y.pointer)
                check(tavse_tanh_backward, saved: y) { 1 - tanh($0) * tanh($0) }
                check(tavse_gelu_backward, saved: x) {
                    0.5 * erfc(-$0 / 2.0.squareRoot()) + $0 * exp(-$0 * $0 / 2) / (2 * Double.pi).squareRoot()
                }
            }
        }

        @Test(
            "softmax and its gradient equal their definitions", arguments: instructionSets,
            [1, 5, 16, 72, 131])
        func softmax(set: Int32, columns: Int) {
            KernelTests.with(set: set) {
                var random = Random(state: 4)
                let rows = 3
                let x = Buffer((0..<rows * columns).map { _ in 50 + 30 * random.float() })
                let dy = random.floats(rows * columns)
                let y = Buffer<Float>(rows * columns)
                let dx = Buffer<Float>(rows * columns)
                tavse_softmax(Int64(rows), Int64(columns), x.constant, y.pointer)
                tavse_softmax_backward(Int64(rows), Int64(columns), y.constant, dy.constant, dx.pointer)
                for r in 0..<rows {
                    let range = r * columns..<(r + 1) * columns
                    let weights = range.map { exp(Double(x[$0]) - 50) }
                    let exact = weights.map { $0 / weights.reduce(0, +) }
                    #expect(relativeError(Array(y.values[range]), exact) < 5e-7)
                    let inner = zip(range, exact).reduce(0) { $0 + Double(dy[$1.0]) * $1.1 }
                    for (i, weight) in zip(range, exact) {
                        #expect(abs(Double(dx[i]) - weight * (Double(dy[i]) - inner)) < 5e-7)
                    }
                }
            }
        }

        @Test(
            "a recurrent step and its gradient equal PyTorch's equations", arguments: instructionSets,
            [1, 7, 32])
        func gru(set: Int32, hidden: Int) {
            KernelTests.with(set: set) {
                var random = Random(state: 6)
                let rows = 3
                let a = random.floats(rows * 3 * hidden)
                let b = random.floats(rows * 3 * hidden)
                let h = random.floats(rows * hidden)
                let dout = random.floats(rows * hidden)
                let gates = Buffer<Float>(rows * 4 * hidden)
                let out = Buffer<Float>(rows * hidden)
                let (da, db, dh) = (Buffer<Float>(a.count), Buffer<Float>(a.count), Buffer<Float>(h.count))
                tavse_gru_step(
                    Int64(rows), Int64(hidden), a.constant, Int64(3 * hidden), b.constant, h.constant,
                    Int64(hidden),
                    gates.pointer, out.pointer, Int64(hidden))
                tavse_gru_step_backward(
                    Int64(rows), Int64(hidden), gates.constant, h.constant, Int64(hidden), dout.constant,
                    Int64(hidden),
                    da.pointer, Int64(3 * hidden), db.pointer, dh.pointer)
                func sigmoid(_ x: Double) -> Double { 1 / (1 + exp(-x)) }
                for i in 0..<rows {
                    for j in 0..<hidden {
                        func at(_ x: Buffer<Float>, _ gate: Int) -> Double {
                            Double(x[(i * 3 + gate) * hidden + j])
                        }
                        let r = sigmoid(at(a, 0) + at(b, 0))
                        let z = sigmoid(at(a, 1) + at(b, 1))
                        let n = tanh(at(a, 2) + r * at(b, 2))
                        let old = Double(h[i * hidden + j])
                        let d = Double(dout[i * hidden + j])
                        #expect(abs(Double(out[i * hidden + j]) - (1 - z) * n - z * old) < 4e-7)
                        let dn = d * (1 - z) * (1 - n * n)
                        let exact = [dn * at(b, 2) * r * (1 - r), d * (old - n) * z * (1 - z), dn]
                        for gate in 0..<3 { #expect(abs(at(da, gate) - exact[gate]) < 5e-7) }
                        for gate in 0..<2 { #expect(abs(at(db, gate) - exact[gate]) < 5e-7) }
                        #expect(abs(at(db, 2) - dn * r) < 5e-7)
                        #expect(abs(Double(dh[i * hidden + j]) - d * z) < 4e-7)
                    }
                }
            }
        }

        @Test("AdamW moves parameters by its equations", arguments: instructionSets)
        func adamw(set: Int32) {
            KernelTests.with(set: set) {
                var random = Random(state: 8)
                let count = 40_003
                let p = random.floats(count)
                let (m, v) = (Buffer<Float>(count), Buffer<Float>(count))
                var exactP = p.values.map(Double.init)
                var exactM = [Double](repeating: 0, count: count)
                var exactV = exactM
                for step in 1...3 {
                    let g = random.floats(count)
                    tavse_adamw(
                        Int64(count), p.pointer, g.constant, m.pointer, v.pointer, 0.5, 3e-4, 0.9, 0.999,
                        1e-8, 0.01, Int64(step))
                    for i in 0..<count {
                        let x = 0.5 * Double(g[i])
                        exactP[i] *= 1 - 3e-4 * 0.01
                        exactM[i] = 0.9 * exactM[i] + 0.1 * x
                        exactV[i] = 0.999 * exactV[i] + 0.001 * x * x
                        let (k1, k2) = (1 - pow(0.9, Double(step)), 1 - pow(0.999, Double(step)))
                        exactP[i] -= 3e-4 * (exactM[i] / k1) / ((exactV[i] / k2).squareRoot() + 1e-8)
                    }
                }
                #expect(relativeError(p.values, exactP) < 1e-7)
                #expect(relativeError(m.values, exactM) < 2e-7)
                #expect(relativeError(v.values, exactV) < 5e-7)
            }
        }

        @Test(
            "sum of squares equals the float64 sum within its own rounding", arguments: instructionSets,
            [0, 1, 15, 16, 1003])
        func sumOfSquares(set: Int32, count: Int) {
            KernelTests.with(set: set) {
                var random = Random(state: 1)
                let x = random.floats(count)
                let exact = x.values.reduce(0) { $0 + Double($1) * Double($1) }
                #expect(
                    abs(tavse_sum_of_squares(Int64(count), x.constant) - exact) <= Double(count) * 0x1p-53
                        * exact)
            }
        }

        @Test("bfloat16 rounds to nearest even and keeps infinities and NaN", arguments: instructionSets)
        func brainFloat(set: Int32) {
            KernelTests.with(set: set) {
                let tie = Float(bitPattern: 0x3F80_8000)  // half way between 1 and its successor: to even, 1
                let above = Float(bitPattern: 0x3F81_8000)  // half way again: to even, up
                let x = Buffer<Float>([
                    1, -2.5, tie, above, .infinity, -.infinity, .nan, 0, .greatestFiniteMagnitude,
                ])
                let packed = Buffer<UInt16>(x.count)
                let y = Buffer<Float>(x.count)
                tavse_bf16_pack(Int64(x.count), x.constant, packed.pointer)
                tavse_bf16_unpack(Int64(x.count), packed.pointer, y.pointer)
                let result = y.values
                #expect(Array(result[0..<4]) == [1, -2.5, 1, Float(bitPattern: 0x3F82_0000)])
                #expect(
                    result[4] == .infinity && result[5] == -.infinity && result[6].isNaN && result[7] == 0)
                #expect(result[8] == .infinity)
            }
        }
    }
}
