import COpenBLAS
import CTAVSEKernels

/// Kernels for the processor: convolutions and functions by the C kernels, which choose their instruction set at run
/// time; large dense products by OpenBLAS on one thread per call; everything split over one pool of threads.
struct CPUKernels: Kernels {
    enum Constants {
        /// Elements per piece of element-wise work; large enough to outweigh handing it to a thread.
        static let elements = 1 << 15
        /// Rows per partial sum over rows.
        static let sumRows = 512
        /// Multiply-adds below which a product stays on one thread.
        static let smallProduct = 1 << 20
        /// Rows or columns of the result per piece of a large product.
        static let productBlock = 96
        /// Multiply-adds below which rounding to bfloat16 costs more than it saves.
        static let smallBFloat16Product = 1 << 16
    }

    init() {
        // Our own workers call it; threads underneath would oversubscribe the processors.
        openblas_set_num_threads(1)
        // Reads TAVSE_THREADS before the first kernel runs.
        _ = Parallel.threads
    }

    /// Rows per piece so that a piece has about `Constants.elements` elements.
    static func rowBlock(_ columns: Int) -> Int { max(1, Constants.elements / max(1, columns)) }

    func multiply(_ p: MatrixProduct, _ a: Source, _ b: Source, _ c: Target) {
        guard p.m > 0, p.n > 0 else { return }
        let work = p.m * p.n * max(1, p.k)
        if Self.multiplyBFloat16(p, a, b, c, parallel: true) { return }
        if work < Constants.smallProduct || max(p.m, p.n) <= Constants.productBlock {
            Self.gemm(p, a, b, c)
        } else if p.m >= p.n {
            Parallel.chunks(p.m, of: Constants.productBlock) { rows in
                var part = p
                part.m = rows.count
                let start = rows.lowerBound
                Self.gemm(part, a + (p.transposeA ? start : start * p.lda), b, c + start * p.ldc)
            }
        } else {
            Parallel.chunks(p.n, of: Constants.productBlock) { columns in
                var part = p
                part.n = columns.count
                let start = columns.lowerBound
                Self.gemm(part, a, b + (p.transposeB ? start * p.ldb : start), c + start)
            }
        }
    }

    /// A product on the calling thread.
    static func gemm(_ p: MatrixProduct, _ a: Source, _ b: Source, _ c: Target) {
        if multiplyBFloat16(p, a, b, c, parallel: false) { return }
        cblas_sgemm(
            CblasRowMajor, p.transposeA ? CblasTrans : CblasNoTrans, p.transposeB ? CblasTrans : CblasNoTrans,
            blasint(p.m), blasint(p.n), blasint(p.k), p.alpha, a, blasint(p.lda), b, blasint(p.ldb),
            p.beta, c, blasint(p.ldc))
    }

    private static let hasBFloat16Products = tavse_bf16_gemm_supported()

    /// Whether the product was asked for in bfloat16, and is worth it and computed so.
    private static func multiplyBFloat16(
        _ p: MatrixProduct, _ a: Source, _ b: Source, _ c: Target, parallel: Bool
    ) -> Bool {
        guard p.precision == .bfloat16, hasBFloat16Products, p.beta == 0 || p.beta == 1,
            p.m * p.n * p.k >= Constants.smallBFloat16Product
        else { return false }
        let (rows, columns, inner) = (Int64(p.m), Int64(p.n), Int64(p.k))
        withScratch(bytes: tavse_bf16_gemm_workspace(rows, columns, inner)) { workspace in
            tavse_bf16_gemm(
                p.transposeA, p.transposeB, rows, columns, inner, p.alpha, a, Int64(p.lda), b, Int64(p.ldb),
                c,
                Int64(p.ldc), p.beta != 0, parallel, workspace)
        }
        return true
    }
}
