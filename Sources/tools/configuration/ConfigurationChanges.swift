import ArgumentParser
import TAVSEConfiguration
import ToolSupport

/// The options that change a configuration, the same in every tool that reads one.
struct ConfigurationChanges: ParsableArguments {
    @Option(
        name: .customLong("override"),
        help: ArgumentHelp("Settings laid over the file, as JSON; may be repeated.", valueName: "json"))
    var overrides: [String] = []

    @Option(
        name: .customLong("set"),
        help: ArgumentHelp("One setting, e.g. data.root=/data; may be repeated.", valueName: "key=value"))
    var settings: [String] = []

    /// Reads a file and makes the changes: every `--override`, then every `--set`.
    ///
    /// - Parameters:
    ///   - path: the file.
    ///   - diagnostics: reports settings that have no effect; nil reports nothing.
    func load(_ path: String, _ diagnostics: Diagnostics?) throws(ConfigurationErrors) -> Configuration {
        let configuration = try Configuration(
            path: path,
            overrides: overrides.map(ConfigurationOverride.json) + settings.map(ConfigurationOverride.set))
        for notice in configuration.notices { diagnostics?.say("note: \(notice)") }
        return configuration
    }
}
