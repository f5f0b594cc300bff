import NetworkReference
import TAVSENN
import Testing

/// Oracle: reference, values and gradients in float64 by an independent implementation. Tolerances are those that
/// float32 rounding explains, relative to the largest magnitude of the tensor: 2e-5, and 2e-4 for convolutions, which
/// may be computed through a transform.
@Suite("Layers against the reference")
struct LayerReferenceTests {
    static let exact = 2e-5
    static let transformed = 2e-4

    /// Runs a layer under a tape, feeds `grad.out` back and compares everything the case holds.
    func check(
        _ c: ReferenceCase, inputs: [String] = ["x"], tolerance: Double = exact, images: Bool = false,
        _ layer: ([Tensor], Parameters) throws -> Tensor
    ) throws {
        let x = try inputs.map { name in
            let value = try c.tensor("in.\(name)")
            return (images && value.rank == 4 ? value.channelsLast : value).tracked()
        }
        let parameters = try Parameters(c)
        let tape = Tape()
        let y = try tape.record { try layer(x, parameters) }
        let asReference = { (t: Tensor) in images && t.rank == 4 ? t.channelsFirst : t }
        let outError = asReference(y).error(from: try c.tensor("out"))
        #expect(outError < tolerance, "\(c.name) out")
        let incoming = try c.tensor("grad.out")
        tape.backward(from: y, gradient: images && incoming.rank == 4 ? incoming.channelsLast : incoming)
        for (name, x) in zip(inputs, x) {
            guard let expected = try c.optional("grad.in.\(name)") else { continue }
            let gradient = try #require(x.gradient, "\(c.name) has no gradient of \(name)")
            #expect(asReference(gradient).error(from: expected) < tolerance, "\(c.name) grad.in.\(name)")
        }
        // A gradient that vanishes in exact arithmetic (a key bias shifts all scores of a query alike) is rounding
        // only: it is measured against a hundredth of the case's largest parameter gradient.
        let expected = try parameters.tensors.keys.sorted().map { ($0, try c.tensor("grad.param.\($0)")) }
        let floor = 0.01 * (expected.map { $0.1.largest }.max() ?? 0)
        for (name, expected) in expected {
            let gradient = try #require(try parameters(name).gradient, "\(c.name) has no gradient of \(name)")
            #expect(gradient.error(from: expected, floor: floor) < tolerance, "\(c.name) grad.param.\(name)")
        }
    }

    /// The parameters of a case as tracked tensors.
    struct Parameters {
        private(set) var tensors: [String: Tensor] = [:]

        init(_ c: ReferenceCase) throws {
            for name in c.file.names where name.hasPrefix("param.") {
                tensors[String(name.dropFirst("param.".count))] = try c.tensor(name).tracked()
            }
        }

        func callAsFunction(_ name: String) throws -> Tensor { try #require(tensors[name]) }
        func optional(_ name: String) -> Tensor? { tensors[name] }
    }

    @Test("convolution", arguments: try ReferenceCase.all("conv2d"))
    func convolution(_ c: ReferenceCase) throws {
        let (stride, padding) = (try c.pair("stride"), try c.pair("padding"))
        try check(c, tolerance: Self.transformed, images: true) { x, p in
            x[0].convolution(
                weight: try p("weight"), bias: p.optional("bias"), stride: stride, padding: padding)
        }
    }

    @Test(
        "transposed convolution to the size asked for", arguments: try ReferenceCase.all("conv_transpose2d"))
    func transposedConvolution(_ c: ReferenceCase) throws {
        let out = try #require(c.file.shape(of: "out"))
        let (stride, padding) = (try c.pair("stride", default: 2), try c.pair("padding", default: 1))
        try check(c, tolerance: Self.transformed, images: true) { x, p in
            x[0].transposedConvolution(
                weight: try p("weight"), bias: p.optional("bias"), stride: stride, padding: padding,
                outputSize: (out[2], out[3]))
        }
    }

