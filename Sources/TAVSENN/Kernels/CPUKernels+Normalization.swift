extension CPUKernels {
    func layerNorm(
        _ x: Source, weight: Source, bias: Source, epsilon: Float, rows: Int, columns: Int,
        mean: Target, inverseDeviation: Target, _ y: Target
    ) {
        Parallel.chunks(rows, of: Self.rowBlock(columns)) { range in
            for row in range {
                let (line, out) = (x + row * columns, y + row * columns)
                let average = Float(Self.sum(line, columns) / Double(columns))
                var spread = 0.0
                for c in 0..<columns {
                    let d = Double(line[c] - average)
                    spread += d * d
                }
                let inverse = Float(1 / (spread / Double(columns) + Double(epsilon)).squareRoot())
                mean[row] = average
                inverseDeviation[row] = inverse
                for c in 0..<columns { out[c] = (line[c] - average) * inverse * weight[c] + bias[c] }
            }
        }
    }

    func layerNormGradient(
        _ x: Source, weight: Source, mean: Source, inverseDeviation: Source, _ dy: Source, rows: Int,
        columns: Int,
        _ dx: Target, dWeight: Target, dBias: Target
    ) {
        let block = min(Constants.sumRows, Self.rowBlock(columns))
        let blocks = max(1, (rows + block - 1) / block)
        Self.withScratch(2 * blocks * columns) { partial in
            let biases = partial + blocks * columns
            Parallel.chunks(rows, of: block) { range in
                let index = range.lowerBound / block
                let (weights, bias) = (partial + index * columns, biases + index * columns)
                for c in 0..<columns {
                    weights[c] = 0
                    bias[c] = 0
                }
                for row in range {
                    let start = row * columns
                    let (average, inverse) = (mean[row], inverseDeviation[row])
                    var (sum, product) = (0.0, 0.0)
                    for c in 0..<columns {
                        let normalized = (x[start + c] - average) * inverse
                        let g = dy[start + c] * weight[c]
                        weights[c] += dy[start + c] * normalized
                        bias[c] += dy[start + c]
                        sum += Double(g)
                        product += Double(g * normalized)
                    }
                    let a = Float(sum / Double(columns))
                    let b = Float(product / Double(columns))
                    for c in 0..<columns {
                        let normalized = (x[start + c] - average) * inverse
                        dx[start + c] = inverse * (dy[start + c] * weight[c] - a - normalized * b)
                    }
                }
            }
            let used = rows == 0 ? 0 : blocks
            Self.combine(partial, blocks: used, columns: columns, dWeight)
            Self.combine(biases, blocks: used, columns: columns, dBias)
        }
    }
}
