import ArgumentParser
import TAVSEConfiguration
import ToolSupport

/// ``ConfigurationOptions`` for tools that also work without a configuration.
public struct OptionalConfigurationOptions: ParsableArguments {
    /// The YAML file; nil without.
    @Option(
        help: "Experiment configuration (YAML).",
        completion: .file(extensions: ["yaml", "yml"]))
    public var config: String?

    /// JSON laid over the file.
    @Option(
        name: .customLong("override"),
        help: ArgumentHelp("Settings laid over the file, as JSON; may be repeated.", valueName: "json"))
    public var overrides: [String] = []

    /// Single settings, laid over all others.
    @Option(
        name: .customLong("set"),
        help: ArgumentHelp("One setting, e.g. data.root=/data; may be repeated.", valueName: "key=value"))
    public var settings: [String] = []

    /// Makes the options with their defaults.
    public init() {}

    /// Refuses changes of a configuration that is not there.
    public func validate() throws {
        guard config == nil else { return }
        if !overrides.isEmpty {
            throw ValidationError("--override changes a configuration and needs --config")
        }
        if !settings.isEmpty { throw ValidationError("--set changes a configuration and needs --config") }
    }

    /// Reads the configuration as ``ConfigurationOptions/load(_:)`` does; nil without one.
    public func load(_ diagnostics: Diagnostics) throws(ConfigurationErrors) -> Configuration? {
        guard let config else { return nil }
        var options = ConfigurationOptions()
        (options.config, options.overrides, options.settings) = (config, overrides, settings)
        return try options.load(diagnostics)
    }
}
