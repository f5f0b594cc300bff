import Foundation

/// A file that grows by whole pieces: what cannot be written in full, on a full disk, is taken back.
final class AppendingFile {
    let path: String
    private var descriptor: Int32
    private var size: Int

    /// - Parameters:
    ///   - path: the file.
    ///   - isNew: whether it must not exist yet; otherwise it is continued, or made when absent.
    init(path: String, isNew: Bool) throws(TrainingLogError) {
        self.path = path
        descriptor = open(path, O_WRONLY | O_CREAT | O_CLOEXEC | (isNew ? O_EXCL : 0), 0o644)
        guard descriptor >= 0 else {
            if errno == EEXIST { throw .alreadyExists(path: path) }
            throw Self.failure(path)
        }
        let end = lseek(descriptor, 0, SEEK_END)
        guard end >= 0 else {
            let failure = Self.failure(path)
            close(descriptor)
            throw failure
        }
        size = Int(end)
    }

    deinit { if descriptor >= 0 { close(descriptor) } }

    /// Whether nothing was written yet.
    var isEmpty: Bool { size == 0 }

    /// Adds bytes; after an error the file is as before.
    func append(_ bytes: [UInt8]) throws(TrainingLogError) {
        var written = 0
        while written < bytes.count {
            let count = bytes[written...].withUnsafeBytes { write(descriptor, $0.baseAddress, $0.count) }
            if count < 0, errno == EINTR { continue }
            guard count > 0 else {
                let failure = Self.failure(path)
                if ftruncate(descriptor, off_t(size)) == 0 { lseek(descriptor, off_t(size), SEEK_SET) }
                throw failure
            }
            written += count
        }
        size += written
    }

    /// Waits until the disk has everything.
    func synchronize() throws(TrainingLogError) {
        guard fsync(descriptor) == 0 else { throw Self.failure(path) }
    }

    /// Closes the file; some file systems report a full disk only here.
    func finish() throws(TrainingLogError) {
        guard descriptor >= 0 else { return }
        let code = close(descriptor)
        descriptor = -1
        guard code == 0 else { throw Self.failure(path) }
    }

    /// Shortens a file and waits until the disk has it so.
    static func cut(_ path: String, to size: Int) throws(TrainingLogError) {
        let descriptor = open(path, O_WRONLY | O_CLOEXEC)
        guard descriptor >= 0 else { throw failure(path) }
        defer { close(descriptor) }
        guard ftruncate(descriptor, off_t(size)) == 0, fsync(descriptor) == 0 else { throw failure(path) }
    }

    /// A whole file, nil when there is none.
    static func contents(_ path: String) throws(TrainingLogError) -> [UInt8]? {
        guard FileManager.default.fileExists(atPath: path) else { return nil }
        do {
            return try [UInt8](Data(contentsOf: URL(fileURLWithPath: path)))
        } catch { throw .cannotAccess(path: path, reason: error.localizedDescription) }
    }

    static func remove(_ path: String) throws(TrainingLogError) {
        guard unlink(path) == 0 else { throw failure(path) }
    }

    /// The system's last error.
    static func failure(_ path: String) -> TrainingLogError {
        .cannotAccess(path: path, reason: String(cString: strerror(errno)))
    }
}
