extension CPUKernels {
    func sum(_ plan: ReductionPlan, _ x: Source, _ y: Target) {
        let (outer, middle, inner) = (plan.outer, plan.middle, plan.inner)
        if inner == 1 {
            // Rows of contiguous elements, each to one sum.
            Parallel.chunks(outer, of: Self.rowBlock(middle)) { rows in
                for row in rows { y[row] = Float(Self.sum(x + row * middle, middle)) }
            }
            return
        }
        Parallel.run(outer) { index in
            columnSums(x + index * middle * inner, rows: middle, columns: inner, y + index * inner)
        }
    }

    /// Sum of contiguous elements: float lanes over short runs, runs added in double precision.
    static func sum(_ x: Source, _ count: Int) -> Double {
        var total = 0.0
        var start = 0
        while start < count {
            let end = min(start + 256, count)
            var lanes = SIMD8<Float>.zero
            var i = start
            while i + 8 <= end {
                lanes += UnsafeRawPointer(x + i).loadUnaligned(as: SIMD8<Float>.self)
                i += 8
            }
            var partial = lanes.sum()
            while i < end {
                partial += x[i]
                i += 1
            }
            total += Double(partial)
            start = end
        }
        return total
    }

    func columnSums(_ x: Source, rows: Int, columns: Int, _ y: Target) {
        let blocks = max(1, (rows + Constants.sumRows - 1) / Constants.sumRows)
        Self.withScratch(blocks * columns) { partial in
            Parallel.chunks(rows, of: Constants.sumRows) { range in
                let out = partial + (range.lowerBound / Constants.sumRows) * columns
                for c in 0..<columns { out[c] = 0 }
                for row in range {
                    let line = x + row * columns
                    for c in 0..<columns { out[c] += line[c] }
                }
            }
            Self.combine(partial, blocks: rows == 0 ? 0 : blocks, columns: columns, y)
        }
    }

    /// Adds partial sums in their order, in double precision.
    static func combine(_ partial: Source, blocks: Int, columns: Int, _ y: Target) {
        for c in 0..<columns {
            var total = 0.0
            for block in 0..<blocks { total += Double(partial[block * columns + c]) }
            y[c] = Float(total)
        }
    }

    func sumOfSquares(_ x: Source, count: Int) -> Double {
        let blocks = max(1, (count + Constants.elements - 1) / Constants.elements)
        var partial = [Double](repeating: 0, count: blocks)
        partial.withUnsafeMutableBufferPointer { partial in
            guard let partial = partial.baseAddress else { return }
            Parallel.chunks(count, of: Constants.elements) { range in
                var lanes = SIMD8<Double>.zero
                var i = range.lowerBound
                while i + 8 <= range.upperBound {
                    let v = SIMD8<Double>(UnsafeRawPointer(x + i).loadUnaligned(as: SIMD8<Float>.self))
                    lanes += v * v
                    i += 8
                }
                var total = lanes.sum()
                while i < range.upperBound {
                    total += Double(x[i]) * Double(x[i])
                    i += 1
                }
                partial[range.lowerBound / Constants.elements] = total
            }
        }
        return partial.reduce(0, +)
    }

    func isFinite(_ x: Source, count: Int) -> Bool {
        for i in 0..<count where !x[i].isFinite { return false }
        return true
    }

    /// Memory for the duration of a kernel.
    static func withScratch(_ count: Int, _ body: (Target) -> Void) {
        let scratch = Storage(count: count)
        withExtendedLifetime(scratch) { body(scratch.pointer) }
    }
}
