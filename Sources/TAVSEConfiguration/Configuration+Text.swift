import Foundation
import TAVSEBase
import TAVSESignal

extension Configuration {
    /// The resolved configuration: every key with its value, as JSON with sorted keys. The same configuration gives the
    /// same text, and ``init(text:source:overrides:environment:)`` reads it back as an equal one.
    public var text: String {
        var tree = Group()
        for key in ConfigurationKey.all {
            if input.augmentation == nil, key.path.hasPrefix(ConfigurationKey.optionalGroup + ".") {
                continue
            }
            tree.set(key.encode(self), at: key.path.split(separator: ".").map(String.init)[...])
        }
        if input.augmentation == nil {
            tree.set("null", at: ConfigurationKey.optionalGroup.split(separator: ".").map(String.init)[...])
        }
        return tree.text(indent: "")
    }

    /// SHA-256 of ``text``, 64 hexadecimal digits.
    public var hash: String { SHA256.hexadecimal(of: text) }

    /// The resolved value of a key as plain text, e.g. for a script.
    ///
    /// - Parameter key: a dotted key of the file, `checkpoint_folder`, `log_folder` or `all` (the whole ``text``).
    /// - Throws: an error that names the nearest key when there is no such key.
    public func value(of key: String) throws(ConfigurationErrors) -> String {
        switch key {
        case "all": return text
        case "checkpoint_folder": return checkpointFolder
        case "log_folder": return logFolder
        default: break
        }
        guard let found = ConfigurationKey.byPath[key] else {
            let known = ConfigurationKey.all.map(\.path)
            throw ConfigurationErrors(errors: [
                ConfigurationError(
                    .unknownKey(nearest: NearestName.of(key, among: known), accepted: known),
                    at: Origin(source: "--print"), key: key)
            ])
        }
        let encoded = found.encode(self)
        // Texts are encoded with quotes; a script wants the characters.
        let plain = try? JSONDecoder().decode(String.self, from: Data(encoded.utf8))
        return plain ?? encoded
    }

    private struct Group {
        private var values: [String: String] = [:]
        private var groups: [String: Group] = [:]

        mutating func set(_ value: String, at path: ArraySlice<String>) {
            guard let name = path.first else { return }
            if path.count == 1 {
                values[name] = value
            } else {
                groups[name, default: Group()].set(value, at: path.dropFirst())
            }
        }

        func text(indent: String) -> String {
            let inner = indent + "  "
            let lines = (Array(values.keys) + Array(groups.keys)).sorted().map { name in
                inner + JSONText.yaml(name) + ": "
                    + (values[name] ?? groups[name]?.text(indent: inner) ?? "null")
            }
            return "{\n" + lines.joined(separator: ",\n") + "\n" + indent + "}"
        }
    }
}
