/// Ridge regression in Float64 by Cholesky: w = (XᵀX + λI)⁻¹ Xᵀy.
struct Ridge {
    let weights: [Double]

    init(rows: [[Double]], targets: [Double], penalty: Double) {
        let d = rows.first?.count ?? 0
        var a = [Double](repeating: 0, count: d * d)
        var b = [Double](repeating: 0, count: d)
        for (row, target) in zip(rows, targets) {
            for i in 0..<d {
                b[i] += row[i] * target
                for j in 0...i { a[i * d + j] += row[i] * row[j] }
            }
        }
        for i in 0..<d { a[i * d + i] += penalty }
        for i in 0..<d {
            for j in 0...i {
                var sum = a[i * d + j]
                for k in 0..<j { sum -= a[i * d + k] * a[j * d + k] }
                a[i * d + j] = i == j ? sum.squareRoot() : sum / a[j * d + j]
            }
        }
        for i in 0..<d {
            for k in 0..<i { b[i] -= a[i * d + k] * b[k] }
            b[i] /= a[i * d + i]
        }
        for i in stride(from: d - 1, through: 0, by: -1) {
            for k in (i + 1)..<max(d, i + 1) { b[i] -= a[k * d + i] * b[k] }
            b[i] /= a[i * d + i]
        }
        weights = b
    }

    func predict(_ row: [Double]) -> Double { zip(weights, row).reduce(0) { $0 + $1.0 * $1.1 } }

    static func correlation(_ x: [Double], _ y: [Double]) -> Double {
        let n = Double(x.count)
        let mx = x.reduce(0, +) / n
        let my = y.reduce(0, +) / n
        var (sxy, sxx, syy) = (0.0, 0.0, 0.0)
        for (a, b) in zip(x, y) {
            sxy += (a - mx) * (b - my)
            sxx += (a - mx) * (a - mx)
            syy += (b - my) * (b - my)
        }
        return sxy / (sxx * syy).squareRoot()
    }
}
