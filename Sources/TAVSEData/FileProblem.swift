import Foundation
import TAVSEBase

/// The system's own words for a failed file operation.
package enum FileProblem {
    package static func reason(_ error: any Error) -> String {
        let error = error as NSError
        if let cause = error.userInfo[NSUnderlyingErrorKey] as? NSError, cause.domain == NSPOSIXErrorDomain {
            return String(cString: strerror(Int32(cause.code)))
        }
        if error.domain == NSPOSIXErrorDomain { return String(cString: strerror(Int32(error.code))) }
        return error.localizedDescription
    }

    /// Writes a file so that it appears whole or not at all.
    package static func write(_ bytes: Data, to path: String) throws(DataError) {
        do throws(FileWriteError) {
            try AtomicFile.write(bytes, to: path)
        } catch { throw .cannotWrite(path: path, reason: error.reason) }
    }

    package static func makeFolder(_ path: String) throws(DataError) {
        do {
            try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
        } catch { throw .cannotWrite(path: path, reason: reason(error)) }
    }
}
