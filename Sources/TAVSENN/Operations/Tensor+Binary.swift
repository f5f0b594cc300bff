/// Functions of two numbers, applied with broadcasting.
enum BinaryOperation: String {
    case add
    case subtract
    case multiply
    case divide
}

/// How two tensors are walked together: axes are aligned from the last, an axis of length 1 (or a missing one)
/// repeats, and neighbouring axes that can be walked as one are merged.
struct BroadcastPlan {
    let shape: [Int]
    let outerShape: [Int]
    let outerStridesA: [Int]
    let outerStridesB: [Int]
    let innerLength: Int
    let innerStrideA: Int
    let innerStrideB: Int

    var outerCount: Int { outerShape.reduce(1, *) }

    /// nil when the shapes do not fit each other.
    init?(_ a: [Int], _ b: [Int]) {
        guard let shape = BroadcastPlan.shape(a, b) else { return nil }
        self.shape = shape
        let stridesA = BroadcastPlan.strides(a, in: shape)
        let stridesB = BroadcastPlan.strides(b, in: shape)
        var (lengths, walkA, walkB) = ([Int](), [Int](), [Int]())
        for axis in shape.indices where shape[axis] != 1 {
            if let last = lengths.indices.last, walkA[last] == stridesA[axis] * shape[axis],
                walkB[last] == stridesB[axis] * shape[axis]
            {
                lengths[last] *= shape[axis]
                walkA[last] = stridesA[axis]
                walkB[last] = stridesB[axis]
            } else {
                lengths.append(shape[axis])
                walkA.append(stridesA[axis])
                walkB.append(stridesB[axis])
            }
        }
        innerLength = lengths.popLast() ?? 1
        innerStrideA = walkA.popLast() ?? 1
        innerStrideB = walkB.popLast() ?? 1
        (outerShape, outerStridesA, outerStridesB) = (lengths, walkA, walkB)
    }

    /// The common shape, or nil.
    static func shape(_ a: [Int], _ b: [Int]) -> [Int]? {
        let rank = max(a.count, b.count)
        var shape = [Int](repeating: 1, count: rank)
        for axis in 0..<rank {
            let x = axis < rank - a.count ? 1 : a[axis - (rank - a.count)]
            let y = axis < rank - b.count ? 1 : b[axis - (rank - b.count)]
            guard x == y || x == 1 || y == 1 else { return nil }
            shape[axis] = x == 1 ? y : x
        }
        return shape
    }

    /// Strides of a tensor inside a broadcast shape: 0 where it repeats.
    private static func strides(_ own: [Int], in shape: [Int]) -> [Int] {
        var strides = [Int](repeating: 0, count: shape.count)
        var step = 1
        for axis in own.indices.reversed() {
            let place = axis + shape.count - own.count
            strides[place] = own[axis] == 1 ? 0 : step
            step *= own[axis]
        }
        return strides
    }

    /// Calls `body` with row number and the offsets of both operands for the outer rows in `range`.
    func forEachRow(_ range: Range<Int>, _ body: (Int, Int, Int) -> Void) {
        var index = [Int](repeating: 0, count: outerShape.count)
        var remainder = range.lowerBound
        for axis in outerShape.indices.reversed() {
            index[axis] = remainder % outerShape[axis]
            remainder /= outerShape[axis]
        }
        for row in range {
            var (a, b) = (0, 0)
            for axis in outerShape.indices {
                a += index[axis] * outerStridesA[axis]
                b += index[axis] * outerStridesB[axis]
            }
            body(row, a, b)
            for axis in outerShape.indices.reversed() {
                index[axis] += 1
                if index[axis] < outerShape[axis] { break }
                index[axis] = 0
            }
        }
    }
}

extension Tensor {
    private static func combine(_ operation: BinaryOperation, _ a: Tensor, _ b: Tensor) -> Tensor {
        guard let plan = BroadcastPlan(a.shape, b.shape) else {
            Contract.fail(operation.rawValue, "cannot broadcast \(a.label) with \(b.label)")
        }
        let result = Tensor(uninitialized: plan.shape)
        if result.count > 0 { Device.kernels.binary(operation, plan, a.source, b.source, result.target) }
        return result
    }

    /// Element-wise sum; axes of length 1 and missing leading axes repeat. Backward: both get the gradient, summed
    /// over the axes they repeated.
    public static func + (a: Tensor, b: Tensor) -> Tensor {
        let (shapeA, shapeB) = (a.shape, b.shape)
        return combine(.add, a, b).recorded("add", [a, b]) {
            [wantsA = a.wantsGradient, wantsB = b.wantsGradient] g in
            [wantsA ? g.summed(to: shapeA) : nil, wantsB ? g.summed(to: shapeB) : nil]
        }
    }

    /// Element-wise difference, broadcast as `+`.
    public static func - (a: Tensor, b: Tensor) -> Tensor {
        let (shapeA, shapeB) = (a.shape, b.shape)
        return combine(.subtract, a, b).recorded("subtract", [a, b]) {
            [wantsA = a.wantsGradient, wantsB = b.wantsGradient] g in
            [wantsA ? g.summed(to: shapeA) : nil, wantsB ? (-g).summed(to: shapeB) : nil]
        }
    }

    /// Element-wise product, broadcast as `+`. Backward: each gets the gradient times the other.
    public static func * (a: Tensor, b: Tensor) -> Tensor {
        let result = combine(.multiply, a, b)
        guard isRecording(a, b) else { return result.recorded("multiply", [a, b]) { _ in [nil, nil] } }
        let savedA = b.wantsGradient ? Saved(a) : nil
        let savedB = a.wantsGradient ? Saved(b) : nil
        let (shapeA, shapeB) = (a.shape, b.shape)
        return result.recorded("multiply", [a, b]) { g in
            [
                savedB.map { combine(.multiply, g, $0.restored()).summed(to: shapeA) },
                savedA.map { combine(.multiply, g, $0.restored()).summed(to: shapeB) },
            ]
        }
    }

    /// Element-wise quotient, broadcast as `+`. Backward: da = g / b, db = −g · (a / b) / b.
    public static func / (a: Tensor, b: Tensor) -> Tensor {
        let result = combine(.divide, a, b)
        guard isRecording(a, b) else { return result.recorded("divide", [a, b]) { _ in [nil, nil] } }
        let savedQuotient = b.wantsGradient ? Saved(result) : nil
        let savedB = Saved(b)
        let (shapeA, shapeB, wantsA) = (a.shape, b.shape, a.wantsGradient)
        return result.recorded("divide", [a, b]) { g in
            let part = combine(.divide, g, savedB.restored())
            return [
                wantsA ? part.summed(to: shapeA) : nil,
                savedQuotient.map { (-combine(.multiply, part, $0.restored())).summed(to: shapeB) },
            ]
        }
    }

    /// −x.
    public static prefix func - (x: Tensor) -> Tensor { x * -1 }

    /// Sums over the axes that `shape` lacks or has length 1 in: the adjoint of broadcasting.
    func summed(to target: [Int]) -> Tensor {
        if shape == target { return detached }
        var result = detached
        let extra = rank - target.count
        if extra > 0 { result = result.reduced(0..<extra, keepingAxes: false) }
        var axis = 0
        while axis < target.count {
            guard target[axis] == 1, result.shape[axis] != 1 else {
                axis += 1
                continue
            }
            var end = axis + 1
            while end < target.count, target[end] == 1 { end += 1 }
            result = result.reduced(axis..<end, keepingAxes: true)
            axis = end
        }
        return result
    }
}
