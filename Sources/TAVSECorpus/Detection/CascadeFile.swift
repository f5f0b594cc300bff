import Foundation
import TAVSEData

/// Where cascade files are found and read.
public enum CascadeFile {
    /// The cascade that is used unless another is named.
    ///
    /// > Source: Puttemans, Ergün, Goedemé, *Improving open source face detection by combining an adapted cascade
    /// > classification pipeline and active learning*, VISAPP 2017.
    public static let standardName = "lbpcascade_frontalface_improved.xml"

    /// Folders that `opencv-data` (Debian, Ubuntu) and `opencv` (Homebrew, source) install into.
    static let folders = [
        "/usr/share/opencv4", "/usr/share/opencv", "/usr/local/share/opencv4", "/opt/homebrew/share/opencv4",
    ].map { $0 + "/lbpcascades" }

    /// Largest file that is read.
    private static let mostBytes = 1 << 24

    /// The installed standard cascade; nil when there is none.
    public static func installed() -> String? { installed(in: folders) }

    private static func installed(in folders: [String]) -> String? {
        folders.map { $0 + "/" + standardName }.first(where: FileManager.default.fileExists(atPath:))
    }

    /// The bytes of a cascade file.
    ///
    /// - Parameters:
    ///   - path: a file, or nil for the installed one.
    ///   - folders: where it may be installed.
    /// - Throws: ``DataError`` saying what to install when there is none.
    static func read(_ path: String?, folders: [String] = folders) throws(DataError) -> (
        path: String, bytes: [UInt8]
    ) {
        guard let path = path ?? installed(in: folders) else {
            throw .setting(
                "cascade",
                reason: "\(standardName) is in none of \(folders.joined(separator: ", ")); install it "
                    + "(apt-get install opencv-data), name a file with --cascade, or give mouth boxes with --boxes"
            )
        }
        guard FileManager.default.fileExists(atPath: path) else { throw .missingInput(path: path) }
        let size =
            (try? FileManager.default.attributesOfItem(atPath: path)[.size] as? NSNumber)?.intValue ?? 0
        guard size <= mostBytes else {
            throw .unreadable(path: path, reason: "\(size) bytes; a cascade file has at most \(mostBytes)")
        }
        guard let data = FileManager.default.contents(atPath: path) else {
            throw .unreadable(path: path, reason: "permission denied, or not a file")
        }
        return (path, [UInt8](data))
    }
}
