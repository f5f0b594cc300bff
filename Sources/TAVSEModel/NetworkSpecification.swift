/// What the network sees.
public enum Modality: String, Sendable, Codable, CaseIterable, CodingKeyRepresentable {
    /// The noisy recording; always there.
    case audio
    /// Colour mouth crops, three channels.
    case rgb
    /// Thermal mouth crops, one channel.
    case thermal

    /// Channels of a frame; nil for audio.
    public var frameChannels: Int? {
        switch self {
        case .audio: nil
        case .rgb: 3
        case .thermal: 1
        }
    }
}

/// How visual features reach the audio tokens.
public enum FusionKind: String, Sendable, Codable, CaseIterable {
    /// Tokens attend to visual features; both carry their time in seconds.
    case crossAttention = "cross_attention"
    /// Features at the token's time, beside the token, through two linear layers.
    case concatMLP = "concat_mlp"
    /// Features at the token's time scale and shift the token.
    case film
}

/// Every size of the network; travels with checkpoints.
///
/// Defaults are the full-size network. Names in files are those of the executable specification.
public struct NetworkSpecification: Sendable, Equatable, Codable {
    /// Audio and the cameras used, in this order in the fusion.
    public var modalities: [Modality] = [.audio]
    /// Channels of the U-Net: input, then one per level.
    public var channels = [1, 32, 64, 128, 256, 512]
    /// The U-Net sees |Y| to this power.
    public var compression = 0.3
    /// Width inside the bottleneck's feed-forward part.
    public var ffnDim = 608
    /// Heads of the bottleneck's self-attention; must divide the last of `channels`.
    public var heads = 8
    /// Channels of the visual tower's first stage; 64 is ResNet-18's own.
    public var visualWidth = 32
    /// Stride of the visual tower's first convolution, 1 or 2.
    public var stemStride = 2
    /// Width of each direction of the visual recurrent layers.
    public var gruHidden = 128
    /// Visual recurrent layers.
    public var gruLayers = 1
    /// How visual features reach the audio tokens.
    public var fusion = FusionKind.crossAttention
    /// Width inside the cross-attention.
    public var fusionDim = 256
    /// Heads of the cross-attention; must divide `fusionDim`.
    public var fusionHeads = 4
    /// Gate values per modality and token; must divide the last of `channels`.
    public var gateGroups = 8
    /// Dropout in the bottleneck.
    public var dropout = 0.1
    /// Length of the Fourier transform, samples.
    public var nFFT = 512
    /// Length of the analysis window, samples.
    public var winLength = 400
    /// Step between analysis frames, samples.
    public var hopLength = 160
    /// Hz.
    public var sampleRate = 16000
    /// Video frames per second.
    public var fps = 28.0

    /// The audio-only network.
    public init() {}

    /// The full-size network with these modalities.
    public init(modalities: [Modality], fusion: FusionKind = .crossAttention) {
        self.modalities = modalities
        self.fusion = fusion
    }

    private enum CodingKeys: String, CodingKey, CaseIterable {
        case modalities, channels, compression
        case ffnDim = "ffn_dim"
        case heads
        case visualWidth = "visual_width"
        case stemStride = "stem_stride"
        case gruHidden = "gru_hidden"
        case gruLayers = "gru_layers"
        case fusion
        case fusionDim = "fusion_dim"
        case fusionHeads = "fusion_heads"
        case gateGroups = "gate_groups"
        case dropout
        case nFFT = "n_fft"
        case winLength = "win_length"
        case hopLength = "hop_length"
        case sampleRate = "sample_rate"
        case fps
    }

