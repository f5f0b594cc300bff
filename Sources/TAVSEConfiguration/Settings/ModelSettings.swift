import TAVSEModel

/// The network's modalities, fusion and sizes.
public struct ModelSettings: Sendable, Equatable, Encodable {
    /// Audio and the cameras used; audio first.
    public var activeModalities: [Modality] = [.audio]
    /// Probability with which each camera of each example is left out in training, 0 ..< 1.
    public var modalityDropout = 0.0
    /// How visual features reach the audio tokens.
    public var fusion = FusionKind.crossAttention
    /// Channels of the U-Net: input, then one per level.
    public var channels = [1, 32, 64, 128, 256, 512]
    /// The U-Net sees |Y| to this power.
    public var compression = 0.3
    /// Width of the bottleneck's feed-forward part.
    public var ffnDim = 608
    /// Heads of the bottleneck's self-attention.
    public var heads = 8
    /// Channels of the visual tower's first stage.
    public var visualWidth = 32
    /// Stride of the visual tower's first convolution.
    public var stemStride = 2
    /// Width of each direction of the visual recurrent layers.
    public var gruHidden = 128
    /// Visual recurrent layers.
    public var gruLayers = 1
    /// Width inside the cross-attention.
    public var fusionDim = 256
    /// Heads of the cross-attention.
    public var fusionHeads = 4
    /// Gate values per modality and token.
    public var gateGroups = 8
    /// Dropout in the bottleneck.
    public var dropout = 0.1

    /// The full-size audio network.
    public init() {}

    enum CodingKeys: String, CodingKey, CaseIterable {
        case activeModalities = "active_modalities"
        case modalityDropout = "modality_dropout"
        case fusion, channels, compression
        case ffnDim = "ffn_dim"
        case heads
        case visualWidth = "visual_width"
        case stemStride = "stem_stride"
        case gruHidden = "gru_hidden"
        case gruLayers = "gru_layers"
        case fusionDim = "fusion_dim"
        case fusionHeads = "fusion_heads"
        case gateGroups = "gate_groups"
        case dropout
    }
}
