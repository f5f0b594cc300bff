import Foundation
import TAVSEAnalysis
import TAVSEBase

/// Writes files whole or not at all.
public enum OutputFolder {
    /// Writes a text file, replacing an old one only when the new one is complete.
    /// - Throws: ``ReportError/cannotWrite(path:reason:)``.
    public static func write(_ text: String, to path: String) throws(ReportError) {
        do throws(FileWriteError) {
            try AtomicFile.write(Data(text.utf8), to: path)
        } catch {
            throw .cannotWrite(path: path, reason: error.reason)
        }
    }

    /// Makes a folder and those above it.
    /// - Throws: ``ReportError/cannotWrite(path:reason:)``.
    public static func make(_ path: String) throws(ReportError) {
        do {
            try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
        } catch {
            throw .cannotWrite(path: path, reason: reason(error))
        }
    }

    /// The system's words without Foundation's boilerplate.
    private static func reason(_ error: any Error) -> String {
        let underlying = (error as NSError).userInfo[NSUnderlyingErrorKey] as? NSError
        return (underlying ?? error as NSError).localizedDescription
    }
}
