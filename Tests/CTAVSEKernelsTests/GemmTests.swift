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
    }
}
