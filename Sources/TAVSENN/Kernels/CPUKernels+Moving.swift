extension CPUKernels {
    func copyBlocks(_ x: Source, stride: Int, _ y: Target, stride targetStride: Int, length: Int, count: Int)
    {
        Parallel.chunks(count, of: Self.rowBlock(length)) { range in
            for block in range { (y + block * targetStride).update(from: x + block * stride, count: length) }
        }
    }

    /// y[i₀, i₁, …] = x[Σ iₐ · strides[a]], y contiguous.
    func permute(_ x: Source, shape: [Int], strides: [Int], _ y: Target) {
        guard let length = shape.last, let step = strides.last else {
            y[0] = x[0]
            return
        }
        let outer = Array(shape.dropLast())
        let rows = outer.reduce(1, *)
        Parallel.chunks(rows, of: Self.rowBlock(length)) { range in
            var index = [Int](repeating: 0, count: outer.count)
            var remainder = range.lowerBound
            for axis in outer.indices.reversed() {
                index[axis] = remainder % outer[axis]
                remainder /= outer[axis]
            }
            for row in range {
                var offset = 0
                for axis in outer.indices { offset += index[axis] * strides[axis] }
                let (from, to) = (x + offset, y + row * length)
                for k in 0..<length { to[k] = from[k * step] }
                for axis in outer.indices.reversed() {
                    index[axis] += 1
                    if index[axis] < outer[axis] { break }
                    index[axis] = 0
                }
            }
        }
    }

    func interpolate(_ x: Source, _ grid: InterpolationGrid, batch: Int, width: Int, _ y: Target) {
        Parallel.run(batch) { b in
            for (l, point) in grid.points.enumerated() {
                let low = x + (b * grid.length + point.low) * width
                let high = x + (b * grid.length + point.high) * width
                let out = y + (b * grid.points.count + l) * width
                let (a, rest) = (point.weight, 1 - point.weight)
                for c in 0..<width { out[c] = low[c] * rest + high[c] * a }
            }
        }
    }

    func interpolateGradient(_ dy: Source, _ grid: InterpolationGrid, batch: Int, width: Int, _ dx: Target) {
        Parallel.run(batch) { b in
            let image = dx + b * grid.length * width
            for k in 0..<grid.length * width { image[k] = 0 }
            for (l, point) in grid.points.enumerated() {
                let gradient = dy + (b * grid.points.count + l) * width
                let (low, high) = (image + point.low * width, image + point.high * width)
                let (a, rest) = (point.weight, 1 - point.weight)
                for c in 0..<width { low[c] += gradient[c] * rest }
                for c in 0..<width { high[c] += gradient[c] * a }
            }
        }
    }
}
