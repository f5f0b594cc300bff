/// Where the data is and how it is mixed.
public struct DataSettings: Sendable, Equatable, Encodable {
    /// Folder that holds `processed/`.
    public var root = ""
    /// Lowest and highest SNR of training mixes, dB; drawn uniformly between them.
    public var trainSNRRange = [-10.0, 15.0]
    /// SNRs of the fixed validation mixes, dB.
    public var valSNRLevels = [-5.0, 0, 5, 10]
    /// SNRs of the fixed test mixes, dB.
    public var testSNRLevels = [-5.0, 0, 5, 10, 15]
    /// Noise environments per utterance and SNR in validation; nil takes all.
    public var valNoisesPerUtterance: Int? = 1
    /// Noise environments per utterance and SNR in the test; nil takes all.
    public var testNoisesPerUtterance: Int?
    /// Local folder to copy the frames to for the length of the run; nil reads them where they are.
    public var stageTo: String?
    /// Manifest of the training utterances; nil takes the root's.
    public var trainManifest: String?
    /// Manifest of the validation utterances; nil takes the root's.
    public var valManifest: String?
    /// Manifest of the test utterances; nil takes the root's.
    public var testManifest: String?
    /// Mouth frames of the colour camera; nil takes the root's.
    public var rgbLMDB: String?
    /// Mouth frames of the thermal camera; nil takes the root's.
    public var thermalLMDB: String?
    /// Folder with one folder of noise per split; nil takes the root's.
    public var noiseDir: String?

    /// Defaults of the guide; `root` must be given.
    public init() {}

    enum CodingKeys: String, CodingKey, CaseIterable {
        case root
        case trainSNRRange = "train_snr_range"
        case valSNRLevels = "val_snr_levels"
        case testSNRLevels = "test_snr_levels"
        case valNoisesPerUtterance = "val_noises_per_utterance"
        case testNoisesPerUtterance = "test_noises_per_utterance"
        case stageTo = "stage_to"
        case trainManifest = "train_manifest"
        case valManifest = "val_manifest"
        case testManifest = "test_manifest"
        case rgbLMDB = "rgb_lmdb"
        case thermalLMDB = "thermal_lmdb"
        case noiseDir = "noise_dir"
    }
}
