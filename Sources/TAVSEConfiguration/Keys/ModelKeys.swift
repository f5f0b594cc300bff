extension ConfigurationKey {
    static let model: [ConfigurationKey] = [
        .modalities(
            "model.active_modalities", \.network.modalities,
            "What the network sees; order does not matter"),
        .number(
            "model.modality_dropout", \.input.modalityDropout, .from(0, below: 1),
            "Probability with which each camera of each example is left out in training"),
        .choice("model.fusion", \.network.fusion, "How visual features reach the audio tokens"),
        .wholes(
            "model.channels", \.network.channels, count: 2...16, 1...65536,
            "Channels of the U-Net: 1 for the input, then one number per level; the last one even"),
        .wholes(
            "model.time_strides", \.network.timeStrides, count: 1...15, 1...4,
            "Time stride of each level of the U-Net, one number per level; along frequency every level halves",
            defaultInWords:
                "`[2, 2, 1, 1, 1]`; for another number of levels 2 at the first two and 1 at the others"
        ),
        .number(
            "model.compression", \.network.compression, .above(0, to: 1),
            "The U-Net sees the magnitude to this power"),
        .whole("model.ffn_dim", \.network.ffnDim, 1...65536, "Width of the bottleneck's feed-forward part"),
        .whole(
            "model.heads", \.network.heads, 1...65536,
            "Heads of the bottleneck's self-attention; divides the last of `channels`"),
        .whole(
            "model.visual_width", \.network.visualWidth, 1...65536,
            "Channels of the visual tower's first stage; 64 is a full ResNet-18"),
        .whole(
            "model.stem_stride", \.network.stemStride, 1...2, "Stride of the visual tower's first convolution"
        ),
        .whole(
            "model.gru_hidden", \.network.gruHidden, 1...65536, "Width of each direction of the visual GRU"),
        .whole("model.gru_layers", \.network.gruLayers, 1...16, "Layers of the visual GRU"),
        .whole(
            "model.fusion_dim", \.network.fusionDim, 1...65536,
            "Width inside the cross-attention (`fusion: cross_attention` only)"),
        .whole(
            "model.fusion_heads", \.network.fusionHeads, 1...65536,
            "Heads of the cross-attention; divides `fusion_dim` (`fusion: cross_attention` only)"),
        .optionalNumber(
            "model.fusion_window", \.network.fusionWindow, .from(0, to: 600),
            "Tokens attend to the frames within so many seconds of their own time, and always to the nearest; null: to all frames (`fusion: cross_attention` only)"
        ),
        .whole(
            "model.gate_groups", \.network.gateGroups, 1...65536,
            "Gate values per camera and token; divides the last of `channels`"),
        .number("model.dropout", \.network.dropout, .from(0, below: 1), "Dropout in the bottleneck"),
    ]
}
