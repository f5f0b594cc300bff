import CTAVSEKernels

extension CPUKernels {
    func evaluate(_ x: Operand, _ y: Target) {
        Self.withSources(x) { sources, count in
            Self.withSink(y, bias: nil, nil) { sink in tavse_map(sources, count, Int64(x.pixels), sink, nil) }
        }
    }

    func statistics(_ x: Operand) -> ChannelStatistics {
        let statistics = ChannelStatistics(channels: x.channels)
        Self.withScratch(x.pixels * x.channels) { values in
            Self.withScratch(bytes: tavse_map_workspace(Int64(x.pixels), Int32(x.channels))) { workspace in
                Self.withSources(x) { sources, count in
                    Self.withSink(values, bias: nil, statistics) { sink in
                        tavse_map(sources, count, Int64(x.pixels), sink, workspace)
                    }
                }
            }
        }
        return statistics
    }

    func end(_ gradient: Source, _ ending: GradientEnding, _ g: Target) {
        let channels = ending.scale.count
        let pixels = Int64(ending.z.count / max(1, channels))
        var source = tavse_source()
        source.values = gradient
        source.channels = Int32(channels)
        source.slope = 1
        Self.withScratch(bytes: tavse_map_workspace(pixels, Int32(channels))) { workspace in
            Self.withSink(g, ending) { sink in tavse_map(&source, 1, pixels, sink, workspace) }
        }
    }

    /// Calls `body` with the parts as the kernels' sources; nil for no operand.
    static func withSources(_ x: Operand?, _ body: (UnsafePointer<tavse_source>?, Int32) -> Void) {
        guard let x else {
            body(nil, 0)
            return
        }
        let sources = x.parts.map { part in
            var source = tavse_source()
            source.values = part.values.source
            source.channels = Int32(part.channels)
            source.slope = part.slope
            source.scale = part.scale.map(\.source)
            source.shift = part.shift.map(\.source)
            source.residual = part.residual.map(\.source)
            source.residual_scale = part.residualScale.map(\.source)
            source.residual_shift = part.residualShift.map(\.source)
            source.gradient = part.gradient.map(\.source)
            source.c1 = part.gradientScale.map(\.source)
            source.c2 = part.valueScale.map(\.source)
            source.c3 = part.constant.map(\.source)
            return source
        }
        withExtendedLifetime(x) {
            sources.withUnsafeBufferPointer { body($0.baseAddress, Int32($0.count)) }
        }
    }

    /// Calls `body` with a sink that writes `y` and, where wanted, gathers statistics.
    static func withSink(
        _ y: Target, bias: Source?, _ statistics: ChannelStatistics?,
        _ body: (UnsafePointer<tavse_sink>) -> Void
    ) {
        var sink = tavse_sink()
        sink.values = y
        sink.bias = bias
        sink.slope = 1
        guard let statistics else {
            body(&sink)
            return
        }
        statistics.fill { mean, squares in
            sink.mean = mean
            sink.m2 = squares
            body(&sink)
        }
    }

    /// Calls `body` with a sink that writes a gradient to `g`, through its ending where it has one.
    static func withSink(
        _ g: Target, _ ending: GradientEnding?, _ body: (UnsafePointer<tavse_sink>) -> Void
    ) {
        guard let ending else {
            withSink(g, bias: nil, nil, body)
            return
        }
        var sink = tavse_sink()
        sink.values = g
        sink.accumulate = ending.accumulates
        sink.slope = ending.slope
        sink.z = ending.z.source
        sink.scale = ending.scale.source
        sink.shift = ending.shift.source
        sink.output = ending.output.map(\.source)
        sink.center = ending.center.source
        withExtendedLifetime(ending) {
            ending.sums.fill { sum, product in
                sink.sum = sum
                sink.sum_z = product
                body(&sink)
            }
        }
    }

    /// Scratch memory counted in bytes.
    static func withScratch(bytes: Int64, _ body: (UnsafeMutableRawPointer) -> Void) {
        withScratch(Int(bytes) / MemoryLayout<Float>.stride + 1) { body(UnsafeMutableRawPointer($0)) }
    }
}
