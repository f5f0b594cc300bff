import Foundation
import TAVSEBase

extension AudioFile {
    /// Extensions, in lower case, of the files that count as audio wherever a folder is listed.
    public static let extensions: Set<String> = [
        "wav", "wave", "w64", "rf64", "flac", "ogg", "oga", "opus", "aif", "aiff", "aifc",
    ]

    /// Whether a file's name says that it holds audio.
    public static func hasAudioExtension(_ name: String) -> Bool {
        extensions.contains((name as NSString).pathExtension.lowercased())
    }
}

extension FolderListing {
    /// Every audio file below a folder, as paths relative to it, in byte order.
    public static func audioFiles(in folder: String, leavingOut: [String] = []) throws(Problem) -> [String] {
        try files(in: folder, leavingOut: leavingOut, where: AudioFile.hasAudioExtension)
    }
}
