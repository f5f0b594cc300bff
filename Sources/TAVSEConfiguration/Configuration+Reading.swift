import Foundation

/// A change of a configuration from the command line.
public enum ConfigurationOverride: Sendable, Equatable {
    /// `--override`: JSON (or YAML) laid over the file, group by group.
    case json(String)
    /// `--set`: `dotted.key=value`; the value is taken literally, except that a list, a group or a quoted text is YAML.
    case set(String)
}

extension Configuration {
    /// Reads a file.
    ///
    /// Variables `${NAME}` come from the environment, then from `.env` beside the file, then from `.env` in the current
    /// folder. `extends: FILE` names a file that this one is laid over.
    ///
    /// - Parameters:
    ///   - path: the YAML file.
    ///   - overrides: laid over the file one after another.
    ///   - environment: the process environment.
    /// - Throws: everything that is wrong, with file, line and key.
    public init(
        path: String, overrides: [ConfigurationOverride] = [],
        environment: [String: String] = ProcessInfo.processInfo.environment
    ) throws(ConfigurationErrors) {
        var errors: [ConfigurationError] = []
        let folder = ConfigurationFile.folder(of: path)
        var variables = Variables(environment: environment)
        for place in folder == "." ? ["."] : [folder, "."] {
            let file = place == "." ? ".env" : place + "/.env"
            guard FileManager.default.fileExists(atPath: file) else { continue }
            do throws(ConfigurationErrors) {
                let text = try TextFile.read(file)
                variables.files.append(EnvironmentFile(text, source: file, errors: &errors))
            } catch {
                errors += error.errors
            }
        }
        let tree = ConfigurationFile.read(path, variables: variables, errors: &errors)
        try self.init(tree, overrides, variables, source: path, errors: errors)
    }

    /// Reads a text, e.g. the resolved configuration of a checkpoint; it cannot extend a file.
    ///
    /// - Parameters:
    ///   - text: YAML.
    ///   - source: what errors call it.
    ///   - overrides: laid over the text one after another.
    ///   - environment: values for `${NAME}`.
    /// - Throws: everything that is wrong.
    public init(
        text: String, source: String = "configuration", overrides: [ConfigurationOverride] = [],
        environment: [String: String] = [:]
    ) throws(ConfigurationErrors) {
        var errors: [ConfigurationError] = []
        let tree = ConfigurationFile.tree(of: text, source: source, errors: &errors)
        try self.init(tree, overrides, Variables(environment: environment), source: source, errors: errors)
    }

    private init(
        _ tree: ConfigurationNode?, _ overrides: [ConfigurationOverride], _ variables: Variables,
        source: String,
        errors: [ConfigurationError]
    ) throws(ConfigurationErrors) {
        var errors = errors
        var merged = tree
        for override in overrides {
            if let over = override.tree(&errors) { merged = merged?.merged(with: over) }
        }
        // Without the file, every key that it may hold would be reported as missing.
        guard let merged else { throw ConfigurationErrors(errors: errors) }
        let decoder = ConfigurationDecoder(merged, variables: variables, source: source, errors: errors)
        guard decoder.errors.isEmpty else { throw ConfigurationErrors(errors: decoder.errors) }
        self = decoder.configuration
    }
}

extension ConfigurationOverride {
    /// The settings it names; nil, with an error, when it cannot be read.
    fileprivate func tree(_ errors: inout [ConfigurationError]) -> ConfigurationNode? {
        switch self {
        case .json(let text):
            guard !OverrideText.hasComment(text) else {
                errors.append(
                    ConfigurationError(.syntax(OverrideText.commentProblem), at: Origin(source: "--override"))
                )
                return nil
            }
            return ConfigurationFile.tree(of: text, source: "--override", errors: &errors)
        case .set(let text):
            let source = "--set " + text.prefix(80)
            let parts = text.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
            let names = parts[0].split(separator: ".", omittingEmptySubsequences: false).map(String.init)
            guard parts.count == 2, names.allSatisfy({ !$0.isEmpty }) else {
                errors.append(
                    ConfigurationError(
                        .syntax("expected KEY=VALUE, e.g. training.lr=1e-4"), at: Origin(source: source)))
                return nil
            }
            let origin = Origin(source: source)
            let null = ConfigurationNode(origin: origin, content: .scalar("", isQuoted: false))
            let before = errors.count
            let value = OverrideText.value(String(parts[1]), source: source, errors: &errors)
            guard errors.count == before else { return nil }
            return names.reversed().reduce(value?.placed(at: origin) ?? null) { inner, name in
                let entry = ConfigurationNode.Entry(key: name, origin: origin, value: inner)
                return ConfigurationNode(origin: origin, content: .mapping([entry]))
            }
        }
    }
}

extension ConfigurationNode {
    /// The same with one place for everything: lines of an option's value say nothing.
    fileprivate func placed(at origin: Origin) -> ConfigurationNode {
        var result = self
        result.origin = origin
        switch content {
        case .sequence(let items): result.content = .sequence(items.map { $0.placed(at: origin) })
        case .mapping(let entries):
            result.content = .mapping(
                entries.map { Entry(key: $0.key, origin: origin, value: $0.value.placed(at: origin)) })
        case .scalar, .unusable: break
        }
        return result
    }
}

extension Configuration {
    /// Reads a file and makes the changes of a command line: every override, then every setting.
    ///
    /// - Parameters:
    ///   - path: the YAML file.
    ///   - overrides: settings laid over the file, as JSON.
    ///   - settings: single settings, `key=value`.
    ///   - notice: told about each setting that has no effect.
    /// - Throws: ``ConfigurationErrors``, all mistakes at once.
    public init(
        path: String, overrides: [String], settings: [String], notice: (String) -> Void
    ) throws(ConfigurationErrors) {
        try self.init(
            path: path,
            overrides: overrides.map(ConfigurationOverride.json) + settings.map(ConfigurationOverride.set))
        for text in notices { notice(text) }
    }
}
