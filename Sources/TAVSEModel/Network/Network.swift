import TAVSENN

/// The audio U-Net with attention and gated visual fusion in its bottleneck.
///
///     |Y|^0.3 → 5 strided convolutions → tokens: self-attention, fusion, feed-forward → 5 transposed convolutions
///     with skips → sigmoid mask;   enhanced = iSTFT(mask · Y)
///
/// Every level halves frequency; along time the strides are those of the specification.
///
/// Parameter paths are those of the executable specification, so checkpoints exchange.
public final class Network: Sendable {
    /// Every size.
    public let specification: NetworkSpecification
    /// Parameters, buffers, mode and random streams.
    public let state: NetworkState
    /// The front end.
    public let stft: STFT

    private let encoder: [ConvNorm]
    private let bottleneck: Bottleneck
    private let visual: [Modality: VisualEncoder]
    private let decoder: [ConvTranspose2D]
    private let decoderNorms: [BatchNorm]

    private enum Constants {
        /// Slope of the encoder's LeakyReLU.
        static let slope: Float = 0.2
    }

    /// - Parameters:
    ///   - specification: every size.
    ///   - seed: of the initial weights and dropout.
    /// - Throws: `specification` for an impossible setting.
    public init(_ specification: NetworkSpecification, seed: UInt64 = 0) throws(ModelError) {
        try specification.validate()
        let state = NetworkState(seed: seed)
        let (root, channels) = (state.root, specification.channels)
        self.specification = specification
        self.state = state
        stft = STFT(specification)
        encoder = (1..<channels.count).map { level in
            ConvNorm(
                root / "encoder" / (level - 1), convolutionName: "0", normName: "1",
                inputs: channels[level - 1],
                outputs: channels[level], kernel: 3, stride: specification.stride(level: level), padding: 1,
                bias: true)
        }
        bottleneck = Bottleneck(root, specification)
        visual = Dictionary(
            uniqueKeysWithValues: specification.visualModalities.map { modality in
                let scope = root / "visual" / modality.rawValue
                return (modality, VisualEncoder(scope, specification, channels: modality.frameChannels ?? 1))
            })
        let levels = (1..<channels.count).reversed()
        decoder = levels.enumerated().map { i, level in
            ConvTranspose2D(
                root / "decoder" / i, inputs: i == 0 ? channels[level] : 2 * channels[level],
                outputs: channels[level - 1], kernel: 3, stride: specification.stride(level: level),
                padding: 1)
        }
        decoderNorms = levels.dropLast().enumerated().map { i, level in
            BatchNorm(root / "decoder_norm" / i, channels: channels[level - 1])
        }
    }

    /// Enhances a batch.
    ///
    /// - Parameters:
    ///   - noisy: waves `[B, S]`, S > N/2.
    ///   - frames: mouth crops per modality, `[B, frames, height, width, channels]`. A modality left out is absent.
    ///   - present: per modality one mark per sample; all present where left out. Absent ones contribute exactly 0,
    ///     and a camera that no sample has is not computed.
    ///   - recomputesVisual: whether a recording tape forgets the activations inside the visual towers and computes
    ///     them again in backward, block by block: less memory for one more forward pass of the towers.
    public func callAsFunction(
        noisy: Tensor, frames: [Modality: Tensor] = [:], present: [Modality: [Bool]] = [:],
        recomputesVisual: Bool = false
    ) throws(ModelError) -> NetworkOutput {
        let spectrum = try stft.spectrum(noisy)
        let used = try check(frames, present, batch: noisy.shape[0])
        return try enhance(noisy, spectrum, present) {
            towers(frames, used, recomputesVisual: recomputesVisual)
        }
    }

    /// Enhances a batch whose samples all show the same video, which ``visualFeatures(_:)`` has seen before.
    ///
    /// - Parameters:
    ///   - noisy: waves `[B, S]`, S > N/2.
    ///   - features: per modality `[1, frames, V]`. A modality left out is absent.
    public func callAsFunction(noisy: Tensor, features: [Modality: Tensor]) throws(ModelError)
        -> NetworkOutput
    {
        let spectrum = try stft.spectrum(noisy)
        let known = specification.visualModalities
        let width = specification.visualFeatures
        for (modality, tensor) in features {
            guard known.contains(modality) else {
                throw .unknownModality(modality.rawValue, known: specification.modalities.map(\.rawValue))
            }
            guard tensor.rank == 3, tensor.shape[0] == 1, tensor.shape[1] > 0, tensor.shape[2] == width else {
                throw .inputShape(
                    input: "features of \(modality.rawValue)", expected: "[1, N, \(width)]",
                    found: tensor.shape)
            }
        }
        let batch = noisy.shape[0]
        return try enhance(noisy, spectrum, [:]) {
            features.mapValues {
                batch == 1 ? $0 : Tensor.concatenated([Tensor](repeating: $0, count: batch), axis: 0)
            }
        }
    }

