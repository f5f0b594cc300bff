import Foundation
import TAVSEBase
import TAVSESignal

/// Pairs the recordings of two or three folders by their relative paths; extensions may differ.
public enum FolderPairing {
    /// A folder of recordings and how they are named.
    public struct Folder: Sendable {
        let path: String
        let pattern: NamePattern?

        /// - Parameters:
        ///   - path: the folder.
        ///   - pattern: how its files are named; nil when the path without extension is the utterance.
        public init(_ path: String, pattern: NamePattern? = nil) {
            self.path = Self.withoutSlash(path)
            self.pattern = pattern
        }

        private static func withoutSlash(_ path: String) -> String {
            path.count > 1 && path.hasSuffix("/") ? withoutSlash(String(path.dropLast())) : path
        }
    }

    /// Lists the pairs of folders, subfolders and linked folders included; hidden files are skipped.
    ///
    /// Names that differ only in their Unicode normalisation (a letter with its accent as one character or as two, as
    /// after a copy over macOS) are paired where that is unique.
    ///
    /// - Parameters:
    ///   - clean: folder of clean recordings.
    ///   - enhanced: folder of a system's outputs.
    ///   - noisy: folder of noisy recordings, if any.
    /// - Throws: `.missingFolder`, `.notAFolder`, `.unreadableFolder`, `.duplicateNames`, `.noMatch`.
    public static func pairs(
        clean: Folder, enhanced: Folder, noisy: Folder? = nil
    ) throws(EvaluationError) -> RecordingList {
        let cleanFiles = try recordings(in: clean)
        let enhancedFiles = try recordings(in: enhanced).matched(to: cleanFiles)
        let noisyFiles = try noisy.map { folder throws(EvaluationError) in
            try recordings(in: folder).matched(to: cleanFiles)
        }
        var pairs: [RecordingPair] = []
        var unmatched: [String] = []
        for (name, file) in cleanFiles.files {
            guard let output = enhancedFiles.files[name] else {
                unmatched.append("\(clean.path)/\(file): not in \(enhanced.path)")
                continue
            }
            let input = noisyFiles?.files[name]
            if let noisy, input == nil { unmatched.append("\(clean.path)/\(file): not in \(noisy.path)") }
            pairs.append(
                RecordingPair(
                    utterance: name.text, clean: "\(clean.path)/\(file)",
                    noisy: noisy.flatMap { folder in input.map { "\(folder.path)/\($0)" } },
                    enhanced: "\(enhanced.path)/\(output)"))
        }
        for (name, file) in enhancedFiles.files where cleanFiles.files[name] == nil {
            unmatched.append("\(enhanced.path)/\(file): not in \(clean.path)")
        }
        for (name, file) in noisyFiles?.files ?? [:] where cleanFiles.files[name] == nil {
            unmatched.append("\(noisy?.path ?? "")/\(file): not in \(clean.path)")
        }
        return RecordingList(
            pairs: pairs.sorted { $0.utterance.utf8.lexicographicallyPrecedes($1.utterance.utf8) },
            unmatched: unmatched.sorted { $0.utf8.lexicographicallyPrecedes($1.utf8) })
    }

    /// A name compared byte by byte: `==` on text equates different encodings of one letter, which a file system keeps
    /// apart.
    private struct Name: Hashable {
        let text: String

        static func == (a: Name, b: Name) -> Bool { a.text.utf8.elementsEqual(b.text.utf8) }
        func hash(into hasher: inout Hasher) { text.utf8.forEach { hasher.combine($0) } }
    }

    /// The files of a folder by the name of their utterance.
    private struct Names {
        var files: [Name: String] = [:]

        /// The same files under the names of others, where only the encoding of letters differs and one fits one.
        func matched(to others: Names) -> Names {
            var result = Names()
            // Equality of text is canonical equivalence: these are the groups of names that mean the same.
            let wanted = Dictionary(
                grouping: others.files.keys.filter { files[$0] == nil }, by: { $0.text })
            let extra = Dictionary(grouping: files.keys.filter { others.files[$0] == nil }, by: { $0.text })
            for (name, file) in files {
                if others.files[name] == nil, let same = wanted[name.text], let only = same.first,
                    same.count == 1, extra[name.text]?.count == 1
                {
                    result.files[only] = file
                } else {
                    result.files[name] = file
                }
            }
            return result
        }
    }

    private static func recordings(in folder: Folder) throws(EvaluationError) -> Names {
        let paths: [String]
        do throws(FolderListing.Problem) { paths = try FolderListing.audioFiles(in: folder.path) } catch {
            throw EvaluationError(error)
        }
        var found = Names()
        for path in paths {
            let name: Name
            if let pattern = folder.pattern {
                guard let utterance = pattern.utterance(of: path) else { continue }
                name = Name(text: utterance)
            } else {
                name = Name(text: (path as NSString).deletingPathExtension)
            }
            if let other = found.files[name] {
                throw .duplicateNames(folder: folder.path, first: min(path, other), second: max(path, other))
            }
            found.files[name] = path
        }
        if let pattern = folder.pattern, found.files.isEmpty, let example = paths.first {
            throw .noMatch(folder: folder.path, pattern: pattern.text, example: example)
        }
        return found
    }
}

extension EvaluationError {
    /// A folder that could not be listed.
    init(_ problem: FolderListing.Problem) {
        switch problem {
        case .missing(let path): self = .missingFolder(path: path)
        case .notAFolder(let path): self = .notAFolder(path: path)
        case .unreadable(let path, let reason): self = .unreadableFolder(path: path, reason: reason)
        }
    }
}
