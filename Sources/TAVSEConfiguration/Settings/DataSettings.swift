/// Where the data is and how it is mixed.
public struct DataSettings: Sendable, Equatable {
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
}
