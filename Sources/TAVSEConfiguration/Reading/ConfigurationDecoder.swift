import TAVSEBase
import TAVSEModel

/// Reads a tree of settings along the table of keys.
struct ConfigurationDecoder {
    /// Name of the variable that gives the data root when the file does not.
    static let rootVariable = "TAVSE_DATA_ROOT"

    private(set) var configuration = Configuration(experimentName: "")
    private(set) var errors: [ConfigurationError]
    /// Where each key was given.
    private(set) var origins: [String: Origin] = [:]
    private var failed: Set<String> = []
    private let source: Origin
    private let home: String?

    /// Reads the settings.
    ///
    /// - Parameters:
    ///   - tree: the merged settings; nil when the file was unreadable.
    ///   - variables: values for `${NAME}`.
    ///   - source: what errors about missing keys call the file.
    ///   - errors: what is wrong already.
    init(_ tree: ConfigurationNode, variables: Variables, source: String, errors: [ConfigurationError]) {
        self.errors = errors
        self.source = Origin(source: source)
        home = variables.environment["HOME"]
        let expanded = tree.expanded(variables, errors: &self.errors)
        read(expanded, group: "")
        takeDefaultPaths(variables)
        takeDefaultStrides()
        if origins["experiment_name"] == nil {
            fail(.missingKey(remedy: "add `experiment_name: NAME`"), "experiment_name")
        }
        checkTogether()
    }

    /// Whether a key has its value: given and accepted, or not given.
    private func isSound(_ keys: [String]) -> Bool { failed.isDisjoint(with: keys) }

    private mutating func fail(_ problem: ConfigurationError.Problem, _ key: String) {
        failed.insert(key)
        errors.append(ConfigurationError(problem, at: origins[key] ?? source, key: key))
    }

    private mutating func read(_ node: ConfigurationNode, group: String) {
        let prefix = group.isEmpty ? "" : group + "."
        if group == ConfigurationKey.optionalGroup, node.isNull {
            configuration.input.augmentation = nil
            return
        }
        // A group whose keys are all commented out.
        if node.isNull { return }
        switch node.content {
        case .unusable: return
        case .scalar, .sequence:
            let names = Self.children(of: group).joined(separator: ", ")
            errors.append(
                ConfigurationError(
                    .wrongType(found: node.summary, expected: "a group of keys (\(names))"), at: node.origin,
                    key: group.isEmpty ? nil : group))
        case .mapping(let entries):
            for entry in entries { read(entry, prefix + entry.key, group: group) }
        }
    }

    private mutating func read(_ entry: ConfigurationNode.Entry, _ path: String, group: String) {
        if ConfigurationKey.groups.contains(path) {
            read(entry.value, group: path)
            return
        }
        guard let key = ConfigurationKey.byPath[path] else {
            if path == ConfigurationFile.extends {
                errors.append(
                    ConfigurationError(
                        .syntax("only a file can extend a file"), at: entry.origin, key: path))
                return
            }
            errors.append(
                ConfigurationError(
                    .unknownKey(
                        nearest: Self.nearest(to: entry.key, in: group), accepted: Self.children(of: group)),
                    at: entry.origin, key: path))
            return
        }
        origins[path] = entry.value.isNull ? entry.origin : entry.value.origin
        // Without a value, the two folders and the root have computed ones.
        if entry.value.isNull, Self.computed.contains(path) {
            origins[path] = nil
            return
        }
        do throws(ValueProblem) {
            try key.decode(entry.value, home, &configuration)
        } catch {
            switch error {
            case .known: failed.insert(path)
            case .wrongType: fail(.wrongType(found: entry.value.summary, expected: key.accepts), path)
            case .outOfRange: fail(.outOfRange(found: entry.value.summary, expected: key.accepts), path)
            }
        }
    }

    private static let computed: Set = ["data.root", "training.checkpoint_dir", "training.log_dir"]

    /// Names that may stand in a group.
    private static func children(of group: String) -> [String] {
        let prefix = group.isEmpty ? "" : group + "."
        var names: [String] = []
        for key in ConfigurationKey.all where key.path.hasPrefix(prefix) {
            let name = String(key.path.dropFirst(prefix.count).prefix { $0 != "." })
            if names.last != name { names.append(name) }
        }
        return names
    }

    /// The name that was meant: in the same group, or by the same or a similar name elsewhere.
    private static func nearest(to name: String, in group: String) -> String? {
        let prefix = group.isEmpty ? "" : group + "."
        if let sibling = NearestName.of(name, among: children(of: group)) { return prefix + sibling }
        let leaves = ConfigurationKey.all.map { ($0.path, String($0.path.split(separator: ".").last ?? "")) }
        let leaf = NearestName.of(name, among: leaves.map(\.1))
        return leaves.first { $0.1 == leaf }?.0
    }

    /// A U-Net of another number of levels has other time strides by default.
    private mutating func takeDefaultStrides() {
        guard origins["model.time_strides"] == nil, isSound(["model.channels"]) else { return }
        configuration.network.timeStrides = NetworkSpecification.standardTimeStrides(
            levels: configuration.network.channels.count - 1)
    }

    private mutating func takeDefaultPaths(_ variables: Variables) {
        if origins["data.root"] == nil, !failed.contains("data.root") {
            do throws(Variables.Failure) {
                let value = try variables.value(of: Self.rootVariable) ?? ""
                let node = ConfigurationNode(
                    origin: Origin(source: "$" + Self.rootVariable), content: .scalar(value, isQuoted: true))
                if value.isEmpty {
                    fail(
                        .missingKey(
                            remedy:
                                "add `root: FOLDER` under `data`, or set \(Self.rootVariable) in the environment or in .env"
                        ), "data.root")
                } else if let root = try? node.path(home: home) {
                    configuration.data.root = root
                } else {
                    origins["data.root"] = node.origin
                    fail(.outOfRange(found: node.summary, expected: "a path"), "data.root")
                }
            } catch {
                fail(error.problem, "data.root")
            }
        }
        let root = configuration.data.root
        let folder = root.hasSuffix("/") ? String(root.dropLast()) : root
        if origins["training.checkpoint_dir"] == nil {
            configuration.training.checkpointDir = folder + "/checkpoints"
        }
        if origins["training.log_dir"] == nil { configuration.training.logDir = folder + "/logs" }
    }

    private mutating func checkTogether() {
        for problem in configuration.inconsistencies where isSound([problem.key] + problem.with) {
            fail(.inconsistent(found: problem.found, expected: problem.expected), problem.key)
        }
    }
}
