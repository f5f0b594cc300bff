import Foundation

/// Lists the files of a folder and its subfolders, as people really keep them.
///
/// Links to folders are followed, because corpora are often spread over several disks that way; a link that leads back
/// to a folder above itself is not, so that a loop ends. Files and folders whose name begins with a dot (`._a.wav` of
/// macOS, `.DS_Store`, `.git`) are skipped.
public enum FolderListing {
    /// Why a folder could not be listed.
    public enum Problem: Error, Equatable, Sendable {
        /// There is no such folder.
        case missing(path: String)
        /// It is a file.
        case notAFolder(path: String)
        /// It, or one below it, cannot be listed.
        case unreadable(path: String, reason: String)
    }

    /// Deepest nesting that is followed.
    private static let maximumDepth = 64

    /// Every file below a folder, as paths relative to it, in byte order.
    ///
    /// - Parameters:
    ///   - folder: where to look.
    ///   - leavingOut: folders that are skipped, wherever they lie, such as the output folder of a batch.
    ///   - accepts: whether a file of this name (without folders) is wanted.
    public static func files(
        in folder: String, leavingOut: [String] = [], where accepts: (String) -> Bool
    ) throws(Problem) -> [String] {
        guard let identity = Identity(path: folder) else { throw .missing(path: folder) }
        guard identity.isFolder else { throw .notAFolder(path: folder) }
        let skipped = Set(leavingOut.compactMap(Identity.init(path:)))
        var found: [String] = []
        try walk(folder, prefix: "", above: [identity], skipped: skipped, accepts: accepts, into: &found)
        return found.sorted { $0.utf8.lexicographicallyPrecedes($1.utf8) }
    }

    /// The names directly in a folder that do not begin with a dot, in byte order.
    public static func names(in folder: String) throws(Problem) -> [String] {
        guard let identity = Identity(path: folder) else { throw .missing(path: folder) }
        guard identity.isFolder else { throw .notAFolder(path: folder) }
        do {
            return try FileManager.default.contentsOfDirectory(atPath: folder)
                .filter { !$0.hasPrefix(".") }.sorted { $0.utf8.lexicographicallyPrecedes($1.utf8) }
        } catch { throw .unreadable(path: folder, reason: reason(error)) }
    }

    /// Which file or folder a path means, whatever links lead to it.
    private struct Identity: Hashable {
        let device: UInt64
        let number: UInt64
        let isFolder: Bool

        init?(path: String) {
            var status = stat()
            guard stat(path, &status) == 0 else { return nil }
            device = UInt64(status.st_dev)
            number = UInt64(status.st_ino)
            isFolder = status.st_mode & S_IFMT == S_IFDIR
        }
    }

    private static func walk(
        _ folder: String, prefix: String, above: [Identity], skipped: Set<Identity>,
        accepts: (String) -> Bool, into found: inout [String]
    ) throws(Problem) {
        for name in try names(in: folder) {
            let path = folder + "/" + name
            guard let identity = Identity(path: path) else {
                // A link to nothing. One that is named like a recording is reported by whoever reads it.
                if accepts(name) {
                    found.append(prefix + name)
                } else if !name.contains(".") {
                    throw .unreadable(
                        path: path, reason: "it is a link to something that is not there; mount or remove it")
                }
                continue
            }
            if identity.isFolder {
                guard !skipped.contains(identity), !above.contains(identity) else { continue }
                guard above.count < maximumDepth else {
                    throw .unreadable(path: path, reason: "more than \(maximumDepth) folders deep")
                }
                try walk(
                    path, prefix: prefix + name + "/", above: above + [identity], skipped: skipped,
                    accepts: accepts, into: &found)
            } else if accepts(name) {
                found.append(prefix + name)
            }
        }
    }

    private static func reason(_ error: any Error) -> String {
        let error = error as NSError
        let cause = error.userInfo[NSUnderlyingErrorKey] as? NSError ?? error
        if cause.domain == NSPOSIXErrorDomain { return String(cString: strerror(Int32(cause.code))) }
        return error.code == NSFileReadNoPermissionError ? "permission denied" : error.localizedDescription
    }
}

extension FolderListing.Problem: CustomStringConvertible {
    /// One line: which folder and what is wrong.
    public var description: String {
        switch self {
        case .missing(let path): "no folder at \(path)"
        case .notAFolder(let path): "\(path) is a file, expected a folder"
        case .unreadable(let path, let reason): "cannot list \(path): \(reason)"
        }
    }
}
