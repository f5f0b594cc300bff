import Foundation

/// A lock on a file, which the system gives back however the process ends.
final class FileLock {
    /// How a lock is taken.
    enum Kind {
        /// Beside others of its kind; waits for an exclusive one.
        case shared
        /// Alone; waits for all others.
        case exclusive
        /// Alone or not at all.
        case exclusiveNow
    }

    private let descriptor: Int32

    /// - Returns: nil when others hold an ``Kind/exclusiveNow`` lock, or when the file is not there any more.
    /// - Throws: ``DataError/cannotWrite(path:reason:)`` when it cannot be made or the file system has no locks.
    init?(_ path: String, _ kind: Kind) throws(DataError) {
        descriptor = open(path, O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0o600)
        guard descriptor >= 0 else {
            // The folder went between its making and now.
            if errno == ENOENT { return nil }
            throw .cannotWrite(path: path, reason: String(cString: strerror(errno)))
        }
        let operation =
            switch kind {
            case .shared: LOCK_SH
            case .exclusive: LOCK_EX
            case .exclusiveNow: LOCK_EX | LOCK_NB
            }
        while flock(descriptor, operation) != 0 {
            if errno == EINTR { continue }
            if errno == EWOULDBLOCK { return nil }
            throw .cannotWrite(path: path, reason: "cannot be locked: \(String(cString: strerror(errno)))")
        }
        // Whoever held it may have removed the file, and another of its name may be there: that one counts.
        var (mine, there) = (stat(), stat())
        guard fstat(descriptor, &mine) == 0, lstat(path, &there) == 0, mine.st_ino == there.st_ino,
            mine.st_dev == there.st_dev
        else { return nil }
    }

    deinit { if descriptor >= 0 { close(descriptor) } }
}
