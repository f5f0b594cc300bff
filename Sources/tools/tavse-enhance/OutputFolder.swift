import Foundation
import TAVSEBase
import TAVSESignal

/// The folder that outputs go to.
enum OutputFolder {
    /// Makes a folder and those above it.
    ///
    /// - Throws: `AudioError.cannotWrite` in the system's words.
    static func make(_ path: String) throws(AudioError) {
        var isFolder: ObjCBool = false
        if FileManager.default.fileExists(atPath: path, isDirectory: &isFolder), !isFolder.boolValue {
            throw .cannotWrite(path: path, reason: "it is a file, expected a folder; choose another --out")
        }
        do {
            try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
        } catch {
            let error = error as NSError
            let cause = error.userInfo[NSUnderlyingErrorKey] as? NSError ?? error
            let reason =
                cause.domain == NSPOSIXErrorDomain
                ? String(cString: strerror(Int32(cause.code))) : "a folder cannot be made there"
            throw .cannotWrite(path: path, reason: reason)
        }
    }
}
