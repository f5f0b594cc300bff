import TAVSENN

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

extension Modality {
    /// A name that is none of a modality.
    public struct UnknownName: Error, Equatable, Sendable, CustomStringConvertible {
        /// The name; empty where one is missing.
        public let name: String

        /// One line: what was found, what is expected.
        public var description: String {
            "'\(name)' is no modality; expected \(allCases.map(\.rawValue).joined(separator: ", "))"
        }
    }

    /// The modalities of a text like `audio,rgb`, each once, in the order given.
    public static func list(_ text: String) throws(UnknownName) -> [Modality] {
        var list: [Modality] = []
        for part in text.split(separator: ",", omittingEmptySubsequences: false) {
            let name = String(part.trimmingPrefix { $0 == " " })
            guard let modality = Modality(rawValue: name) else { throw UnknownName(name: name) }
            if !list.contains(modality) { list.append(modality) }
        }
        return list
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
    /// Stride along time of each level of the U-Net; along frequency every level halves. With the default a column of
    /// the bottleneck lasts 40 ms, about one video frame.
    public var timeStrides = NetworkSpecification.standardTimeStrides(levels: 5)
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
    /// Cross-attention: a token sees the frames whose middle lies at most so many seconds from its own time, and always
    /// the nearest one. Nil: all frames.
    public var fusionWindow: Double? = 0.12
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
    /// Pixels on each side of a frame as the visual towers see it: larger frames, a multiple of it, are averaged over
    /// squares; smaller ones are taken as they are.
    public var roiSize = 96

    /// The audio-only network.
    public init() {}

    /// The full-size network with these modalities.
    public init(modalities: [Modality], fusion: FusionKind = .crossAttention) {
        self.modalities = modalities
        self.fusion = fusion
    }

    private enum CodingKeys: String, CodingKey, CaseIterable {
        case modalities, channels
        case timeStrides = "time_strides"
        case compression
        case ffnDim = "ffn_dim"
        case heads
        case visualWidth = "visual_width"
        case stemStride = "stem_stride"
        case gruHidden = "gru_hidden"
        case gruLayers = "gru_layers"
        case fusion
        case fusionDim = "fusion_dim"
        case fusionHeads = "fusion_heads"
        case fusionWindow = "fusion_window"
        case gateGroups = "gate_groups"
        case dropout
        case nFFT = "n_fft"
        case winLength = "win_length"
        case hopLength = "hop_length"
        case sampleRate = "sample_rate"
        case fps
        case roiSize = "roi_size"
    }

    /// Settings that are absent keep their defaults, but for two that the first networks did not have: without
    /// `time_strides` every level halves time, and without `fusion_window` tokens attend to all frames.
    public init(from decoder: any Decoder) throws {
        let box = try decoder.container(keyedBy: CodingKeys.self)
        func take<T: Decodable>(_ key: CodingKeys, _ value: inout T) throws {
            value = try box.decodeIfPresent(T.self, forKey: key) ?? value
        }
        try take(.modalities, &modalities)
        try take(.channels, &channels)
        timeStrides =
            try box.decodeIfPresent([Int].self, forKey: .timeStrides) ?? channels.dropFirst().map { _ in 2 }
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
        fusionWindow = try box.decodeIfPresent(Double.self, forKey: .fusionWindow)
        try take(.gateGroups, &gateGroups)
        try take(.dropout, &dropout)
        try take(.nFFT, &nFFT)
        try take(.winLength, &winLength)
        try take(.hopLength, &hopLength)
        try take(.sampleRate, &sampleRate)
        try take(.fps, &fps)
        try take(.roiSize, &roiSize)
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
    public var bottleneckRows: Int {
        channels.dropFirst().reduce(frequencyBins) { rows, _ in (rows - 1) / 2 + 1 }
    }
    /// Time columns of the bottleneck, W, for so many analysis frames.
    public func bottleneckColumns(frames: Int) -> Int {
        timeStrides.reduce(frames) { columns, stride in (columns - 1) / stride + 1 }
    }
    /// Samples from one bottleneck column to the next.
    public var columnSamples: Int { timeStrides.reduce(hopLength, *) }

    /// Time strides of a network whose time resolution is not set: 2 at the first two levels, 1 at the deeper ones.
    public static func standardTimeStrides(levels: Int) -> [Int] { (0..<levels).map { $0 < 2 ? 2 : 1 } }

    /// Stride of a level of the U-Net, counted from 1; height is frequency, width is time.
    func stride(level: Int) -> AxisPair { AxisPair(height: 2, width: timeStrides[level - 1]) }

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
        check(
            timeStrides.count == channels.count - 1 && timeStrides.allSatisfy { (1...4).contains($0) },
            .timeStrides, timeStrides,
            "one number from 1 to 4 for each of the \(channels.count - 1) levels of channels = \(channels)")
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
        check((8...1024).contains(roiSize), .roiSize, roiSize, "8 … 1024")
        check(fps > 0 && fps.isFinite, .fps, fps, "a positive number")
        if let window = fusionWindow {
            check(
                window >= 0 && window.isFinite, .fusionWindow, window,
                "a number of seconds, 0 or more, or none for all frames")
        }
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
