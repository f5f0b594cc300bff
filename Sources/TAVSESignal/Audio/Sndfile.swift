import CSndfile
import Foundation

/// Owns one libsndfile handle and turns its status codes into ``AudioError``.
final class Sndfile {
    let path: String
    let info: SF_INFO
    private var handle: OpaquePointer?
    /// What libsndfile reads through, when not from the file itself.
    private let window: FileWindow?

    /// Opens a part of a regular file for reading; the caller keeps the descriptor open meanwhile.
    init(reading file: borrowing RegularFile, through window: FileWindow) throws(AudioError) {
        var info = SF_INFO()
        var callbacks = FileWindow.callbacks
        let user = Unmanaged.passUnretained(window).toOpaque()
        guard let handle = sf_open_virtual(&callbacks, Int32(SFM_READ), &info, user) else {
            throw .notAudio(path: file.path, reason: Self.message(nil))
        }
        path = file.path
        self.handle = handle
        self.info = info
        self.window = window
    }

    /// Opens a regular file for reading; the caller keeps the descriptor open meanwhile.
    init(reading file: borrowing RegularFile) throws(AudioError) {
        var info = SF_INFO()
        // Copies of a descriptor share its position, which an earlier opening has moved.
        lseek(file.descriptor, 0, SEEK_SET)
        guard let descriptor = Self.duplicate(file.descriptor) else {
            throw .unreadable(path: file.path, reason: String(cString: strerror(errno)))
        }
        guard let handle = sf_open_fd(descriptor, Int32(SFM_READ), &info, Int32(SF_TRUE)) else {
            throw .notAudio(path: file.path, reason: Self.message(nil))
        }
        path = file.path
        self.handle = handle
        self.info = info
        window = nil
    }

    /// Opens a descriptor for writing; the caller keeps the descriptor and closes it afterwards.
    init(writing descriptor: Int32, path: String, info: SF_INFO) throws(AudioError) {
        var info = info
        guard let copy = Self.duplicate(descriptor) else {
            throw .cannotWrite(path: path, reason: String(cString: strerror(errno)))
        }
        guard let handle = sf_open_fd(copy, Int32(SFM_WRITE), &info, Int32(SF_TRUE)) else {
            throw .cannotWrite(path: path, reason: Self.message(nil))
        }
        self.path = path
        self.handle = handle
        self.info = info
        window = nil
        // The PEAK chunk of float WAV holds the time of day: the same samples would not give the same bytes.
        sf_command(handle, Int32(SFC_SET_ADD_PEAK_CHUNK), nil, Int32(SF_FALSE))
    }

    deinit {
        if let handle { sf_close(handle) }
    }

    /// The comment that the file carries; nil when there is none.
    var comment: String? {
        sf_get_string(handle, Int32(SF_STR_COMMENT)).map { String(cString: $0) }
    }

    /// Puts a comment into the header; to be called before samples are written.
    func setComment(_ text: String) throws(AudioError) {
        guard sf_set_string(handle, Int32(SF_STR_COMMENT), text) == 0 else {
            throw .cannotWrite(path: path, reason: failure ?? "the comment was refused")
        }
    }

    /// Reads up to `count` frames, channels interleaved; returns the number read.
    func read(into buffer: UnsafeMutablePointer<Float>, frames count: Int) -> Int {
        Int(max(0, sf_readf_float(handle, buffer, sf_count_t(count))))
    }

    /// Writes one-channel integers, full scale 2³¹.
    func write(_ samples: UnsafePointer<Int32>, count: Int) throws(AudioError) {
        try check(sf_writef_int(handle, samples, sf_count_t(count)), of: count)
    }

    /// Writes one-channel floats.
    func write(_ samples: UnsafePointer<Float>, count: Int) throws(AudioError) {
        try check(sf_writef_float(handle, samples, sf_count_t(count)), of: count)
    }

    /// Finishes the header and closes; an error here (a full disk) would otherwise go unseen.
    func finish() throws(AudioError) {
        let code = sf_close(handle)
        handle = nil
        guard code == 0 else {
            throw .cannotWrite(path: path, reason: String(cString: sf_error_number(code)))
        }
    }

    /// The last error of this handle in words; nil when there was none.
    var failure: String? {
        sf_error(handle) == 0 ? nil : Self.message(handle)
    }

    private func check(_ written: sf_count_t, of count: Int) throws(AudioError) {
        guard written == sf_count_t(count) else {
            throw .cannotWrite(path: path, reason: failure ?? "only \(written) of \(count) samples written")
        }
    }

    /// A descriptor for libsndfile to keep and close. It closes the one it is given whenever opening fails, even when
    /// told not to; closing that again would hit whatever file another thread has opened meanwhile.
    private static func duplicate(_ descriptor: Int32) -> Int32? {
        let copy = fcntl(descriptor, F_DUPFD_CLOEXEC, 0)
        return copy < 0 ? nil : copy
    }

    private static func message(_ handle: OpaquePointer?) -> String {
        var text = String(cString: sf_strerror(handle))
        while text.last == "." || text.last == "\n" { text.removeLast() }
        return text
    }
}
