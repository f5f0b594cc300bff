import TAVSEData
import TAVSEModel

extension Configuration {
    /// Settings that differ from their defaults and change nothing here, and settings that mean something else on a CPU
    /// than their name says; one sentence each.
    public var notices: [String] { inertKeys + remarks }

    private var inertKeys: [String] {
        let standard = Configuration(experimentName: experimentName)
        func isSet(_ path: String) -> Bool {
            ConfigurationKey.byPath[path].map { $0.encode(self) != $0.encode(standard) } ?? false
        }
        var result: [String] = []
        func add(_ paths: [String], _ reason: String) {
            let given = paths.filter(isSet)
            if !given.isEmpty {
                result.append(
                    "\(given.joined(separator: ", ")) \(given.count == 1 ? "does" : "do") nothing: \(reason)")
            }
        }
        let visual = ConfigurationKey.visual.map(\.path)
        if cameras.isEmpty {
            let keys = [
                "modality_dropout", "fusion", "visual_width", "stem_stride", "gru_hidden", "gru_layers",
                "fusion_dim", "fusion_heads", "fusion_window", "gate_groups",
            ]
            let others = [
                "training.gradient_checkpointing", "data.stage_to", "data.rgb_lmdb", "data.thermal_lmdb",
            ]
            add(keys.map { "model." + $0 } + visual + others, "the network has no camera")
            if input.augmentation == nil, !visual.contains(where: isSet) {
                result.append("visual.augmentation does nothing: the network has no camera")
            }
            return result
        }
        if network.fusion != .crossAttention {
            add(
                ["model.fusion_dim", "model.fusion_heads", "model.fusion_window"],
                "model.fusion is \(network.fusion.rawValue), and only cross_attention has them")
        }
        if !cameras.contains(.rgb) {
            add(["visual.augmentation.brightness", "data.rgb_lmdb"], "the network has no colour camera")
        }
        if !cameras.contains(.thermal) { add(["data.thermal_lmdb"], "the network has no thermal camera") }
        return result
    }

    private var remarks: [String] {
        var result: [String] = []
        if training.useAMP {
            result.append(
                "training.use_amp keeps activations in bfloat16, which halves their memory; on a CPU with AVX512-BF16 linear maps and attention multiply bfloat16 with float32 sums, all other arithmetic stays float32"
            )
        }
        if training.patience >= training.maxEpochs {
            result.append(
                "training.patience = \(training.patience) never stops a training of training.max_epochs = \(training.maxEpochs) early"
            )
        }
        if training.valInterval > training.maxEpochs {
            result.append(
                "training.val_interval = \(training.valInterval) is longer than training.max_epochs = \(training.maxEpochs)"
            )
        }
        return result
    }
}
