import TAVSEModel

/// Multiply-adds of one example's forward pass, counted from the sizes: convolutions, matrix products and attention.
/// Norms, activations and Fourier transforms are left out; together they are a few per cent.
public struct NetworkCost: Sendable, Equatable {
    /// Per part, in the order of the network: encoder, bottleneck, visual towers, fusion, decoder.
    public let parts: [(name: String, multiplyAdds: Int)]

    /// All parts together.
    public var total: Int { parts.reduce(0) { $0 + $1.multiplyAdds } }

    /// - Parameters:
    ///   - specification: every size.
    ///   - samples: of the noisy signal.
    ///   - frames: of each camera.
    ///   - side: pixels on each side of a frame.
    public init(_ specification: NetworkSpecification, samples: Int, frames: Int, side: Int) {
        let network = specification
        var sizes = [(rows: network.frequencyBins, columns: samples / network.hopLength + 1)]
        var encoder = 0
        for level in 1..<network.channels.count {
            let (rows, columns) = sizes[level - 1]
            sizes.append(((rows - 1) / 2 + 1, (columns - 1) / network.timeStrides[level - 1] + 1))
            encoder +=
                9 * network.channels[level - 1] * network.channels[level] * sizes[level].rows
                * sizes[level].columns
        }
        var decoder = 0
        for level in (1..<network.channels.count).reversed() {
            let inputs =
                level == network.channels.count - 1 ? network.channels[level] : 2 * network.channels[level]
            decoder += 9 * inputs * network.channels[level - 1] * sizes[level].rows * sizes[level].columns
        }
        let tokens = sizes[network.channels.count - 1].rows * sizes[network.channels.count - 1].columns
        let d = network.bottleneckWidth
        let selfAttention = 4 * tokens * d * d + 2 * tokens * tokens * d
        let bottleneck = selfAttention + 2 * tokens * d * network.ffnDim
        var parts = [("encoder", encoder), ("bottleneck", bottleneck)]
        for modality in network.visualModalities {
            let tower = Self.tower(network, channels: modality.frameChannels ?? 1, side: side)
            parts.append(("visual.\(modality.rawValue)", frames * tower))
        }
        if !network.visualModalities.isEmpty {
            parts.append(("fusion", Self.fusion(network, tokens: tokens, frames: frames)))
        }
        parts.append(("decoder", decoder))
        self.parts = parts.map { (name: $0.0, multiplyAdds: $0.1) }
    }

    /// One frame through ResNet-18 and the recurrent layers.
    private static func tower(_ network: NetworkSpecification, channels: Int, side: Int) -> Int {
        let width = network.visualWidth
        let stemSide = (side - 1) / network.stemStride + 1
        var total = 49 * channels * width * stemSide * stemSide
        var (inputs, size) = (width, (stemSide - 1) / 2 + 1)
        for (stage, outputs) in [width, 2 * width, 4 * width, 8 * width].enumerated() {
            if stage > 0 { size = (size - 1) / 2 + 1 }
            let pixels = size * size
            total += 9 * (inputs * outputs + 3 * outputs * outputs) * pixels
            if stage > 0 { total += inputs * outputs * pixels }
            inputs = outputs
        }
        let hidden = network.gruHidden
        for layer in 0..<network.gruLayers {
            let features = layer == 0 ? inputs : 2 * hidden
            total += 2 * 3 * hidden * (features + hidden)
        }
        return total
    }

    private static func fusion(_ network: NetworkSpecification, tokens: Int, frames: Int) -> Int {
        let (d, v, inner) = (network.bottleneckWidth, network.visualFeatures, network.fusionDim)
        let source =
            switch network.fusion {
            case .crossAttention:
                2 * tokens * d * inner + 2 * frames * v * inner
                    + 2 * tokens * framesSeen(network, of: frames) * inner
            case .concatMLP: tokens * (d + v) * d + tokens * d * d
            case .film: tokens * v * 2 * d
            }
        let cameras = network.visualModalities.count
        return cameras * source + tokens * d * (1 + cameras) * network.gateGroups * cameras
    }

    /// Frames that a token attends to, on average.
    private static func framesSeen(_ network: NetworkSpecification, of frames: Int) -> Int {
        guard let window = network.fusionWindow else { return frames }
        return Int(min(Double(frames), max(1, 2 * window * network.fps)).rounded(.up))
    }

    /// Equal parts.
    public static func == (a: NetworkCost, b: NetworkCost) -> Bool {
        a.parts.elementsEqual(b.parts) { $0 == $1 }
    }
}
