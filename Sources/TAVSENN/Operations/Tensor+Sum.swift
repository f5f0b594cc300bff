/// A sum over consecutive axes: x is [outer, middle, inner], y is [outer, inner].
struct ReductionPlan {
    let outer: Int
    let middle: Int
    let inner: Int
}

extension Tensor {
    /// The sum over consecutive axes, without history.
    func reduced(_ axes: Range<Int>, keepingAxes: Bool) -> Tensor {
        let plan = ReductionPlan(
            outer: shape[..<axes.lowerBound].reduce(1, *), middle: shape[axes].reduce(1, *),
            inner: shape[axes.upperBound...].reduce(1, *))
        let kept = keepingAxes ? [Int](repeating: 1, count: axes.count) : []
        let result = Tensor(
            uninitialized: Array(shape[..<axes.lowerBound] + kept + shape[axes.upperBound...]))
        if result.count > 0 { Device.kernels.sum(plan, source, result.target) }
        return result
    }

    /// The sum over consecutive axes. Backward: every element gets its sum's gradient.
    private func sum(_ axes: Range<Int>, keepingAxes: Bool) -> Tensor {
        let original = shape
        return reduced(axes, keepingAxes: keepingAxes).recorded("sum", [self]) { gradient in
            var spread = gradient.shape
            if !keepingAxes {
                spread.insert(contentsOf: repeatElement(1, count: axes.count), at: axes.lowerBound)
            }
            return [Tensor(original, repeating: 0) + gradient.reshaped(spread)]
        }
    }

    /// Σ over all elements; shape `[]`.
    public func sum() -> Tensor { sum(0..<rank, keepingAxes: false) }

    /// Σ along one axis; a negative axis counts from the end.
    /// - Parameter keepingAxis: leaves the axis with length 1.
    public func sum(axis: Int, keepingAxis: Bool = false) -> Tensor {
        let axis = self.axis(axis, "sum")
        return sum(axis..<axis + 1, keepingAxes: keepingAxis)
    }

    /// The mean of all elements; shape `[]`.
    public func mean() -> Tensor { sum() * Tensor(1 / Float(max(1, count))) }

    /// The mean along one axis; a negative axis counts from the end.
    /// - Parameter keepingAxis: leaves the axis with length 1.
    public func mean(axis: Int, keepingAxis: Bool = false) -> Tensor {
        let length = shape[self.axis(axis, "mean")]
        return sum(axis: axis, keepingAxis: keepingAxis) * Tensor(1 / Float(max(1, length)))
    }
}
