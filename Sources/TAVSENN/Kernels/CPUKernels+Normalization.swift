// Goals in order: statistics that keep their digits when |mean| ≫ deviation, the same bits at any thread count,
// few passes over memory. Moments are taken per block of rows about the block's first row, and blocks are
// merged in double precision in their order (Chan, Golub & LeVeque, 1979).

extension CPUKernels {
    func channelMoments(_ x: Source, rows: Int, channels: Int, mean: Target, variance: Target) {
        let blocks = (rows + Constants.sumRows - 1) / Constants.sumRows
        Self.withScratch(2 * blocks * channels) { partial in
            Parallel.chunks(rows, of: Constants.sumRows) { range in
                let sum = partial + (range.lowerBound / Constants.sumRows) * 2 * channels
                let square = sum + channels
                let shift = x + range.lowerBound * channels
                for c in 0..<channels {
                    sum[c] = 0
                    square[c] = 0
                }
                for row in range {
                    let line = x + row * channels
                    for c in 0..<channels {
                        let d = line[c] - shift[c]
                        sum[c] += d
                        square[c] += d * d
                    }
                }
            }
            for c in 0..<channels {
                var (count, average, spread) = (0.0, 0.0, 0.0)
                for block in 0..<blocks {
                    let first = block * Constants.sumRows
                    let n = Double(min(rows, first + Constants.sumRows) - first)
                    let sum = Double(partial[block * 2 * channels + c])
                    let square = Double(partial[(block * 2 + 1) * channels + c])
                    let blockMean = Double(x[first * channels + c]) + sum / n
                    let blockSpread = square - sum * sum / n
                    let total = count + n
                    let difference = blockMean - average
                    average += difference * n / total
                    spread += blockSpread + difference * difference * count * n / total
                    count = total
                }
                mean[c] = Float(average)
                variance[c] = Float(max(0, spread / max(1, count)))
            }
        }
    }

    func channelAffine(
        _ x: Source, scale: Source, shift: Source, residual: Source?, _ activation: Activation, _ y: Target,
        rows: Int, channels: Int
    ) {
        let slope = activation.negativeSlope
        Parallel.chunks(rows, of: Self.rowBlock(channels)) { range in
            for row in range {
                let start = row * channels
                let (line, out) = (x + start, y + start)
                if let residual {
                    let added = residual + start
                    for c in 0..<channels {
                        let v = line[c] * scale[c] + shift[c] + added[c]
                        out[c] = v > 0 ? v : slope * v
                    }
                } else {
                    for c in 0..<channels {
                        let v = line[c] * scale[c] + shift[c]
                        out[c] = v > 0 ? v : slope * v
                    }
                }
            }
        }
    }

    func batchNormSums(_ p: BatchNormPass, sumGradient: Target, sumProduct: Target) {
        let (rows, channels, slope) = (p.rows, p.channels, p.activation.negativeSlope)
        let blocks = (rows + Constants.sumRows - 1) / Constants.sumRows
        Self.withScratch(2 * blocks * channels) { partial in
            let products = partial + blocks * channels
            Parallel.chunks(rows, of: Constants.sumRows) { range in
                let block = range.lowerBound / Constants.sumRows
                let (sum, product) = (partial + block * channels, products + block * channels)
                for c in 0..<channels {
                    sum[c] = 0
                    product[c] = 0
                }
                for row in range {
                    let start = row * channels
                    for c in 0..<channels {
                        let g = p.y[start + c] > 0 ? p.dy[start + c] : slope * p.dy[start + c]
                        sum[c] += g
                        product[c] += g * (p.x[start + c] - p.mean[c])
                    }
                }
            }
            Self.combine(partial, blocks: blocks, columns: channels, sumGradient)
            Self.combine(products, blocks: blocks, columns: channels, sumProduct)
            for c in 0..<channels { sumProduct[c] *= p.inverseDeviation[c] }
        }
    }

    func batchNormInputGradient(
        _ p: BatchNormPass, factor: Source, slope: Source, constant: Source, _ dx: Target, residual: Target?
    ) {
        let (channels, negative) = (p.channels, p.activation.negativeSlope)
        Parallel.chunks(p.rows, of: Self.rowBlock(channels)) { range in
            for row in range {
                let start = row * channels
                let (x, y, dy, out) = (p.x + start, p.y + start, p.dy + start, dx + start)
                if let residual {
                    let added = residual + start
                    for c in 0..<channels {
                        let g = y[c] > 0 ? dy[c] : negative * dy[c]
                        added[c] = g
                        out[c] = factor[c] * g + slope[c] * (x[c] - p.mean[c]) + constant[c]
                    }
                } else {
                    for c in 0..<channels {
                        let g = y[c] > 0 ? dy[c] : negative * dy[c]
                        out[c] = factor[c] * g + slope[c] * (x[c] - p.mean[c]) + constant[c]
                    }
                }
            }
        }
    }

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
