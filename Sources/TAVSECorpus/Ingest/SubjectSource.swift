import Foundation
import Synchronization
import TAVSEBase
import TAVSEData

/// The files of one subject, in an archive or a folder, by number.
final class SubjectSource: Sendable {
    /// Archive or folder.
    let path: String
    /// Names below the subject's folder, as stored.
    let names: [String]
    private let isArchive: Bool
    /// Open archives that no thread uses at the moment: libzip's handles are not shared.
    private let idle = Mutex<[Handle]>([])

    private struct Handle: @unchecked Sendable { let archive: ZipArchive }

    init(archive path: String) throws(DataError) {
        let archive = try ZipArchive(path: path)
        names = (0..<archive.count).map { archive.entry($0)?.name ?? "" }
        self.path = path
        isArchive = true
        let handle = Handle(archive: archive)
        idle.withLock { $0.append(handle) }
    }

    init(folder path: String) throws(DataError) {
        do throws(FolderListing.Problem) { names = try FolderListing.files(in: path) { _ in true } } catch {
            throw DataError(error)
        }
        self.path = path
        isArchive = false
    }

    func read(_ index: Int) throws(DataError) -> [UInt8] {
        guard isArchive else {
            let file = path + "/" + names[index]
            guard let data = FileManager.default.contents(atPath: file) else {
                throw .unreadable(path: file, reason: "permission denied, or not a file")
            }
            return [UInt8](data)
        }
        let handle: Handle
        if let free = idle.withLock({ $0.popLast() }) {
            handle = free
        } else {
            handle = Handle(archive: try ZipArchive(path: path))
        }
        defer { idle.withLock { $0.append(handle) } }
        return try handle.archive.read(index)
    }
}
