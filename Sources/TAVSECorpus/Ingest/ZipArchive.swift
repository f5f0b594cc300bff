import CZip
import Foundation
import TAVSEData

/// A ZIP archive (ZIP64 included) opened for reading single entries; one per thread. By libzip.
final class ZipArchive {
    let path: String
    private let handle: OpaquePointer

    /// - Throws: ``DataError/archive(path:reason:)`` when it is no archive or its directory is damaged or cut off.
    init(path: String) throws(DataError) {
        guard FileManager.default.fileExists(atPath: path) else { throw .missingInput(path: path) }
        var code: Int32 = 0
        guard let handle = zip_open(path, ZIP_RDONLY, &code) else {
            var error = zip_error_t()
            zip_error_init_with_code(&error, code)
            defer { zip_error_fini(&error) }
            throw .archive(
                path: path,
                reason: "cannot be opened: \(String(cString: zip_error_strerror(&error))); copy it again")
        }
        self.path = path
        self.handle = handle
    }

    deinit { zip_discard(handle) }

    /// Number of entries.
    var count: Int { Int(zip_get_num_entries(handle, 0)) }

    /// Name and unpacked size of an entry; nil when its name cannot be read.
    func entry(_ index: Int) -> (name: String, size: Int)? {
        var stat = zip_stat_t()
        guard zip_stat_index(handle, UInt64(index), 0, &stat) == 0, let name = stat.name,
            let size = Int(exactly: stat.size)
        else { return nil }
        return (String(cString: name), size)
    }

    /// Unpacks one entry.
    ///
    /// - Throws: ``DataError/archive(path:reason:)`` when it is larger than `limit`, cut off, or its checksum is wrong.
    func read(_ index: Int, limit: Int = 1 << 28) throws(DataError) -> [UInt8] {
        guard let (name, size) = entry(index) else {
            throw .archive(path: path, reason: "entry \(index) has no name")
        }
        guard size <= limit else {
            throw .archive(path: path, reason: "'\(name)' has \(size) bytes, at most \(limit) are expected")
        }
        guard let file = zip_fopen_index(handle, UInt64(index), 0) else {
            throw .archive(path: path, reason: "'\(name)': \(String(cString: zip_strerror(handle)))")
        }
        defer { zip_fclose(file) }
        var bytes = [UInt8](repeating: 0, count: size)
        var filled = 0
        while filled < size {
            let got = bytes.withUnsafeMutableBytes { buffer -> Int64 in
                guard let base = buffer.baseAddress else { return 0 }
                return zip_fread(file, base + filled, UInt64(size - filled))
            }
            guard got > 0 else { break }
            filled += Int(got)
        }
        // One more byte makes libzip compare the checksum.
        var beyond: UInt8 = 0
        let end = zip_fread(file, &beyond, 1)
        guard filled == size, end == 0 else {
            let reason = String(cString: zip_error_strerror(zip_file_get_error(file)))
            throw .archive(path: path, reason: "'\(name)': \(reason) (\(filled) of \(size) bytes)")
        }
        return bytes
    }
}
