import ArgumentParser
import TAVSEConfiguration
import ToolSupport

/// The options that name a configuration and change it.
public struct ConfigurationOptions: ParsableArguments {
    /// The YAML file.
    @Option(help: configHelp, completion: configCompletion) public var config: String
    @OptionGroup var changes: ConfigurationChanges
    /// The key whose resolved value is printed instead of anything else; nil without.
    @Option(
        name: .customLong("print"),
        help: ArgumentHelp(
            "Print a resolved value and do nothing else: a key such as data.root, checkpoint_folder, log_folder, or all.",
            valueName: "key"))
    public var printedKey: String?

    /// Makes the options with their defaults.
    public init() {}

    /// Reads the configuration: the file, then every `--override`, then every `--set`.
    ///
    /// - Parameter diagnostics: says what the configuration asks for in vain.
    /// - Throws: ``TAVSEConfiguration/ConfigurationErrors``, which is exit code 66 for a missing file and 64 otherwise.
    public func load(_ diagnostics: Diagnostics) throws(ConfigurationErrors) -> Configuration {
        try changes.load(config, printedKey == nil ? diagnostics : nil)
    }
}

/// ``ConfigurationOptions`` for tools that also work without a configuration.
public struct OptionalConfigurationOptions: ParsableArguments {
    /// The YAML file; nil without.
    @Option(help: configHelp, completion: configCompletion) public var config: String?
    @OptionGroup var changes: ConfigurationChanges

    /// Makes the options with their defaults.
    public init() {}

    /// Refuses changes of a configuration that is not there.
    public func validate() throws {
        guard config == nil else { return }
        for (name, values) in [("--override", changes.overrides), ("--set", changes.settings)]
        where !values.isEmpty {
            throw ValidationError("\(name) changes a configuration and needs --config")
        }
    }

    /// Reads the configuration as ``ConfigurationOptions/load(_:)`` does; nil without one.
    public func load(_ diagnostics: Diagnostics) throws(ConfigurationErrors) -> Configuration? {
        guard let config else { return nil }
        return try changes.load(config, diagnostics)
    }
}

private let configHelp: ArgumentHelp = "Experiment configuration (YAML)."
private let configCompletion: CompletionKind = .file(extensions: ["yaml", "yml"])
