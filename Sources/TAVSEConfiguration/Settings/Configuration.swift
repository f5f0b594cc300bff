/// Everything that decides an experiment: network, training, audio, video and data.
///
/// Made by reading a YAML file; travels in checkpoints and in the results store. Property names are the file's keys in
/// camel case.
public struct Configuration: Sendable, Equatable, Encodable {
    /// Name of checkpoint folder, log folder and system (`experiment_name`).
    public var experimentName: String
    /// The network.
    public var model = ModelSettings()
    /// The training loop.
    public var training = TrainingSettings()
    /// Sound.
    public var audio = AudioSettings()
    /// Mouth video.
    public var visual = VisualSettings()
    /// Where the data is and how it is mixed.
    public var data = DataSettings()

    /// Defaults everywhere.
    ///
    /// - Parameter experimentName: its name.
    public init(experimentName: String) { self.experimentName = experimentName }

    enum CodingKeys: String, CodingKey, CaseIterable {
        case experimentName = "experiment_name"
        case model, training, audio, visual, data
    }
}
