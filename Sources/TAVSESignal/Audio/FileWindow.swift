import CSndfile
import Foundation

/// The bytes of a file as libsndfile is shown them: a range of it, with some header fields corrected.
///
/// Needed where libsndfile would otherwise read nothing (a WAV whose header leaves the length open as 0) or only the
/// first of several streams that follow one another (chained Ogg).
final class FileWindow {
    /// Bytes shown in place of those of the file.
    struct Patch: Equatable {
        /// Where in the file.
        let offset: Int
        let bytes: [UInt8]
    }

    /// The window's first byte in the file, and its length.
    let range: Range<Int>
    private let descriptor: Int32
    private let patches: [Patch]
    private var position = 0

    /// - Parameters:
    ///   - descriptor: kept open by the caller while the window lives.
    ///   - range: which bytes of the file.
    ///   - patches: within the range.
    init(descriptor: Int32, range: Range<Int>, patches: [Patch] = []) {
        self.descriptor = descriptor
        self.range = range
        self.patches = patches
    }

    /// The callbacks that libsndfile reads through; its user data is the window.
    static var callbacks: SF_VIRTUAL_IO {
        SF_VIRTUAL_IO(
            get_filelen: { user in sf_count_t(FileWindow.of(user)?.range.count ?? 0) },
            seek: { offset, origin, user in
                sf_count_t(FileWindow.of(user)?.seek(Int(offset), origin) ?? -1)
            },
            read: { target, count, user in
                sf_count_t(FileWindow.of(user)?.read(into: target, count: Int(count)) ?? 0)
            },
            write: { _, _, _ in 0 },
            tell: { user in sf_count_t(FileWindow.of(user)?.position ?? -1) })
    }

    private static func of(_ user: UnsafeMutableRawPointer?) -> FileWindow? {
        user.map { Unmanaged<FileWindow>.fromOpaque($0).takeUnretainedValue() }
    }

    private func seek(_ offset: Int, _ origin: Int32) -> Int {
        let base = origin == SEEK_SET ? 0 : origin == SEEK_CUR ? position : range.count
        let (target, overflow) = base.addingReportingOverflow(offset)
        guard !overflow, target >= 0 else { return -1 }
        position = target
        return target
    }

    private func read(into target: UnsafeMutableRawPointer?, count: Int) -> Int {
        let wanted = min(count, range.count - position)
        guard let target, wanted > 0 else { return 0 }
        let start = range.lowerBound + position
        let read = pread(descriptor, target, wanted, off_t(start))
        guard read > 0 else { return 0 }
        for patch in patches {
            for (index, byte) in patch.bytes.enumerated() {
                let place = patch.offset + index - start
                if (0..<read).contains(place) {
                    target.storeBytes(of: byte, toByteOffset: place, as: UInt8.self)
                }
            }
        }
        position += read
        return read
    }
}