    /// What the visual towers make of mouth frames, for several noisy versions of one utterance.
    ///
    /// - Parameter frames: per modality `[B, frames, height, width, channels]`.
    /// - Returns: per modality `[B, frames, V]`.
    public func visualFeatures(_ frames: [Modality: Tensor]) throws(ModelError) -> [Modality: Tensor] {
        let used = try check(frames, [:], batch: frames.values.first?.shape.first ?? 0)
        return towers(frames, used, recomputesVisual: false)
    }

    private func towers(
        _ frames: [Modality: Tensor], _ used: [Modality], recomputesVisual: Bool
    ) -> [Modality: Tensor] {
        used.reduce(into: [:]) { features, modality in
            if let tower = visual[modality], let images = frames[modality] {
                features[modality] = tower(images, recomputes: recomputesVisual)
            }
        }
    }

    /// - Parameter features: of the modalities used; asked for after the encoder, so that backward is through with them
    ///   before it.
    private func enhance(
        _ noisy: Tensor, _ spectrum: Spectrum, _ present: [Modality: [Bool]],
        features: () -> [Modality: Tensor]
    ) throws(ModelError) -> NetworkOutput {
        let magnitude = spectrum.magnitude
        let shape = magnitude.shape
        let (batch, columns) = (shape[0], specification.bottleneckColumns(frames: shape[2]))
        var skips = [magnitude.power(Float(specification.compression)).reshaped(shape + [1])]
        for layer in encoder {
            skips.append(layer(skips[skips.count - 1], activation: .leakyReLU(slope: Constants.slope)))
        }
        let deepest = skips.removeLast()
        let features = features()
        let marks = present.mapValues { Tensor([batch, 1, 1], values: $0.map { $0 ? 1 : 0 }) }
        let tokens = deepest.reshaped([batch, -1, specification.bottleneckWidth])
        let fused = bottleneck(tokens, columns: columns, features: features, present: marks)
        var x = fused.tokens.reshaped(deepest.shape)
        for (i, layer) in decoder.enumerated() {
            let skip = skips[skips.count - 1 - i]
            let isTraining = state.mode == .training && i < decoderNorms.count
            x = layer(x, outputSize: (skip.shape[1], skip.shape[2]), beforeNorm: isTraining)
            if i < decoderNorms.count {
                x = Tensor.concatenated([decoderNorms[i](x, activation: .relu), skip], axis: -1)
            }
        }
        let mask = x.sigmoid().reshaped(shape)
        let wave = try stft.inverse(mask: mask, spectrum, samples: noisy.shape[1])
        return NetworkOutput(
            mask: mask, magnitude: mask * magnitude, wave: wave, gates: fused.gates,
            bottleneck: (specification.bottleneckRows, columns), audioTokens: fused.audio, gated: fused.gated)
    }

    /// Modalities that at least one sample has, in the network's order.
    private func check(
        _ frames: [Modality: Tensor], _ present: [Modality: [Bool]], batch: Int
    ) throws(ModelError) -> [Modality] {
        let known = specification.visualModalities
        for modality in Set(frames.keys).union(present.keys) where !known.contains(modality) {
            throw .unknownModality(modality.rawValue, known: specification.modalities.map(\.rawValue))
        }
        var used: [Modality] = []
        for modality in known {
            let marks = present[modality]
            if let marks, marks.count != batch {
                throw .presence(modality: modality.rawValue, expected: batch, found: marks.count)
            }
            let isWanted = marks?.contains(true)
            guard let images = frames[modality] else {
                if isWanted == true { throw .missingFrames(modality: modality.rawValue) }
                continue
            }
            let channels = modality.frameChannels ?? 1
            guard images.rank == 5, images.shape[0] == batch, images.shape[4] == channels,
                images.shape[1...3].allSatisfy({ $0 > 0 })
            else {
                throw .inputShape(
                    input: "frames of \(modality.rawValue)", expected: "[\(batch), N, H, W, \(channels)]",
                    found: images.shape)
            }
            if isWanted != false { used.append(modality) }
        }
        return used
    }
}
