import TAVSEModel

/// Everything that decides an experiment: network, training and data.
///
/// Made by reading a YAML file; travels in checkpoints and in the results store. ``ConfigurationKey`` says which key of
/// the file is which property: `model`, `audio` and `visual` together describe the network and its input.
public struct Configuration: Sendable, Equatable {
    /// Name of checkpoint folder, log folder and system (`experiment_name`).
    public var experimentName: String
    /// The network, with the spectrum and the frame rate it is made for.
    public var network = NetworkSpecification()
    /// What the network is given in training.
    public var input = InputSettings()
    /// The training loop.
    public var training = TrainingSettings()
    /// Where the data is and how it is mixed.
    public var data = DataSettings()

    /// Defaults everywhere.
    ///
    /// - Parameter experimentName: its name.
    public init(experimentName: String) { self.experimentName = experimentName }
}
