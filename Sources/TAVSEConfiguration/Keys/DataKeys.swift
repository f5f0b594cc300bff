extension ConfigurationKey {
    private static let snrs = NumberRange.from(-100, to: 100)

    static let data: [ConfigurationKey] = [
        .path(
            "data.root", \.data.root, "Folder that holds `processed/`",
            defaultInWords: "`${TAVSE_DATA_ROOT}`"),
        .seed(
            "data.mix_seed", \.data.mixSeed,
            "Seed of the fixed validation and test mixes; equal for all training runs that are compared"),
        .numbers(
            "data.train_snr_range", \.data.trainSNRRange, count: 2...2, snrs,
            "Lowest and highest SNR of training mixes with noise, dB; drawn uniformly between them"),
        .numbers(
            "data.val_snr_levels", \.data.valSNRLevels, count: 1...100, snrs,
            "SNRs of the fixed validation mixes with noise, dB; no two alike"),
        .numbers(
            "data.test_snr_levels", \.data.testSNRLevels, count: 1...100, snrs,
            "SNRs of the fixed test mixes with noise, dB; no two alike"),
        .number(
            "data.talker_share", \.data.talkerShare, .from(0, to: 1),
            "Share of training mixes whose noise is other speakers' speech of the same split"),
        .numbers(
            "data.talker_snr_range", \.data.talkerSNRRange, count: 2...2, snrs,
            "Lowest and highest SNR of training mixes with talkers, dB; drawn uniformly between them"),
        .wholes(
            "data.talker_counts", \.data.talkerCounts, count: 1...3, 1...3,
            "Numbers of interfering talkers in a mix; no two alike"),
        .numbers(
            "data.val_talker_snr_levels", \.data.valTalkerSNRLevels, count: 0...100, snrs,
            "SNRs of the fixed validation mixes with talkers, dB; no two alike; [] for none"),
        .numbers(
            "data.test_talker_snr_levels", \.data.testTalkerSNRLevels, count: 0...100, snrs,
            "SNRs of the fixed test mixes with talkers, dB; no two alike; [] for none"),
        .optionalWhole(
            "data.val_noises_per_utterance", \.data.valNoisesPerUtterance, 1...1_000_000,
            "Noise environments per utterance and SNR in validation; null takes all"),
        .optionalWhole(
            "data.test_noises_per_utterance", \.data.testNoisesPerUtterance, 1...1_000_000,
            "Noise environments per utterance and SNR in the test; null takes all"),
        .optionalPath(
            "data.stage_to", \.data.stageTo,
            "Local folder to copy the frames to for the length of the run; null reads them where they are"),
        .optionalPath(
            "data.train_manifest", \.data.trainManifest, "Manifest of the training utterances",
            defaultInWords: "`<data.root>/processed/metadata/train_manifest.csv`"),
        .optionalPath(
            "data.val_manifest", \.data.valManifest, "Manifest of the validation utterances",
            defaultInWords: "`<data.root>/processed/metadata/val_manifest.csv`"),
        .optionalPath(
            "data.test_manifest", \.data.testManifest, "Manifest of the test utterances",
            defaultInWords: "`<data.root>/processed/metadata/test_manifest.csv`"),
        .optionalPath(
            "data.rgb_lmdb", \.data.rgbLMDB, "Mouth frames of the colour camera",
            defaultInWords: "`<data.root>/processed/rgb_mouth.lmdb`"),
        .optionalPath(
            "data.thermal_lmdb", \.data.thermalLMDB, "Mouth frames of the thermal camera",
            defaultInWords: "`<data.root>/processed/thermal_mouth.lmdb`"),
        .optionalPath(
            "data.noise_dir", \.data.noiseDir, "Folder with the noise folders `train`, `val` and `test`",
            defaultInWords: "`<data.root>/processed/noise`"),
    ]
}
