import Foundation
import TAVSEBase

/// Folders and whole files, with errors that name them.
public enum OutputFile {
    /// Makes a folder and those above it.
    public static func createFolder(_ path: String) throws(EvaluationError) {
        do {
            try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
        } catch {
            throw .cannotWrite(path: path, reason: "the folder cannot be created")
        }
    }

    /// Writes a text file, which appears under its name only when it is whole.
    public static func write(_ text: String, to path: String) throws(EvaluationError) {
        do throws(FileWriteError) {
            try AtomicFile.write(Data(text.utf8), to: path)
        } catch {
            throw .cannotWrite(path: path, reason: error.reason)
        }
    }
}