    @Test("batch norm in training and evaluation", arguments: try ReferenceCase.all("batch_norm"))
    func batchNorm(_ c: ReferenceCase) throws {
        let x = try c.tensor("in.x").channelsLast.tracked()
        let state = NetworkState(seed: 1)
        let layer = BatchNorm(state.root, channels: x.shape[3])
        layer.weight.assign(try c.tensor("param.weight"))
        layer.bias.assign(try c.tensor("param.bias"))
        layer.runningMean.assign(try c.tensor("running_mean.before"))
        layer.runningVariance.assign(try c.tensor("running_var.before"))
        let evaluated = state.with(mode: .evaluation) { layer(x.detached) }
        #expect(evaluated.channelsFirst.error(from: try c.tensor("out.eval")) < Self.exact)
        let tape = Tape()
        let y = tape.record { layer(x) }
        #expect(y.channelsFirst.error(from: try c.tensor("out")) < Self.exact)
        tape.backward(from: y, gradient: try c.tensor("grad.out").channelsLast)
        let dx = try #require(x.gradient)
        // With two rows the exact gradient almost vanishes: what is left is rounding of terms the size of γ·dy/σ.
        let floor = try layer.weight.value.largest * c.tensor("grad.out").largest / x.values.deviation
        #expect(dx.channelsFirst.error(from: try c.tensor("grad.in.x"), floor: floor) < Self.exact)
        let (dw, db) = (try #require(layer.weight.gradient), try #require(layer.bias.gradient))
        #expect(dw.error(from: try c.tensor("grad.param.weight")) < Self.exact)
        #expect(db.error(from: try c.tensor("grad.param.bias")) < Self.exact)
        #expect(layer.runningMean.value.error(from: try c.tensor("running_mean.after")) < Self.exact)
        #expect(layer.runningVariance.value.error(from: try c.tensor("running_var.after")) < Self.exact)
        #expect(layer.batchesTracked.value == 1)
    }

    @Test("linear", arguments: try ReferenceCase.all("linear"))
    func linear(_ c: ReferenceCase) throws {
        try check(c) { x, p in x[0].linear(weight: try p("weight"), bias: p.optional("bias")) }
    }

    @Test("layer norm", arguments: try ReferenceCase.all("layer_norm"))
    func layerNorm(_ c: ReferenceCase) throws {
        try check(c) { x, p in x[0].layerNormalized(weight: try p("weight"), bias: try p("bias")) }
    }

    @Test("GELU", arguments: try ReferenceCase.all("gelu"))
    func gelu(_ c: ReferenceCase) throws { try check(c) { x, _ in x[0].gelu() } }

    @Test("LeakyReLU", arguments: try ReferenceCase.all("leaky_relu"))
    func leakyReLU(_ c: ReferenceCase) throws { try check(c) { x, _ in x[0].leakyReLU(slope: 0.2) } }

    @Test("sigmoid", arguments: try ReferenceCase.all("sigmoid"))
    func sigmoid(_ c: ReferenceCase) throws { try check(c) { x, _ in x[0].sigmoid() } }

    @Test("max pool", arguments: try ReferenceCase.all("max_pool2d"))
    func maxPool(_ c: ReferenceCase) throws {
        try check(c, images: true) { x, _ in x[0].maxPooled(kernel: 3, stride: 2, padding: 1) }
    }

    @Test("global average pool", arguments: try ReferenceCase.all("global_avg_pool"))
    func globalAveragePool(_ c: ReferenceCase) throws {
        try check(c, images: true) { x, _ in x[0].globalAveragePooled() }
    }

    @Test("bidirectional GRU", arguments: try ReferenceCase.all("gru"))
    func gru(_ c: ReferenceCase) throws {
        let layers = try c.integer("layers")
        try check(c) { x, p in
            try (0..<layers).reduce(x[0]) { x, layer in
                x.gru(
                    try ["l\(layer)", "l\(layer)_reverse"].map { suffix in
                        GRUWeights(
                            input: try p("weight_ih_\(suffix)"), hidden: try p("weight_hh_\(suffix)"),
                            inputBias: try p("bias_ih_\(suffix)"), hiddenBias: try p("bias_hh_\(suffix)"))
                    })
            }
        }
    }

    @Test("multi-head attention", arguments: try ReferenceCase.all("attention"))
    func attention(_ c: ReferenceCase) throws {
        let heads = try c.integer("heads")
        try check(c, inputs: ["q", "kv"]) { x, p in
            let project = { (x: Tensor, name: String) throws in
                x.linear(weight: try p("\(name).weight"), bias: p.optional("\(name).bias"))
            }
            let mixed = Tensor.attention(
                queries: try project(x[0], "query"), keys: try project(x[1], "key"),
                values: try project(x[1], "value"), heads: heads)
            return try project(mixed, "out")
        }
    }

    /// Updates are compared, not only values, so that a step of the wrong size cannot hide behind the parameter.
    @Test("AdamW after clipping the gradient norm to 5", arguments: try ReferenceCase.all("adamw"))
    func adamW(_ c: ReferenceCase) throws {
        let start = try c.tensor("param")
        let (grads, after) = (try c.tensor("grads"), try c.tensor("params.after"))
        let rate = try #require(c.file.metadata["lr"].flatMap(Double.init))
        let state = NetworkState(seed: 1)
        let parameter = state.root.parameter("p", start.shape, .constant(0))
        parameter.assign(start)
        let optimizer = AdamW(state.parameters)
        for step in 0..<grads.shape[0] {
            parameter.gradient = grads.sliced(axis: 0, step..<step + 1).reshaped(start.shape)
            let scale = GradientNorm.clipScale(norm: GradientNorm.norm(state.parameters), maximum: 5)
            optimizer.step(learningRate: rate, gradientScale: scale)
            let expected = after.sliced(axis: 0, step..<step + 1).reshaped(start.shape)
            #expect(parameter.value.error(from: expected) < 1e-6)
            // Half a unit in the last place of the parameter per step, against steps of about the learning rate.
            let moved = (parameter.value - start).detached
            #expect(moved.error(from: (expected - start).detached) < 1e-3)
        }
    }
}

extension [Float] {
    /// Standard deviation of all values.
    fileprivate var deviation: Double {
        let mean = reduce(0.0) { $0 + Double($1) } / Double(count)
        return (reduce(0.0) { $0 + (Double($1) - mean) * (Double($1) - mean) } / Double(count)).squareRoot()
    }
}
