#if canImport(Glibc)
    @preconcurrency import Glibc
#else
    @preconcurrency import Darwin
#endif

/// Makes sure that what a tool printed arrived.
///
/// `print` ignores a full disk and a closed descriptor; without this a tool would end with 0 and an empty file. A reader that
/// goes away early (`| head`) is no failure: the default action of SIGPIPE ends the tool without a word.
public enum StandardOutput {
    /// Checks standard output when the process ends, whatever ends it; to be called first.
    ///
    /// If something could not be written, the exit code becomes 73. A descriptor that is closed at the start is replaced by one
    /// that cannot be written to, so that no file opened later takes its number and receives the output.
    public static func checkAtExit() {
        reserveClosedDescriptors()
        atexit {
            errno = 0
            let couldFlush = fflush(stdout) == 0
            let reason = errno
            guard !couldFlush || ferror(stdout) != 0 else { return }
            // Where SIGPIPE is ignored, the write fails instead: the reader has all it wanted.
            if reason == EPIPE { _exit(0) }
            let words = reason == 0 ? "a write failed" : String(cString: strerror(reason))
            let message = Array("error: cannot write standard output: \(words)\n".utf8)
            _ = message.withUnsafeBytes { write(STDERR_FILENO, $0.baseAddress, $0.count) }
            _exit(ExitStatus.cannotWrite.rawValue)
        }
    }

    private static func reserveClosedDescriptors() {
        for descriptor in [STDIN_FILENO, STDOUT_FILENO, STDERR_FILENO]
        where fcntl(descriptor, F_GETFD) == -1 && errno == EBADF {
            // The lowest free number is this one, since the ones before it are open.
            _ = open("/dev/null", descriptor == STDOUT_FILENO ? O_RDONLY : O_RDWR)
        }
    }
}
