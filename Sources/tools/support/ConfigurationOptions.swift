import ArgumentParser

/// The options that name a configuration and change it; `Configuration(path:overrides:settings:notice:)` reads them.
public struct ConfigurationOptions: ParsableArguments {
    /// The YAML file.
    @Option(help: configHelp, completion: configCompletion) public var config: String
    @OptionGroup private var changes: ConfigurationChanges
    /// The key whose resolved value is printed instead of anything else; nil without.
    @Option(
        name: .customLong("print"),
        help: ArgumentHelp(
            "Print a resolved value and do nothing else: a key such as data.root, checkpoint_folder, log_folder, or all.",
            valueName: "key"))
    public var printedKey: String?

    /// Makes the options with their defaults.
    public init() {}

    /// Settings laid over the file, as JSON.
    public var overrides: [String] { changes.overrides }
    /// Single settings, `key=value`, made last.
    public var settings: [String] { changes.settings }
}

/// ``ConfigurationOptions`` for tools that also work without a configuration.
public struct OptionalConfigurationOptions: ParsableArguments {
    /// The YAML file; nil without.
    @Option(help: configHelp, completion: configCompletion) public var config: String?
    @OptionGroup private var changes: ConfigurationChanges

    /// Makes the options with their defaults.
    public init() {}

    /// Settings laid over the file, as JSON.
    public var overrides: [String] { changes.overrides }
    /// Single settings, `key=value`, made last.
    public var settings: [String] { changes.settings }

    /// Refuses changes of a configuration that is not there.
    public func validate() throws {
        guard config == nil else { return }
        for (name, values) in [("--override", overrides), ("--set", settings)] where !values.isEmpty {
            throw ValidationError("\(name) changes a configuration and needs --config")
        }
    }
}

private struct ConfigurationChanges: ParsableArguments {
    @Option(
        name: .customLong("override"),
        help: ArgumentHelp("Settings laid over the file, as JSON; may be repeated.", valueName: "json"))
    var overrides: [String] = []

    @Option(
        name: .customLong("set"),
        help: ArgumentHelp("One setting, e.g. data.root=/data; may be repeated.", valueName: "key=value"))
    var settings: [String] = []
}

private let configHelp: ArgumentHelp = "Experiment configuration (YAML)."
private let configCompletion: CompletionKind = .file(extensions: ["yaml", "yml"])
