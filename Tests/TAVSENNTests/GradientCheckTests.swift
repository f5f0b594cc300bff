import NetworkReference
import TAVSENN
import Testing

/// Oracle: property. Every operation's gradient against central differences of the operation itself.
///
/// In float32 with step h the difference quotient is good to about rounding/h + h²: 1e-2 of the largest gradient covers
/// both with h = 1e-2 on values of size 1.
@Suite("Gradients against central differences")
struct GradientCheckTests {
    /// Numbers of size about 1, none nearer to zero than 0.1, so that no step crosses a kink.
    static func values(_ shape: [Int], _ seed: UInt64) -> Tensor {
        let key = CounterRandom.key(seed: seed, name: "gradient check")
        return Tensor(shape) { values in
            for i in values.indices {
                let u = CounterRandom.uniform(key: key, index: UInt64(i))
                values[i] = u < 0.5 ? -0.1 - 2 * u : 0.1 + 2 * (u - 0.5)
            }
        }
    }

    func check(
        _ shapes: [[Int]], step: Float = 1e-2, tolerance: Double = 1e-2, _ f: @escaping ([Tensor]) -> Tensor,
        positive: Bool = false, sourceLocation: SourceLocation = #_sourceLocation
    ) throws {
        let inputs = shapes.enumerated().map { index, shape in
            let x = Self.values(shape, UInt64(index + 1))
            return positive ? (x.squared() + 0.5).detached : x
        }
        let weights = Self.values(f(inputs).shape, 77)
        let loss = { (x: [Tensor]) in (f(x) * weights).sum() }
        let tape = Tape()
        let tracked = inputs.map { $0.tracked() }
        tape.backward(from: tape.record { loss(tracked) })
        for (index, x) in inputs.enumerated() {
            let gradient = try #require(tracked[index].gradient, sourceLocation: sourceLocation)
            let numeric = Tensor(x.shape) { target in
                for i in target.indices {
                    let moved = [step, -step].map { h -> Float in
                        var values = x.values
                        values[i] += h
                        var all = inputs
                        all[index] = Tensor(x.shape, values: values)
                        return loss(all).item
                    }
                    target[i] = (moved[0] - moved[1]) / (2 * step)
                }
            }
            #expect(
                gradient.error(from: numeric) < tolerance, "input \(index)", sourceLocation: sourceLocation)
        }
    }

    @Test("functions of one number")
    func unary() throws {
        let functions: [(Tensor) -> Tensor] = [
            { $0.relu() }, { $0.leakyReLU(slope: 0.2) }, { $0.sigmoid() }, { $0.tanh() }, { $0.gelu() },
            { $0.exp() },
            { $0.squared() }, { $0.magnitude() }, { -$0 },
        ]
        for f in functions { try check([[3, 5]]) { f($0[0]) } }
        for f in [{ $0.log() }, { $0.squareRoot() }, { $0.power(0.3) }] as [(Tensor) -> Tensor] {
            try check([[3, 5]], { f($0[0]) }, positive: true)
        }
    }

    @Test("sums, products and quotients with repeated axes")
    func binary() throws {
        for (a, b) in [
            ([2, 3, 4], [2, 3, 4]), ([2, 3, 4], [4]), ([2, 3, 4], [3, 1]), ([2, 1, 4], [3, 1]), ([3], []),
        ] {
            try check([a, b]) { $0[0] + $0[1] }
            try check([a, b]) { $0[0] - $0[1] }
            try check([a, b]) { $0[0] * $0[1] }
            try check([a, b], { $0[0] / $0[1] }, positive: true)
        }
    }

    @Test("sums along axes and moving of elements")
    func shapes() throws {
        try check([[2, 3, 4]]) { $0[0].sum() }
        try check([[2, 3, 4]]) { $0[0].sum(axis: 1) }
        try check([[2, 3, 4]]) { $0[0].mean(axis: -1, keepingAxis: true) * $0[0] }
        try check([[2, 3, 4]]) { $0[0].permuted([2, 0, 1]) }
        try check([[2, 3, 4]]) { $0[0].reshaped([6, -1]).transposed() }
        try check([[2, 6, 2]]) { x in
            x[0].split(3, axis: 1).reversed().reduce(x[0].sliced(axis: 1, 1..<3)) { $0 * $1 }
        }
        try check([[2, 2], [2, 3]]) { Tensor.concatenated($0, axis: 1) }
        try check([[1, 2, 2, 2], [1, 2, 2, 3]]) { Tensor.concatenated($0, axis: -1).squared() }
        try check([[2, 4, 3]]) { $0[0].interpolated(at: [-1, 0.25, 1.4, 9], start: 0, step: 0.5) }
    }

    @Test("matrix products, linear maps and attention")
    func products() throws {
        try check([[2, 3, 4], [4, 5]]) { $0[0].multiplied(by: $0[1]) }
        try check([[2, 3, 4], [2, 4, 5]]) { $0[0].multiplied(by: $0[1]) }
        try check([[2, 3, 4], [5, 4], [5]]) { $0[0].linear(weight: $0[1], bias: $0[2]) }
        try check([[3, 5]]) { $0[0].softmax() }
        try check([[2, 3, 4], [2, 5, 4], [2, 5, 6]]) {
            Tensor.attention(queries: $0[0], keys: $0[1], values: $0[2], heads: 2)
        }
        // One key, two keys, keys that no query sees, ranges that serve two groups of queries.
        try check([[2, 6, 8], [2, 5, 8], [2, 5, 6]]) {
            Tensor.attention(
                queries: $0[0], keys: $0[1], values: $0[2], heads: 2,
                window: AttentionWindow([0..<1, 0..<2, 1..<4]))
        }
    }

    /// Closed form: scores of −∞ where a query does not see a key.
    @Test("a window equals attention with the other keys shut out", arguments: [3, 20])
    func window(_ width: Int) throws {
        let (q, k, v) = (
            Self.values([2, 6, width], 1), Self.values([2, 9, width], 2), Self.values([2, 9, 5], 3)
        )
        let ranges = [0..<2, 3..<4, 2..<9]
        let y = Tensor.attention(
            queries: q, keys: k, values: v, heads: 1, window: AttentionWindow(ranges))
        let shut = Tensor([6, 9]) { values in
            for i in values.indices { values[i] = ranges[i / 9 % 3].contains(i % 9) ? 0 : -1e30 }
        }
        let scores = q.multiplied(by: k.permuted([0, 2, 1])) / Tensor(Float(width).squareRoot())
        let expected = (scores + shut).softmax().multiplied(by: v)
        #expect(y.error(from: expected) < 2e-6)
        let all = Tensor.attention(queries: q, keys: k, values: v, heads: 1)
        let whole = Tensor.attention(
            queries: q, keys: k, values: v, heads: 1, window: AttentionWindow([0..<9]))
        #expect(whole.error(from: all) < 2e-6)
    }

    /// Property: rounding to bfloat16 moves products by about 2e-3; a processor without them computes as always.
    @Test("linear maps and attention in bfloat16 differ by rounding alone")
    func productPrecision() throws {
        let values = [Self.values([2, 70, 64], 1), Self.values([64, 64], 2), Self.values([2, 80, 64], 3)]
        let run = { (precision: ProductPrecision) throws -> [Tensor] in
            let inputs = values.map { $0.tracked() }
            let tape = Tape(options: Tape.Options(products: precision))
            let y = tape.record {
                Tensor.attention(
                    queries: inputs[0].linear(weight: inputs[1]), keys: inputs[2], values: inputs[2], heads: 1
                )
            }
            tape.backward(from: y, gradient: Self.values(y.shape, 5))
            return try [y] + inputs.map { try #require($0.gradient) }
        }
        let (exact, mixed) = (try run(.float32), try run(.bfloat16))
        for (a, b) in zip(mixed, exact) { #expect(a.error(from: b) < 3e-2) }
        let plain = { values[0].linear(weight: values[1]).values }
        #expect(try run(.bfloat16)[0].values == mixed[0].values && plain() == plain())
    }

    @Test("convolutions and pooling")
    func images() throws {
        try check([[2, 5, 4, 3], [2, 3, 3, 3], [2]]) {
            $0[0].convolution(weight: $0[1], bias: $0[2], stride: 2, padding: 1)
        }
        try check([[1, 4, 5, 2], [3, 2, 3, 3]]) { $0[0].convolution(weight: $0[1], stride: 1, padding: 1) }
        try check([[1, 3, 2, 3], [3, 2, 3, 3], [2]]) {
            $0[0].transposedConvolution(
                weight: $0[1], bias: $0[2], stride: 2, padding: 1, outputSize: (height: 6, width: 3))
        }
        for stride in [AxisPair(height: 2, width: 1), AxisPair(height: 1, width: 3)] {
            try check([[2, 5, 4, 3], [2, 3, 3, 3], [2]]) {
                $0[0].convolution(weight: $0[1], bias: $0[2], stride: stride, padding: 1)
            }
        }
        try check([[1, 5, 6, 2], [3, 2, 4, 3]]) {
            $0[0].convolution(
                weight: $0[1], stride: AxisPair(height: 2, width: 1), padding: AxisPair(height: 2, width: 0))
        }
        try check([[1, 3, 2, 3], [3, 2, 3, 3], [2]]) {
            $0[0].transposedConvolution(
                weight: $0[1], bias: $0[2], stride: AxisPair(height: 2, width: 1), padding: 1,
                outputSize: (height: 6, width: 2))
        }
        try check([[1, 5, 4, 2]]) { $0[0].globalAveragePooled() }
    }

    @Test("normalisations and recurrence")
    func layers() throws {
        try check([[4, 6], [6], [6]]) { $0[0].layerNormalized(weight: $0[1], bias: $0[2]) }
        try check([[2, 3, 2], [6, 2], [6, 2], [6], [6]]) {
            $0[0].gru([GRUWeights(input: $0[1], hidden: $0[2], inputBias: $0[3], hiddenBias: $0[4])])
        }
    }

    @Test(
        "batch norm with residual and activation, in training and evaluation",
        arguments: [Mode.training, .evaluation])
    func batchNorm(_ mode: Mode) throws {
        // A slope near 1, because normalised values cross the kink within a step; a wrong mask still shows.
        for activation in [Activation.none, .leakyReLU(slope: 0.95)] {
            let state = NetworkState(seed: 3)
            state.mode = mode
            let norm = BatchNorm(state.root, channels: 3)
            try check([[4, 2, 2, 3], [4, 2, 2, 3]]) { norm($0[0], activation: activation, residual: $0[1]) }
            try check([[4, 2, 2, 3]]) { norm($0[0], activation: activation) }
        }
    }
}
