import Foundation

/// A regular file opened for reading: finds out what is wrong with a path before any decoder sees it.
struct RegularFile: ~Copyable {
    let path: String
    let descriptor: Int32
    let byteCount: Int

    /// Opens a file without ever blocking (a FIFO would) or following into directories and devices.
    init(path: String) throws(AudioError) {
        guard !path.utf8.contains(0) else {
            throw .unreadable(path: path, reason: "the name holds a NUL character")
        }
        let descriptor = open(path, O_RDONLY | O_NONBLOCK | O_CLOEXEC)
        guard descriptor >= 0 else {
            let code = errno
            if code == ENOENT || code == ENOTDIR { throw .missing(path: path) }
            throw .unreadable(path: path, reason: String(cString: strerror(code)))
        }
        var status = stat()
        guard fstat(descriptor, &status) == 0 else {
            let code = errno
            close(descriptor)
            throw .unreadable(path: path, reason: String(cString: strerror(code)))
        }
        guard status.st_mode & S_IFMT == S_IFREG else {
            close(descriptor)
            let isFolder = status.st_mode & S_IFMT == S_IFDIR
            throw .unreadable(path: path, reason: isFolder ? "it is a folder" : "it is not a regular file")
        }
        guard status.st_size > 0 else {
            close(descriptor)
            throw .empty(path: path)
        }
        self.path = path
        self.descriptor = descriptor
        byteCount = Int(status.st_size)
    }

    deinit { close(descriptor) }

    /// Bytes at a position; fewer at the end of the file. Does not move the file's read position.
    func bytes(at offset: Int, count: Int) -> [UInt8] {
        guard offset >= 0, offset < byteCount else { return [] }
        return [UInt8](unsafeUninitializedCapacity: count) { buffer, filled in
            filled = max(0, pread(descriptor, buffer.baseAddress, count, off_t(offset)))
        }
    }
}
