import Foundation
import TAVSEModel

/// Finds the checkpoint that a command line means: `best`, `latest`, a file, or a name in the experiment's folder.
public struct CheckpointLocator: Sendable {
    /// The experiment's folder; nil without a configuration.
    public let folder: String?

    /// - Parameter folder: where `best` and `latest` are looked for; nil allows files only.
    public init(folder: String?) { self.folder = folder }

    /// Looks in the folder of an experiment.
    public init(_ configuration: Configuration) { self.init(folder: configuration.checkpointFolder) }

    /// The file that `name` means.
    ///
    /// - Parameter name: `best` or `latest`, the path of a file, or a file's name in the folder, with or without
    ///   `.safetensors`.
    /// - Throws: ``CheckpointError/missing(path:hint:)``, which says what there is.
    public func path(of name: String) throws(CheckpointError) -> String {
        let isAlias = name == "best" || name == "latest"
        if !isAlias, isFile(name) { return name }
        guard let folder else {
            let hint =
                isAlias ? "'\(name)' needs a configuration that says where; or name a file" : "check the name"
            throw .missing(path: name, hint: hint)
        }
        for candidate in ["\(folder)/\(name).safetensors", "\(folder)/\(name)"] where isFile(candidate) {
            return candidate
        }
        let there = ((try? FileManager.default.contentsOfDirectory(atPath: folder)) ?? [])
            .filter { $0.hasSuffix(".safetensors") && $0 != "state.safetensors" }.sorted()
        throw .missing(
            path: isAlias ? "\(folder)/\(name).safetensors" : name,
            hint: there.isEmpty
                ? "\(folder) has no checkpoints: train first, or name a file"
                : "\(folder) has \(there.joined(separator: ", "))")
    }

    private func isFile(_ path: String) -> Bool {
        var isFolder: ObjCBool = false
        return FileManager.default.fileExists(atPath: path, isDirectory: &isFolder) && !isFolder.boolValue
    }
}
