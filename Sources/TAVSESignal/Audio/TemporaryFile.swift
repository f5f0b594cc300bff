import Foundation

/// A file under a hidden name that takes its real name only when it is complete.
final class TemporaryFile {
    let descriptor: Int32
    private let temporaryPath: String
    private let finalPath: String
    private var isPending = true

    init(beside path: String) throws(AudioError) {
        guard !path.utf8.contains(0) else {
            throw .cannotWrite(path: path, reason: "the name holds a NUL character")
        }
        let folder = path.lastIndex(of: "/").map { String(path[...$0]) } ?? ""
        for _ in 0..<Self.attempts {
            let tag = String(UInt64.random(in: .min ... .max), radix: 36)
            let candidate = "\(folder).tavse-\(getpid())-\(tag).part"
            let descriptor = open(candidate, O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, 0o666)
            if descriptor >= 0 {
                self.descriptor = descriptor
                temporaryPath = candidate
                finalPath = path
                return
            }
            if errno != EEXIST { throw .cannotWrite(path: path, reason: String(cString: strerror(errno))) }
        }
        throw .cannotWrite(path: path, reason: "no free temporary name beside it")
    }

    deinit {
        guard isPending else { return }
        close(descriptor)
        unlink(temporaryPath)
    }

    /// Moves the file to its real name, replacing what was there.
    func commit() throws(AudioError) {
        isPending = false
        // A network file system reports a full disk only here.
        guard close(descriptor) == 0, rename(temporaryPath, finalPath) == 0 else {
            let reason = String(cString: strerror(errno))
            unlink(temporaryPath)
            throw .cannotWrite(path: finalPath, reason: reason)
        }
    }

    private static let attempts = 16
}
