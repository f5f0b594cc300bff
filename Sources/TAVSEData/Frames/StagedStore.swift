import Foundation
import TAVSEBase
import TAVSESignal

/// A copy of a frame store in a local folder, shared by all processes of a user that read the same store.
///
///     tavse-frames-<user>-<hash of the store's path, size and time>/
///         making              locked while the copy is made, checked or removed
///         using               locked by everyone who reads the copy
///         rgb_mouth.mdb       the copy
///         rgb_mouth.check     its size and hash, written last
///
/// Both locks end with their process. A copy without a check, or one that does not fit it, is made again: a process that
/// is killed while it copies leaves nothing that another would trust. A store that changes has another folder.
final class StagedStore {
    /// The copy.
    let path: String
    /// Whether it was made now.
    private(set) var isNew = false

    private let folder: String
    private var using: FileLock?

    private enum Constants {
        static let prefix = "tavse-frames-"
        /// Each further attempt means that another process has removed its copy in between.
        static let attempts = 1000
    }

    /// - Parameters:
    ///   - source: data file of the store.
    ///   - name: of the copy.
    ///   - place: the local folder.
    init(of source: String, named name: String, in place: String) throws(DataError) {
        let original = try Original(source)
        let prefix = "\(place)/\(Constants.prefix)\(geteuid())-"
        folder = prefix + original.key
        path = folder + "/" + name
        for _ in 0..<Constants.attempts {
            try Self.makePrivateFolder(folder)
            guard let making = try FileLock(folder + "/making", .exclusive) else { continue }
            defer { withExtendedLifetime(making) {} }
            do throws(DataError) {
                if try !isWhole(size: original.size) {
                    try Self.makeRoom(original.size, in: place, prefix: prefix, keeping: folder)
                    try copy(original)
                    isNew = true
                }
                using = try FileLock(folder + "/using", .shared)
            } catch {
                removeUnused()
                throw error
            }
            return
        }
        throw .cannotWrite(path: folder, reason: "other processes keep removing it")
    }

    deinit { release() }

    /// Gives the copy up; the last to do so removes it.
    func release() {
        guard using != nil else { return }
        // Without the lock the copy stays, and the next run finds it.
        guard let making = try? FileLock(folder + "/making", .exclusive) else { return using = nil }
        using = nil
        removeUnused()
        withExtendedLifetime(making) {}
    }

    /// Removes the folder unless somebody reads the copy; `making` is held.
    private func removeUnused() { Self.removeUnused(folder) }

    private static func removeUnused(_ folder: String) {
        guard let alone = try? FileLock(folder + "/using", .exclusiveNow) else { return }
        try? FileManager.default.removeItem(atPath: folder)
        withExtendedLifetime(alone) {}
    }

    // MARK: - The copy

    private var checkPath: String { (path as NSString).deletingPathExtension + ".check" }

    /// Whether the copy is there, of the right size, and has the bytes it was left with.
    private func isWhole(size: Int) throws(DataError) -> Bool {
        guard let check = FileManager.default.contents(atPath: checkPath),
            let file = FileHandle(forReadingAtPath: path)
        else { return false }
        defer { try? file.close() }
        let found = try BlockHash(file, path: path)
        return found.size == size && String(decoding: check, as: UTF8.self) == found.text
    }

    private func copy(_ original: Original) throws(DataError) {
        let manager = FileManager.default
        for old in [checkPath, path] { try? manager.removeItem(atPath: old) }
        let hash = try Self.copy(original.path, to: path)
        guard try Original(original.path) == original, hash.size == original.size else {
            throw .unreadable(
                path: original.path, reason: "it changed while it was copied; wait until nothing writes to it"
            )
        }
        try FileProblem.write(Data(hash.text.utf8), to: checkPath)
    }

    /// Copies a file, reads the copy back and compares.
    private static func copy(_ source: String, to target: String) throws(DataError) -> BlockHash {
        guard let input = FileHandle(forReadingAtPath: source) else {
            throw .unreadable(path: source, reason: String(cString: strerror(errno)))
        }
        defer { try? input.close() }
        guard FileManager.default.createFile(atPath: target, contents: nil),
            let output = FileHandle(forUpdatingAtPath: target)
        else { throw .cannotWrite(path: target, reason: String(cString: strerror(errno))) }
        defer { try? output.close() }
        var read = BlockHash()
        do {
            while let block = try input.read(upToCount: BlockHash.blockSize), !block.isEmpty {
                read.add(block)
                try output.write(contentsOf: block)
            }
            try output.synchronize()
            try output.seek(toOffset: 0)
        } catch { throw .cannotWrite(path: target, reason: FileProblem.reason(error)) }
        let written = try BlockHash(output, path: target)
        guard read == written else {
            throw .cannotWrite(
                path: target,
                reason: "the copy differs from \(source) (\(written.size) of \(read.size) bytes); disk fault?"
            )
        }
        return read
    }

    // MARK: - The folder

    /// Makes a folder that this user alone may write to.
    private static func makePrivateFolder(_ path: String) throws(DataError) {
        guard mkdir(path, 0o700) == 0 || errno == EEXIST else {
            throw .cannotWrite(path: path, reason: String(cString: strerror(errno)))
        }
        var status = stat()
        // Gone again: the next attempt makes it.
        guard lstat(path, &status) == 0 else { return }
        guard status.st_mode & S_IFMT == S_IFDIR, status.st_uid == geteuid() else {
            throw .cannotWrite(path: path, reason: "it is no folder of this user; remove it")
        }
    }

    /// Makes sure that there is room; copies that nobody uses make way.
    private static func makeRoom(
        _ size: Int, in place: String, prefix: String, keeping own: String
    ) throws(DataError) {
        guard let before = freeBytes(place), before < size else { return }
        for name in (try? FileManager.default.contentsOfDirectory(atPath: place)) ?? [] {
            let folder = place + "/" + name
            guard folder.hasPrefix(prefix), folder != own,
                let making = try? FileLock(folder + "/making", .exclusiveNow)
            else { continue }
            removeUnused(folder)
            withExtendedLifetime(making) {}
        }
        guard let free = freeBytes(place), free < size else { return }
        throw .cannotWrite(
            path: place,
            reason:
                "no room: the frames need \(size) bytes, \(free) are free; give data.stage_to a folder with more, "
                + "or leave it out to read the frames where they are")
    }

    private static func freeBytes(_ place: String) -> Int? {
        var status = statvfs()
        guard statvfs(place, &status) == 0 else { return nil }
        let (bytes, overflow) = Int(clamping: status.f_bavail).multipliedReportingOverflow(
            by: Int(clamping: status.f_frsize))
        return overflow ? .max : bytes
    }
}

/// What tells a store from another one, and from itself before a change.
private struct Original: Equatable {
    let path: String
    let size: Int
    private let seconds: Int
    private let nanoseconds: Int

    init(_ source: String) throws(DataError) {
        path = source
        var status = stat()
        guard stat(source, &status) == 0 else {
            throw .unreadable(path: source, reason: String(cString: strerror(errno)))
        }
        size = Int(status.st_size)
        #if canImport(Darwin)
            let time = status.st_mtimespec
        #else
            let time = status.st_mtim
        #endif
        (seconds, nanoseconds) = (time.tv_sec, time.tv_nsec)
    }

    /// 64 bits of a hash over all of it.
    var key: String {
        let place = URL(fileURLWithPath: path).resolvingSymlinksInPath().path
        return String(SHA256.hexadecimal(of: "\(place)\n\(size)\n\(seconds).\(nanoseconds)").prefix(16))
    }
}
