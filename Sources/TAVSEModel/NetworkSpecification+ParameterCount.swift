extension NetworkSpecification {
    /// Trainable values of the network, counted without making it; nil from 2⁵³ on.
    public var parameterCount: Int? {
        let count =
            audioParameters + Double(visualModalities.count) * fusionParametersPerCamera
            + visualModalities.reduce(0) { $0 + towerParameters(channels: Double($1.frameChannels ?? 1)) }
            + gateParameters
        return count < 0x1p53 ? Int(count) : nil
    }

    // Doubles hold whole numbers up to 2⁵³ exactly and never overflow.
    private var width: Double { Double(bottleneckWidth) }
    private var visual: Double { 2 * Double(gruHidden) }

    /// A linear map with bias.
    private func linear(_ inputs: Double, _ outputs: Double) -> Double { (inputs + 1) * outputs }

    private func attention(query: Double, key: Double, inner: Double) -> Double {
        linear(query, inner) + 2 * linear(key, inner) + linear(inner, query)
    }

    private var audioParameters: Double {
        let (d, f) = (width, Double(ffnDim))
        var count = Double(bottleneckRows) * d + 4 * d + attention(query: d, key: d, inner: d)
        count += linear(d, f) + linear(f, d)
        for level in channels.indices.dropFirst() {
            let (lower, upper) = (Double(channels[level - 1]), Double(channels[level]))
            let isTop = level == channels.count - 1
            count += linear(9 * lower, upper) + 2 * upper
            count += linear(9 * (isTop ? upper : 2 * upper), lower) + (level > 1 ? 2 * lower : 0)
        }
        return count
    }

    private func towerParameters(channels: Double) -> Double {
        let (w, h) = (Double(visualWidth), Double(gruHidden))
        var count = 49 * channels * w + 2 * w
        var inputs = w
        for (stage, outputs) in [w, 2 * w, 4 * w, 8 * w].enumerated() {
            count += 9 * inputs * outputs + 3 * 9 * outputs * outputs + 8 * outputs
            if stage > 0 { count += inputs * outputs + 2 * outputs }
            inputs = outputs
        }
        let layer = { (inputs: Double) in 2 * 3 * h * (inputs + h + 2) }
        return count + layer(inputs) + Double(gruLayers - 1) * layer(2 * h)
    }

    private var fusionParametersPerCamera: Double {
        switch fusion {
        case .crossAttention:
            2 * width + 2 * visual + attention(query: width, key: visual, inner: Double(fusionDim))
        case .concatMLP: linear(width + visual, width) + linear(width, width)
        case .film: linear(visual, 2 * width)
        }
    }

    private var gateParameters: Double {
        let cameras = Double(visualModalities.count)
        return linear(width * (1 + cameras), Double(gateGroups) * cameras)
    }
}
