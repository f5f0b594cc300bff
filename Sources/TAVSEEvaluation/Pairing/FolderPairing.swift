import Foundation

/// Pairs the recordings of two or three folders by their relative paths; extensions may differ.
public enum FolderPairing {
    /// What counts as a recording; everything else in a folder is skipped.
    public static let extensions: Set<String> = ["wav", "flac", "ogg", "oga", "aif", "aiff"]

    /// Lists the pairs of folders, subfolders included; hidden files are skipped.
    ///
    /// - Parameters:
    ///   - clean: folder of clean recordings.
    ///   - enhanced: folder of a system's outputs.
    ///   - noisy: folder of noisy recordings, if any.
    /// - Throws: `.missingFolder`, `.notAFolder`, `.unreadableFolder`, `.duplicateNames`.
    public static func pairs(
        clean: String, enhanced: String, noisy: String? = nil
    ) throws(EvaluationError) -> RecordingList {
        let (clean, enhanced, noisy) = (withoutSlash(clean), withoutSlash(enhanced), noisy.map(withoutSlash))
        let cleanFiles = try recordings(in: clean)
        let enhancedFiles = try recordings(in: enhanced)
        let noisyFiles = try noisy.map { path throws(EvaluationError) in try recordings(in: path) }
        var pairs: [RecordingPair] = []
        var unmatched: [String] = []
        for (name, file) in cleanFiles {
            guard let output = enhancedFiles[name] else {
                unmatched.append("\(clean)/\(file): not in \(enhanced)")
                continue
            }
            let input = noisyFiles?[name]
            if let noisy, input == nil { unmatched.append("\(clean)/\(file): not in \(noisy)") }
            pairs.append(
                RecordingPair(
                    utterance: name.text, clean: "\(clean)/\(file)",
                    noisy: noisy.flatMap { folder in input.map { "\(folder)/\($0)" } },
                    enhanced: "\(enhanced)/\(output)"))
        }
        for (name, file) in enhancedFiles where cleanFiles[name] == nil {
            unmatched.append("\(enhanced)/\(file): not in \(clean)")
        }
        for (name, file) in noisyFiles ?? [:] where cleanFiles[name] == nil {
            unmatched.append("\(noisy ?? "")/\(file): not in \(clean)")
        }
        return RecordingList(
            pairs: pairs.sorted { $0.utterance.utf8.lexicographicallyPrecedes($1.utterance.utf8) },
            unmatched: unmatched.sorted { $0.utf8.lexicographicallyPrecedes($1.utf8) })
    }

    /// A relative path without its extension, compared byte by byte: `==` on text equates different encodings
    /// of one letter, which a file system keeps apart.
    private struct Name: Hashable {
        let text: String

        static func == (a: Name, b: Name) -> Bool { a.text.utf8.elementsEqual(b.text.utf8) }
        func hash(into hasher: inout Hasher) { text.utf8.forEach { hasher.combine($0) } }
    }

    private static func withoutSlash(_ path: String) -> String {
        path.count > 1 && path.hasSuffix("/") ? withoutSlash(String(path.dropLast())) : path
    }

    private static func recordings(in folder: String) throws(EvaluationError) -> [Name: String] {
        let files = FileManager.default
        var isFolder: ObjCBool = false
        guard files.fileExists(atPath: folder, isDirectory: &isFolder) else {
            throw .missingFolder(path: folder)
        }
        guard isFolder.boolValue else { throw .notAFolder(path: folder) }
        do {
            _ = try files.contentsOfDirectory(atPath: folder)
        } catch {
            throw .unreadableFolder(path: folder, reason: "permission denied")
        }
        // A link to a folder is listed only by the folder's own path.
        let resolved = URL(fileURLWithPath: folder).resolvingSymlinksInPath().path
        var found: [Name: String] = [:]
        for case let path as String in files.enumerator(atPath: resolved) ?? .init() {
            let components = path.split(separator: "/")
            guard let last = components.last, !components.contains(where: { $0.hasPrefix(".") }),
                let dot = last.lastIndex(of: "."),
                extensions.contains(last[last.index(after: dot)...].lowercased())
            else { continue }
            let name = Name(text: String(path[..<dot]))
            if let other = found[name] {
                throw .duplicateNames(folder: folder, first: min(path, other), second: max(path, other))
            }
            found[name] = path
        }
        return found
    }
}
