import CTAVSEKernels

#if canImport(Glibc)
    import Glibc
#elseif canImport(Darwin)
    import Darwin
#endif

extension CPUKernels {
    func unary(_ operation: UnaryOperation, _ x: Source, _ y: Target, count: Int) {
        Parallel.chunks(count, of: Constants.elements) { range in
            @inline(__always) func each(_ f: (Float) -> Float) {
                for i in range { y[i] = f(x[i]) }
            }
            switch operation {
            case .relu: each { $0 > 0 ? $0 : ($0.isNaN ? $0 : 0) }
            case .leakyReLU(let slope): each { $0 > 0 ? $0 : slope * $0 }
            case .sigmoid: tavse_sigmoid(Int64(range.count), x + range.lowerBound, y + range.lowerBound)
            case .tanh: tavse_tanh(Int64(range.count), x + range.lowerBound, y + range.lowerBound)
            case .gelu: tavse_gelu(Int64(range.count), x + range.lowerBound, y + range.lowerBound)
            case .exp: tavse_exp(Int64(range.count), x + range.lowerBound, y + range.lowerBound)
            case .log: each { logf($0) }
            case .sqrt: each { $0.squareRoot() }
            case .square: each { $0 * $0 }
            case .abs: each { Swift.abs($0) }
            case .power(let exponent): each { powf($0, exponent) }
            }
        }
    }

    func unaryGradient(_ operation: UnaryOperation, saved s: Source, _ dy: Source, _ dx: Target, count: Int) {
        Parallel.chunks(count, of: Constants.elements) { range in
            @inline(__always) func each(_ f: (Float) -> Float) {
                for i in range { dx[i] = dy[i] * f(s[i]) }
            }
            switch operation {
            case .relu: each { $0 > 0 ? 1 : 0 }
            case .leakyReLU(let slope): each { $0 > 0 ? 1 : slope }
            case .sigmoid: each { $0 * (1 - $0) }
            case .tanh: each { 1 - $0 * $0 }
            case .gelu:
                let start = range.lowerBound
                tavse_gelu_backward(Int64(range.count), s + start, dy + start, dx + start, false)
            case .exp: each { $0 }
            case .log: each { 1 / $0 }
            case .sqrt: each { 0.5 / $0 }
            case .square: each { 2 * $0 }
            case .abs: each { $0 > 0 ? 1 : ($0 < 0 ? -1 : 0) }
            case .power(let exponent): each { exponent * powf($0, exponent - 1) }
            }
        }
    }

    func binary(_ operation: BinaryOperation, _ plan: BroadcastPlan, _ a: Source, _ b: Source, _ y: Target) {
        let (length, strideA, strideB) = (plan.innerLength, plan.innerStrideA, plan.innerStrideB)
        if plan.outerCount == 1 {
            Parallel.chunks(length, of: Constants.elements) { range in
                let start = range.lowerBound
                Self.binaryRow(
                    operation, a + start * strideA, strideA, b + start * strideB, strideB, y + start,
                    range.count)
            }
            return
        }
        Parallel.chunks(plan.outerCount, of: Self.rowBlock(length)) { rows in
            plan.forEachRow(rows) { row, offsetA, offsetB in
                Self.binaryRow(
                    operation, a + offsetA, strideA, b + offsetB, strideB, y + row * length, length)
            }
        }
    }

    private static func binaryRow(
        _ operation: BinaryOperation, _ a: Source, _ strideA: Int, _ b: Source, _ strideB: Int, _ y: Target,
        _ count: Int
    ) {
        @inline(__always) func each(_ f: (Float, Float) -> Float) {
            switch (strideA, strideB) {
            case (1, 1): for i in 0..<count { y[i] = f(a[i], b[i]) }
            case (1, 0):
                let b = b[0]
                for i in 0..<count { y[i] = f(a[i], b) }
            case (0, 1):
                let a = a[0]
                for i in 0..<count { y[i] = f(a, b[i]) }
            default: for i in 0..<count { y[i] = f(a[i * strideA], b[i * strideB]) }
            }
        }
        switch operation {
        case .add: each { $0 + $1 }
        case .subtract: each { $0 - $1 }
        case .multiply: each { $0 * $1 }
        case .divide: each { $0 / $1 }
        }
    }

    func add(_ a: Source, _ b: Source, _ y: Target, count: Int) {
        Parallel.chunks(count, of: Constants.elements) { range in
            for i in range { y[i] = a[i] + b[i] }
        }
    }

    func dropout(_ x: Source, _ y: Target, count: Int, key: UInt64, probability: Float) {
        let scale = 1 / (1 - probability)
        Parallel.chunks(count, of: Constants.elements) { range in
            for i in range {
                y[i] = CounterRandom.uniform(key: key, index: UInt64(i)) < probability ? 0 : x[i] * scale
            }
        }
    }

    func compress(_ x: Source, _ y: UnsafeMutablePointer<UInt16>, count: Int) {
        Parallel.chunks(count, of: Constants.elements) { range in
            tavse_bf16_pack(Int64(range.count), x + range.lowerBound, y + range.lowerBound)
        }
    }

    func expand(_ x: UnsafePointer<UInt16>, _ y: Target, count: Int) {
        Parallel.chunks(count, of: Constants.elements) { range in
            tavse_bf16_unpack(Int64(range.count), x + range.lowerBound, y + range.lowerBound)
        }
    }

    func adamW(
        _ s: AdamWStep, _ gradient: Source, _ value: Target, _ first: Target, _ second: Target, count: Int
    ) {
        let keep = 1 - s.learningRate * s.decay
        let (rest1, rest2) = (1 - s.beta1, 1 - s.beta2)
        let step = s.learningRate / s.correction1
        let root = 1 / s.correction2.squareRoot()
        Parallel.chunks(count, of: Constants.elements) { range in
            for i in range {
                let g = gradient[i] * s.gradientScale
                let m = s.beta1 * first[i] + rest1 * g
                let v = s.beta2 * second[i] + rest2 * g * g
                first[i] = m
                second[i] = v
                value[i] = value[i] * keep - step * m / (v.squareRoot() * root + s.epsilon)
            }
        }
    }
}

/// bfloat16, the upper half of a float32.
enum BFloat16 {
    @inline(__always)
    static func value(_ bits: UInt16) -> Float { Float(bitPattern: UInt32(bits) << 16) }
}
