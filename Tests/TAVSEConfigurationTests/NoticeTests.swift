import TAVSEConfiguration
import TAVSEModel
import Testing

@Suite struct NoticeTests {
    func notices(_ settings: String...) throws -> [String] {
        try Configuration(text: minimal, overrides: settings.map(ConfigurationOverride.set)).notices
    }

    @Test("Defaults say nothing")
    func silence() throws {
        #expect(try notices().isEmpty)
        #expect(try notices("model.active_modalities=[audio,rgb,thermal]", "model.fusion=film").isEmpty)
    }

    @Test("Without a camera, every visual setting that is not the default is named")
    func audioOnly() throws {
        #expect(
            try notices(
                "model.modality_dropout=0.2", "model.fusion=film", "visual.fps=25", "data.stage_to=/t")
                == [
                    "model.modality_dropout, model.fusion, visual.fps, data.stage_to do nothing: "
                        + "the network has no camera"
                ])
        #expect(
            try notices("visual.augmentation=null")
                == ["visual.augmentation does nothing: the network has no camera"])
    }

    @Test("Settings of another fusion or of a missing camera are named")
    func cameras() throws {
        #expect(
            try notices("model.active_modalities=[audio,rgb]", "model.fusion=film", "model.fusion_dim=128")
                == ["model.fusion_dim does nothing: model.fusion is film, and only cross_attention has them"])
        #expect(
            try notices("model.active_modalities=[audio,rgb]", "data.thermal_lmdb=/t")
                == ["data.thermal_lmdb does nothing: the network has no thermal camera"])
        #expect(
            try notices(
                "model.active_modalities=[audio,thermal]", "visual.augmentation.brightness=0.5",
                "data.rgb_lmdb=/r")
                == [
                    "visual.augmentation.brightness, data.rgb_lmdb do nothing: the network has no colour camera"
                ])
    }

    @Test("What a setting means on a CPU, and patience that never ends a training, are said")
    func remarks() throws {
        #expect(try notices("training.use_amp=true").first?.contains("bfloat16") == true)
        #expect(try notices("training.patience=100").first?.contains("never stops") == true)
        #expect(try notices("training.val_interval=101").first?.contains("is longer than") == true)
    }
}
