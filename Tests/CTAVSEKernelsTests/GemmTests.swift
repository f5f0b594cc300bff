import CTAVSEKernels
import Testing

extension KernelTests {
    /// Oracle: the plain triple loop in float64. Tolerance: relative L2 error 1e-6 for sums of up to 300 products.
    @Suite("Small matrix products")
    struct GemmTests {
        @Test(
            "equals the plain loops in every arrangement", arguments: instructionSets,
            [[1, 1, 1], [1, 384, 128], [7, 33, 5], [29, 47, 300], [130, 16, 64], [40, 100, 17]])
        func product(set: Int32, sizes: [Int]) {
            KernelTests.with(set: set) {
                var random = Random(state: 3)
                let (rows, columns, inner) = (sizes[0], sizes[1], sizes[2])
                for form in 0..<8 {
                    let (ta, tb, accumulate) = (form & 1 != 0, form & 2 != 0, form & 4 != 0)
                    let lda = (ta ? rows : inner) + 3
                    let ldb = (tb ? inner : columns) + 2
                    let ldc = columns + 1
                    let a = random.floats((ta ? inner : rows) * lda)
                    let b = random.floats((tb ? columns : inner) * ldb)
                    let c = random.floats(rows * ldc)
                    let before = c.values
                    let workspace = Buffer<Float>(Int(tavse_gemm_workspace(Int64(columns), Int64(inner))))
                    tavse_gemm(
                        ta, tb, Int64(rows), Int64(columns), Int64(inner), a.constant, Int64(lda), b.constant,
                        Int64(ldb), c.pointer, Int64(ldc), accumulate, workspace.pointer)
                    var exact = before.map(Double.init)
                    for i in 0..<rows {
                        for j in 0..<columns {
                            var sum = accumulate ? exact[i * ldc + j] : 0
                            for k in 0..<inner {
                                sum +=
                                    Double(ta ? a[k * lda + i] : a[i * lda + k])
                                    * Double(tb ? b[j * ldb + k] : b[k * ldb + j])
                            }
                            exact[i * ldc + j] = sum
                        }
                    }
                    #expect(relativeError(c.values, exact) < 1e-6)
                }
            }
        }

        /// Oracle: the plain loop in float64 over factors rounded to bfloat16. Tolerance: relative L2 error 1e-6, the
        /// rounding of float32 sums; rounding the factors alone moves results by 2e-3.
        @Test(
            "bfloat16 products equal the plain loops over rounded factors, at any number of threads",
            .enabled(if: tavse_bf16_gemm_supported()),
            arguments: [
                [1, 1, 1], [15, 33, 7], [29, 47, 300], [130, 16, 65], [40, 100, 17], [14, 64, 32],
            ])
        func bfloat16(sizes: [Int]) {
            let (rows, columns, inner) = (sizes[0], sizes[1], sizes[2])
            for form in 0..<8 {
                let (ta, tb, accumulate) = (form & 1 != 0, form & 2 != 0, form & 4 != 0)
                let (lda, ldb, ldc) = ((ta ? rows : inner) + 3, (tb ? inner : columns) + 2, columns + 1)
                let results = [Int32(1), 3].map { threads in
                    KernelTests.with(set: Int32(TAVSE_BASELINE), threads: threads) { () -> [Float] in
                        var random = Random(state: 3)
                        let a = random.floats((ta ? inner : rows) * lda)
                        let b = random.floats((tb ? columns : inner) * ldb)
                        let c = random.floats(rows * ldc)
                        let before = c.values
                        let (m, n, k) = (Int64(rows), Int64(columns), Int64(inner))
                        let workspace = Buffer<UInt8>(Int(tavse_bf16_gemm_workspace(m, n, k)))
                        tavse_bf16_gemm(
                            ta, tb, m, n, k, 0.5, a.constant, Int64(lda), b.constant, Int64(ldb), c.pointer,
                            Int64(ldc), accumulate, threads > 1, workspace.memory)
                        let (x, y) = (Self.rounded(a), Self.rounded(b))
                        var exact = before.map(Double.init)
                        for i in 0..<rows {
                            for j in 0..<columns {
                                let sum = (0..<inner).reduce(0.0) {
                                    $0 + x[ta ? $1 * lda + i : i * lda + $1]
                                        * y[tb ? j * ldb + $1 : $1 * ldb + j]
                                }
                                exact[i * ldc + j] = (accumulate ? exact[i * ldc + j] : 0) + 0.5 * sum
                            }
                        }
                        #expect(relativeError(c.values, exact) < 1e-6)
                        return c.values
                    }
                }
                #expect(results[0] == results[1])
            }
        }

        private static func rounded(_ x: Buffer<Float>) -> [Double] {
            let packed = Buffer<UInt16>(x.count)
            let rounded = Buffer<Float>(x.count)
            tavse_bf16_pack(Int64(x.count), x.constant, packed.pointer)
            tavse_bf16_unpack(Int64(x.count), packed.constant, rounded.pointer)
            return rounded.values.map(Double.init)
        }
    }
}
