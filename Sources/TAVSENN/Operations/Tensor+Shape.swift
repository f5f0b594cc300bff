extension Tensor {
    /// The same elements under another shape; shares memory. One length may be −1 and is then worked out.
    public func reshaped(_ lengths: [Int]) -> Tensor {
        var target = lengths
        if let free = target.firstIndex(of: -1) {
            let rest = target.enumerated().reduce(1) { $1.offset == free ? $0 : $0 * $1.element }
            guard rest > 0, count % rest == 0 else {
                Contract.fail("reshape", "cannot make \(lengths) of \(label): \(count) elements")
            }
            target[free] = count / rest
        }
        guard target.allSatisfy({ $0 >= 0 }), target.reduce(1, *) == count else {
            Contract.fail("reshape", "cannot make \(lengths) of \(label): \(count) elements")
        }
        let original = shape
        return Tensor(shape: target, storage: storage, offset: offset).recorded("reshape", [self]) {
            gradient in
            [gradient.reshaped(original)]
        }
    }

    /// Axes in another order: axis `order[i]` becomes axis i. Backward: the inverse order.
    public func permuted(_ order: [Int]) -> Tensor {
        guard order.sorted() == Array(0..<rank) else {
            Contract.fail("permute", "needs each axis of \(label) once, got \(order)")
        }
        var strides = [Int](repeating: 1, count: rank)
        for axis in (0..<max(0, rank - 1)).reversed() { strides[axis] = strides[axis + 1] * shape[axis + 1] }
        let target = order.map { shape[$0] }
        let result = Tensor(uninitialized: target)
        if count > 0 {
            Device.kernels.permute(source, shape: target, strides: order.map { strides[$0] }, result.target)
        }
        var inverse = order
        for (place, axis) in order.enumerated() { inverse[axis] = place }
        return result.recorded("permute", [self]) { [$0.permuted(inverse)] }
    }

    /// Two axes exchanged.
    public func transposed(_ a: Int = -2, _ b: Int = -1) -> Tensor {
        var order = Array(0..<rank)
        order.swapAt(axis(a, "transpose"), axis(b, "transpose"))
        return permuted(order)
    }

    /// Elements `range` along one axis. A slice along the first axis shares memory. Backward: the gradient in its
    /// place, zero elsewhere.
    public func sliced(axis: Int, _ range: Range<Int>) -> Tensor {
        let axis = self.axis(axis, "slice")
        guard range.lowerBound >= 0, range.upperBound <= shape[axis] else {
            Contract.fail("slice", "takes \(range) along axis \(axis) of \(label)")
        }
        let outer = shape[..<axis].reduce(1, *)
        let inner = shape[(axis + 1)...].reduce(1, *)
        let (whole, part, start) = (shape[axis] * inner, range.count * inner, range.lowerBound * inner)
        var target = shape
        target[axis] = range.count
        let result: Tensor
        if outer == 1 {
            result = Tensor(shape: target, storage: storage, offset: offset + start)
        } else {
            result = Tensor(uninitialized: target)
            Device.kernels.copyBlocks(
                source + start, stride: whole, result.target, stride: part, length: part, count: outer)
        }
        let original = shape
        return result.recorded("slice", [self]) { gradient in
            let dx = Tensor.zeros(original)
            Device.kernels.copyBlocks(
                gradient.source, stride: part, dx.target + start, stride: whole, length: part, count: outer)
            return [dx]
        }
    }

    /// `count` equal parts along one axis.
    public func split(_ parts: Int, axis: Int) -> [Tensor] {
        let resolved = self.axis(axis, "split")
        guard parts > 0, shape[resolved] % parts == 0 else {
            Contract.fail("split", "cannot cut axis \(resolved) of \(label) into \(parts) equal parts")
        }
        let length = shape[resolved] / parts
        return (0..<parts).map { sliced(axis: resolved, $0 * length..<($0 + 1) * length) }
    }

    /// Tensors side by side along one axis; all other lengths are equal. Backward: each gets its slice.
    public static func concatenated(_ parts: [Tensor], axis: Int) -> Tensor {
        guard let first = parts.first else { Contract.fail("concatenate", "needs at least one tensor") }
        let axis = first.axis(axis, "concatenate")
        for part in parts.dropFirst() {
            var (a, b) = (first.shape, part.shape)
            if a.count == b.count { (a[axis], b[axis]) = (0, 0) }
            guard a == b else {
                Contract.fail(
                    "concatenate", "along axis \(axis) cannot join \(first.label) with \(part.label)")
            }
        }
        var target = first.shape
        target[axis] = parts.reduce(0) { $0 + $1.shape[axis] }
        let outer = target[..<axis].reduce(1, *)
        let inner = target[(axis + 1)...].reduce(1, *)
        let whole = target[axis] * inner
        let result = Tensor(uninitialized: target)
        var start = 0
        for part in parts {
            let length = part.shape[axis] * inner
            Device.kernels.copyBlocks(
                part.source, stride: length, result.target + start, stride: whole, length: length,
                count: outer)
            start += length
        }
        let lengths = parts.map { $0.shape[axis] }
        let wants = parts.map(\.wantsGradient)
        return result.recorded("concatenate", parts) { gradient in
            var from = 0
            return zip(lengths, wants).map { length, wanted in
                defer { from += length }
                return wanted ? gradient.sliced(axis: axis, from..<from + length) : nil
            }
        }
    }
}
