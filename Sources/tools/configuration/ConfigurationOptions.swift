import ArgumentParser
import TAVSEConfiguration
import ToolSupport

/// The options that name a configuration and change it, the same in every tool that reads one.
public struct ConfigurationOptions: ParsableArguments {
    /// The YAML file.
    @Option(
        help: "Experiment configuration (YAML).",
        completion: .file(extensions: ["yaml", "yml"]))
    public var config: String

    /// JSON laid over the file.
    @Option(
        name: .customLong("override"),
        help: ArgumentHelp("Settings laid over the file, as JSON; may be repeated.", valueName: "json"))
    public var overrides: [String] = []

    /// Single settings, laid over all others.
    @Option(
        name: .customLong("set"),
        help: ArgumentHelp("One setting, e.g. training.lr=1e-4; may be repeated.", valueName: "key=value"))
    public var settings: [String] = []

    /// Makes the options with their defaults.
    public init() {}

    /// Reads the configuration: the file, then every `--override`, then every `--set`.
    ///
    /// - Parameter diagnostics: says what the configuration asks for in vain.
    /// - Throws: ``TAVSEConfiguration/ConfigurationErrors``, which is exit code 66 for a missing file and 64 otherwise.
    public func load(_ diagnostics: Diagnostics) throws(ConfigurationErrors) -> Configuration {
        let configuration = try Configuration(
            path: config,
            overrides: overrides.map(ConfigurationOverride.json) + settings.map(ConfigurationOverride.set))
        for notice in configuration.notices { diagnostics.say("note: \(notice)") }
        return configuration
    }
}
