/// Where the data is and how it is mixed.
public struct DataSettings: Sendable, Equatable {
    /// Folder that holds `processed/`.
    public var root = ""
    /// Seed of the fixed validation and test mixes.
    public var mixSeed: UInt64 = 42
    /// Lowest and highest SNR of training mixes with noise, dB; drawn uniformly between them.
    public var trainSNRRange = [-10.0, 15.0]
    /// SNRs of the fixed validation mixes with noise, dB.
    public var valSNRLevels = [-5.0, 0, 5, 10]
    /// SNRs of the fixed test mixes with noise, dB: those of the AVSE Challenge.
    public var testSNRLevels = [-10.0, -5, 0, 5, 10]
    /// Share of training mixes whose noise is another speaker's speech.
    public var talkerShare = 0.5
    /// Lowest and highest SNR of training mixes with talkers, dB; drawn uniformly between them.
    public var talkerSNRRange = [-15.0, 5.0]
    /// Numbers of interfering talkers in a mix.
    public var talkerCounts = [1]
    /// SNRs of the fixed validation mixes with talkers, dB.
    public var valTalkerSNRLevels = [-10.0, 0]
    /// SNRs of the fixed test mixes with talkers, dB: those of the AVSE Challenge.
    public var testTalkerSNRLevels = [-15.0, -10, -5, 0, 5]
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

    /// The usual values; `root` must be given.
    public init() {}
}
