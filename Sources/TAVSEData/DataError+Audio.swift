import TAVSEBase
import TAVSESignal

extension DataError {
    /// A folder that could not be listed.
    package init(_ problem: FolderListing.Problem) {
        switch problem {
        case .missing(let path): self = .missingInput(path: path)
        case .notAFolder(let path): self = .unreadable(path: path, reason: "it is a file, expected a folder")
        case .unreadable(let path, let reason): self = .unreadable(path: path, reason: reason)
        }
    }

    /// An audio file's error in this module's words; the file is named in both.
    package init(_ error: AudioError) {
        switch error {
        case .missing(let path): self = .missingInput(path: path)
        case .cannotWrite(let path, let reason): self = .cannotWrite(path: path, reason: reason)
        default:
            // The description begins with the path, which this error states itself.
            let text = error.description
            let prefix = error.path + ": "
            self = .audio(
                path: error.path, reason: text.hasPrefix(prefix) ? String(text.dropFirst(prefix.count)) : text
            )
        }
    }
}
