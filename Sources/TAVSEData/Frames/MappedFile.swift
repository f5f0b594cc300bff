import Foundation

/// A file's bytes in memory, read as they are touched and never written.
final class MappedFile: @unchecked Sendable {
    /// The bytes; valid as long as the object.
    let bytes: UnsafeRawBufferPointer

    /// Maps the first bytes of a file.
    ///
    /// - Parameters:
    ///   - path: the file.
    ///   - count: how many bytes, at least 1.
    ///   - isWhole: whether all of them are read, from the first to the last; otherwise a few of them anywhere.
    /// - Throws: ``DataError/unreadable(path:reason:)`` when it cannot be opened or mapped, or is shorter.
    init(path: String, count: Int, isWhole: Bool = false) throws(DataError) {
        func failure() -> DataError { .unreadable(path: path, reason: String(cString: strerror(errno))) }
        let descriptor = open(path, O_RDONLY | O_CLOEXEC)
        guard descriptor >= 0 else { throw failure() }
        // The mapping outlives the descriptor.
        defer { close(descriptor) }
        var status = stat()
        guard fstat(descriptor, &status) == 0 else { throw failure() }
        guard count >= 1, status.st_size >= count else {
            throw .unreadable(path: path, reason: "\(status.st_size) bytes, expected \(count)")
        }
        guard let base = mmap(nil, count, PROT_READ, MAP_SHARED, descriptor, 0), base != MAP_FAILED else {
            throw failure()
        }
        // Where frames are read in any order, pages read ahead would push out others for nothing.
        _ = madvise(base, count, isWhole ? MADV_SEQUENTIAL : MADV_RANDOM)
        bytes = UnsafeRawBufferPointer(start: base, count: count)
    }

    deinit { munmap(UnsafeMutableRawPointer(mutating: bytes.baseAddress), bytes.count) }
}
