import Foundation

/// Why a file could not be written.
public struct FileWriteError: ClassifiedError, Equatable, Sendable, CustomStringConvertible {
    /// The file under its real name.
    public let path: String
    /// The system's words.
    public let reason: String
    /// Whether the disk, or the user's share of it, is full.
    public let isDiskFull: Bool

    /// The kind of failure.
    public var failureKind: FailureKind { .cannotWrite }

    /// One line: which file and why.
    public var description: String { "\(path): cannot be written: \(reason)" }

    init(_ path: String, code: Int32) {
        self.path = path
        reason = String(cString: strerror(code))
        isDiskFull = code == ENOSPC || code == EDQUOT
    }

    init(_ path: String, reason: String) {
        self.path = path
        self.reason = reason
        isDiskFull = false
    }
}

/// A file under a hidden name that takes its real name only when it is complete.
///
/// Readers see the old file or the whole new one, never a part. Without ``commit(durable:)`` nothing is left behind.
public final class AtomicFile {
    /// Where to write.
    public let descriptor: Int32
    private let temporaryPath: String
    private let finalPath: String
    private var isPending = true

    private enum Constants {
        static let attempts = 16
        /// Bytes of a name that leave room for what is put around it (file systems take 255).
        static let longestName = 240
    }

    /// Starts a file beside the name it will take; its folder must be there.
    public init(_ path: String) throws(FileWriteError) {
        guard !path.utf8.contains(0) else {
            throw FileWriteError(path, reason: "the name holds a NUL character")
        }
        let cut = path.lastIndex(of: "/").map { path.index(after: $0) } ?? path.startIndex
        let (folder, name) = (path[..<cut], path[cut...])
        finalPath = path
        // One hidden name for each file: what a killed process left is written over when its command runs again. While
        // another writer holds it, a name of its own serves.
        let usual = "\(folder).tavse-\(name).part"
        if name.utf8.count <= Constants.longestName, let descriptor = AtomicFile.lockedFile(usual) {
            (self.descriptor, temporaryPath) = (descriptor, usual)
            return
        }
        for _ in 0..<Constants.attempts {
            let tag = String(UInt64.random(in: .min ... .max), radix: 36)
            let candidate = "\(folder).tavse-\(getpid())-\(tag).part"
            let descriptor = open(candidate, O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, 0o666)
            if descriptor >= 0 {
                (self.descriptor, temporaryPath) = (descriptor, candidate)
                return
            }
            if errno != EEXIST { throw FileWriteError(path, code: errno) }
        }
        throw FileWriteError(path, reason: "no free temporary name beside it")
    }

    /// Opens a file, new or left over, empties it and holds it for this writer alone; nil when that cannot be had.
    private static func lockedFile(_ path: String) -> Int32? {
        let descriptor = open(path, O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0o666)
        guard descriptor >= 0 else { return nil }
        var (held, named) = (stat(), stat())
        // Between opening and locking, the writer before may have given the file its real name.
        guard flock(descriptor, LOCK_EX | LOCK_NB) == 0, fstat(descriptor, &held) == 0,
            lstat(path, &named) == 0, held.st_dev == named.st_dev, held.st_ino == named.st_ino
        else {
            close(descriptor)
            return nil
        }
        if held.st_size > 0, ftruncate(descriptor, 0) != 0 {
            unlink(path)
            close(descriptor)
            return nil
        }
        return descriptor
    }

    /// Writes a whole file: readers see what was there before, or all of the new bytes.
    public static func write(
        _ data: Data, to path: String, durable: Bool = false
    ) throws(FileWriteError) {
        let file = try AtomicFile(path)
        var failure: FileWriteError?
        data.withUnsafeBytes { bytes in
            do throws(FileWriteError) { try file.write(bytes) } catch { failure = error }
        }
        if let failure { throw failure }
        try file.commit(durable: durable)
    }

    deinit {
        guard isPending else { return }
        unlink(temporaryPath)
        close(descriptor)
    }

    /// Appends bytes.
    public func write(_ bytes: UnsafeRawBufferPointer) throws(FileWriteError) {
        var rest = bytes
        while let base = rest.baseAddress, !rest.isEmpty {
            let written = Foundation.write(descriptor, base, rest.count)
            if written < 0 {
                if errno == EINTR { continue }
                throw FileWriteError(finalPath, code: errno)
            }
            rest = UnsafeRawBufferPointer(rebasing: rest[written...])
        }
    }

    /// Moves the file to its real name, replacing what was there.
    ///
    /// - Parameter durable: waits until content and name are on the disk, so that a power cut cannot undo it.
    public func commit(durable: Bool = false) throws(FileWriteError) {
        if durable, fsync(descriptor) != 0 { throw FileWriteError(finalPath, code: errno) }
        isPending = false
        // The copy keeps the lock until the file has its name.
        let lock = dup(descriptor)
        defer { if lock >= 0 { close(lock) } }
        // A network file system reports a full disk only here.
        guard close(descriptor) == 0, rename(temporaryPath, finalPath) == 0 else {
            let code = errno
            unlink(temporaryPath)
            throw FileWriteError(finalPath, code: code)
        }
        if durable { try synchronizeFolder() }
    }

    private func synchronizeFolder() throws(FileWriteError) {
        let folder = finalPath.lastIndex(of: "/").map { String(finalPath[...$0]) } ?? "."
        let descriptor = open(folder, O_RDONLY | O_CLOEXEC)
        guard descriptor >= 0 else { throw FileWriteError(finalPath, code: errno) }
        defer { close(descriptor) }
        // Some network file systems cannot synchronise a folder and say so; their renames are durable or not without us.
        guard fsync(descriptor) == 0 || errno == EINVAL || errno == ENOTSUP else {
            throw FileWriteError(finalPath, code: errno)
        }
    }
}