    /// Settings that are absent keep their defaults.
    public init(from decoder: any Decoder) throws {
        let box = try decoder.container(keyedBy: CodingKeys.self)
        func take<T: Decodable>(_ key: CodingKeys, _ value: inout T) throws {
            value = try box.decodeIfPresent(T.self, forKey: key) ?? value
        }
        try take(.modalities, &modalities)
        try take(.channels, &channels)
        try take(.compression, &compression)
        try take(.ffnDim, &ffnDim)
        try take(.heads, &heads)
        try take(.visualWidth, &visualWidth)
        try take(.stemStride, &stemStride)
        try take(.gruHidden, &gruHidden)
        try take(.gruLayers, &gruLayers)
        try take(.fusion, &fusion)
        try take(.fusionDim, &fusionDim)
        try take(.fusionHeads, &fusionHeads)
        try take(.gateGroups, &gateGroups)
        try take(.dropout, &dropout)
        try take(.nFFT, &nFFT)
        try take(.winLength, &winLength)
        try take(.hopLength, &hopLength)
        try take(.sampleRate, &sampleRate)
        try take(.fps, &fps)
    }

    /// The cameras, in their order.
    public var visualModalities: [Modality] { modalities.filter { $0 != .audio } }
    /// Channels of the bottleneck, D.
    public var bottleneckWidth: Int { channels.last ?? 0 }
    /// Width of visual features, V.
    public var visualFeatures: Int { 2 * gruHidden }
    /// Frequency bins, F.
    public var frequencyBins: Int { nFFT / 2 + 1 }
    /// Frequency rows of the bottleneck, H.
    public var bottleneckRows: Int { halved(frequencyBins) }

    /// A length after all levels of the U-Net.
    func halved(_ length: Int) -> Int {
        channels.dropFirst().reduce(length) { rows, _ in (rows - 1) / 2 + 1 }
    }

    /// Throws for the first setting that is impossible.
    public func validate() throws(ModelError) { if let first = problems.first { throw first } }

    /// Every setting that is impossible, alone or beside the others.
    public var problems: [ModelError] {
        var problems: [ModelError] = []
        func check(_ holds: Bool, _ key: CodingKeys, _ value: Any, _ expected: String) {
            if !holds {
                problems.append(.specification(key: key.rawValue, value: "\(value)", expected: expected))
            }
        }
        let names = modalities.map(\.rawValue)
        check(
            modalities.first == .audio && Set(names).count == names.count, .modalities, names,
            "audio first, then rgb and thermal at most once each")
        check(
            channels.count >= 2 && channels[0] == 1 && channels.allSatisfy { (1...65536).contains($0) },
            .channels, channels, "1 and then one positive number per level")
        let sizes: [(CodingKeys, Int)] = [
            (.ffnDim, ffnDim), (.heads, heads), (.visualWidth, visualWidth), (.gruHidden, gruHidden),
            (.gruLayers, gruLayers), (.fusionDim, fusionDim), (.fusionHeads, fusionHeads),
            (.gateGroups, gateGroups), (.winLength, winLength), (.hopLength, hopLength),
            (.sampleRate, sampleRate), (.nFFT, nFFT),
        ]
        for (key, size) in sizes { check((1...(1 << 20)).contains(size), key, size, "1 … 1048576") }
        check((1...2).contains(stemStride), .stemStride, stemStride, "1 or 2")
        check(compression > 0 && compression <= 1, .compression, compression, "above 0, at most 1")
        check(dropout >= 0 && dropout < 1, .dropout, dropout, "0 or more, below 1")
        check(fps > 0 && fps.isFinite, .fps, fps, "a positive number")
        // What divides what is only asked of sizes that are possible.
        guard problems.isEmpty else { return problems }
        check(nFFT % 2 == 0, .nFFT, nFFT, "an even number")
        check(winLength <= nFFT, .winLength, winLength, "at most n_fft = \(nFFT)")
        check(hopLength <= winLength / 2, .hopLength, hopLength, "at most half of win_length = \(winLength)")
        let width = bottleneckWidth
        check(width % 2 == 0, .channels, channels, "an even last number")
        check(width % heads == 0, .heads, heads, "a divisor of \(width)")
        check(width % gateGroups == 0, .gateGroups, gateGroups, "a divisor of \(width)")
        check(
            fusionDim % fusionHeads == 0, .fusionHeads, fusionHeads, "a divisor of fusion_dim = \(fusionDim)")
        return problems
    }
}
