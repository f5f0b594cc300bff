/// Cholesky factor of a symmetric positive (semi)definite matrix, packed by rows, factored once for many
/// right-hand sides.
///
/// Rows are formed eight at a time against each earlier row, so that a row fetched from memory is used eight
/// times. A pivot at rounding level marks a column that depends on those before; it is left out, as the
/// projection does not need it.
struct BlockCholesky {
    let size: Int
    /// Row i starts at i·size; entries j ≤ i are L[i, j]; L[i, i] = 0 marks a dependent column.
    private var rows: [Double]

    /// Pivots below this share of their diagonal element are rounding.
    private static let floor = 1e-14

    /// - Parameters:
    ///   - size: n.
    ///   - matrix: `[n, n]`, of which the lower triangle is used.
    init(size: Int, matrix: [Double]) {
        precondition(matrix.count == size * size, "expected \(size) × \(size) values, got \(matrix.count)")
        self.size = size
        rows = matrix
        rows.withUnsafeMutableBufferPointer { buffer in
            guard let base = buffer.baseAddress else { return }
            var first = 0
            while first < size {
                let last = min(size, first + 8)
                for j in 0..<last {
                    let pivotRow = base + j * size
                    for i in max(first, j)..<last {
                        let row = base + i * size
                        let rest = row[j] - VectorKernels.dot(row, pivotRow, count: j)
                        if i == j {
                            row[j] = rest > Self.floor * row[j] ? rest.squareRoot() : 0
                        } else {
                            row[j] = pivotRow[j] > 0 ? rest / pivotRow[j] : 0
                        }
                    }
                }
                first = last
            }
        }
    }

    /// bᵀ·A⁻¹·b = ‖L⁻¹·b‖²
    func energy(_ b: [Double]) -> Double {
        precondition(b.count == size, "expected \(size) values, got \(b.count)")
        var solution = b
        var energy = 0.0
        solution.withUnsafeMutableBufferPointer { solution in
            rows.withUnsafeBufferPointer { rows in
                guard let x = solution.baseAddress, let base = rows.baseAddress else { return }
                for i in 0..<size {
                    let row = base + i * size
                    let rest = x[i] - VectorKernels.dot(row, x, count: i)
                    x[i] = row[i] > 0 ? rest / row[i] : 0
                    energy += x[i] * x[i]
                }
            }
        }
        return energy
    }
}
