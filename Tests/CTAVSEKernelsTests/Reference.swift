import CTAVSEKernels

/// The kernels' definitions as plain loops in float64: the oracle of these tests.
enum Reference {
    private static func stride(_ stride: Int64, _ channels: Int) -> Int {
        stride == 0 ? channels : Int(stride)
    }

    static func activation(_ u: Double, _ slope: Double) -> Double { u > 0 ? u : slope * u }

    static func value(_ s: tavse_source, pixel p: Int, channel c: Int) -> Double {
        let channels = Int(s.channels)
        func at(_ x: UnsafePointer<Float>?, _ stride: Int64) -> Double {
            x.map { Double($0[p * Self.stride(stride, channels) + c]) } ?? 0
        }
        func coefficient(_ x: UnsafePointer<Float>?, _ other: Double) -> Double {
            x.map { Double($0[c]) } ?? other
        }
        let z = at(s.values, s.stride)
        let affine = coefficient(s.scale, 1) * z + coefficient(s.shift, 0)
        guard s.gradient != nil else {
            var u = affine
            if s.residual != nil {
                u +=
                    coefficient(s.residual_scale, 1) * at(s.residual, s.residual_stride)
                    + coefficient(s.residual_shift, 0)
            }
            return s.slope == 1 ? u : activation(u, Double(s.slope))
        }
        let mask = (s.output == nil ? affine : at(s.output, s.output_stride)) > 0 ? 1 : Double(s.slope)
        return coefficient(s.c1, 1) * mask * at(s.gradient, s.gradient_stride) + coefficient(s.c2, 0) * z
            + coefficient(s.c3, 0)
    }

    /// All pixels of sources side by side, `[pixels, channels]`.
    static func values(_ sources: [tavse_source], pixels: Int) -> [Double] {
        (0..<pixels).flatMap { p in
            sources.flatMap { s in (0..<Int(s.channels)).map { value(s, pixel: p, channel: $0) } }
        }
    }

    /// What a sink holds after `result` went through it, given what it held before.
    static func sink(_ k: tavse_sink, channels: Int, result: [Double], before: [Float]) -> [Double] {
        result.indices.map { i in
            let p = i / channels
            let c = i % channels
            var y = result[i] + (k.bias.map { Double($0[c]) } ?? 0)
            if k.accumulate { y += Double(before[p * stride(k.stride, channels) + c]) }
            if k.slope != 1 {
                var positive: Double?
                if let output = k.output {
                    positive = Double(output[p * stride(k.output_stride, channels) + c])
                } else if let z = k.z {
                    positive =
                        Double(z[p * stride(k.z_stride, channels) + c]) * (k.scale.map { Double($0[c]) } ?? 1)
                        + (k.shift.map { Double($0[c]) } ?? 0)
                }
                if let positive, positive <= 0 { y *= Double(k.slope) }
            }
            return y
        }
    }

    /// Calls `body(input pixel, output pixel, tap)` for every pair of pixels that a tap joins.
    static func eachTap(_ s: tavse_conv_shape, _ body: (Int, Int, Int) -> Void) {
        for b in 0..<Int(s.batch) {
            for i in 0..<Int(s.out_h) {
                for j in 0..<Int(s.out_w) {
                    for u in 0..<Int(s.kernel_h) {
                        for v in 0..<Int(s.kernel_w) {
                            let y = i * Int(s.stride_h) + u - Int(s.pad_h)
                            let x = j * Int(s.stride_w) + v - Int(s.pad_w)
                            guard y >= 0, x >= 0, y < s.in_h, x < s.in_w else { continue }
                            body(
                                (b * Int(s.in_h) + y) * Int(s.in_w) + x,
                                (b * Int(s.out_h) + i) * Int(s.out_w) + j,
                                u * Int(s.kernel_w) + v)
                        }
                    }
                }
            }
        }
    }

    static func convolution(_ s: tavse_conv_shape, x: [Double], w: [Float]) -> [Double] {
        let (c, n, taps) = (Int(s.in_channels), Int(s.out_channels), Int(s.kernel_h * s.kernel_w))
        var y = [Double](repeating: 0, count: Int(s.batch * s.out_h * s.out_w) * n)
        x.withUnsafeBufferPointer { x in
            w.withUnsafeBufferPointer { w in
                y.withUnsafeMutableBufferPointer { y in
                    eachTap(s) { input, output, tap in
                        for m in 0..<n {
                            var sum = 0.0
                            for k in 0..<c { sum += x[input * c + k] * Double(w[(m * c + k) * taps + tap]) }
                            y[output * n + m] += sum
                        }
                    }
                }
            }
        }
        return y
    }

    static func gradients(
        _ s: tavse_conv_shape, x: [Double], dy: [Double], w: [Float]
    ) -> (dx: [Double], dw: [Double], db: [Double]) {
        let (c, n, taps) = (Int(s.in_channels), Int(s.out_channels), Int(s.kernel_h * s.kernel_w))
        var dx = [Double](repeating: 0, count: x.count)
        var dw = [Double](repeating: 0, count: w.count)
        var db = [Double](repeating: 0, count: n)
        for (i, g) in dy.enumerated() { db[i % n] += g }
        dx.withUnsafeMutableBufferPointer { dx in
            dw.withUnsafeMutableBufferPointer { dw in
                eachTap(s) { input, output, tap in
                    for m in 0..<n {
                        let g = dy[output * n + m]
                        for k in 0..<c {
                            dx[input * c + k] += g * Double(w[(m * c + k) * taps + tap])
                            dw[(m * c + k) * taps + tap] += g * x[input * c + k]
                        }
                    }
                }
            }
        }
        return (dx, dw, db)
    }
}
