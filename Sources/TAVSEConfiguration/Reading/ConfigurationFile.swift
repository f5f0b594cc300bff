import Foundation

/// Configuration files that extend one another.
enum ConfigurationFile {
    /// Files in a row that may extend each other.
    private static let depth = 16
    /// The key that names the file to build on.
    static let extends = "extends"

    /// The folder a file lies in.
    static func folder(of path: String) -> String {
        guard let slash = path.lastIndex(of: "/") else { return "." }
        return slash == path.startIndex ? "/" : String(path[..<slash])
    }

    /// The settings of a file laid over those it extends; nil, with errors, when there are none.
    static func read(_ path: String, variables: Variables, errors: inout [ConfigurationError])
        -> ConfigurationNode?
    {
        read(path, chain: [], variables: variables, errors: &errors)
    }

    /// The settings of a text, which must be a group of keys.
    static func tree(of text: String, source: String, errors: inout [ConfigurationError])
        -> ConfigurationNode?
    {
        let before = errors.count
        let node = YAMLDocument.read(text, source: source, errors: &errors)
        guard let node, !node.isNull else {
            if errors.count == before {
                errors.append(ConfigurationError(.empty, at: Origin(source: source)))
            }
            return nil
        }
        guard case .mapping = node.content else {
            errors.append(
                ConfigurationError(
                    .wrongType(found: node.summary, expected: "a group of keys, e.g. `training: {lr: 1e-4}`"),
                    at: node.origin))
            return nil
        }
        return node
    }

    private static func read(
        _ path: String, chain: [String], variables: Variables, errors: inout [ConfigurationError]
    ) -> ConfigurationNode? {
        let text: String
        do throws(ConfigurationErrors) { text = try TextFile.read(path) } catch {
            errors += error.errors
            return nil
        }
        guard var node = tree(of: text, source: path, errors: &errors),
            case .mapping(var entries) = node.content
        else { return nil }
        guard let index = entries.firstIndex(where: { $0.key == extends }) else { return node }
        let entry = entries.remove(at: index)
        node.content = .mapping(entries)
        let value = entry.value.expanded(variables, key: extends, errors: &errors)
        guard let name = try? value.path(home: variables.environment["HOME"]) else {
            if value.content != .unusable {
                errors.append(
                    ConfigurationError(
                        .wrongType(found: value.summary, expected: "the path of a configuration file"),
                        at: value.origin, key: extends))
            }
            return node
        }
        let base = URL(fileURLWithPath: name.hasPrefix("/") ? name : folder(of: path) + "/" + name)
            .standardizedFileURL
            .resolvingSymlinksInPath().path
        let own = URL(fileURLWithPath: path).standardizedFileURL.resolvingSymlinksInPath().path
        let files = chain + [own]
        guard !files.contains(base), files.count < depth else {
            errors.append(
                ConfigurationError(.extendsItself(chain: files + [base]), at: value.origin, key: extends))
            return node
        }
        let shown =
            name.hasPrefix("/") ? name : folder(of: path) == "." ? name : folder(of: path) + "/" + name
        guard FileManager.default.fileExists(atPath: shown) else {
            errors.append(
                ConfigurationError(
                    .inconsistent(found: name, expected: "an existing file, sought as \(shown)"),
                    at: value.origin, key: extends))
            return node
        }
        return read(shown, chain: files, variables: variables, errors: &errors)?.merged(with: node) ?? node
    }
}
