import TAVSEBase

/// Why an audio file could not be read or written. Every case names the file.
public enum AudioError: Error, Equatable, Sendable {
    /// There is no file at this path.
    case missing(path: String)
    /// The file is there and cannot be opened or read (permission, directory, device, I/O).
    case unreadable(path: String, reason: String)
    /// The file has zero bytes.
    case empty(path: String)
    /// The content is not audio that libsndfile recognises.
    case notAudio(path: String, reason: String)
    /// Audio, but in a container other than WAV, FLAC, OGG and AIFF.
    case unsupportedContainer(path: String, container: String)
    /// A valid file that holds no samples.
    case noSamples(path: String)
    /// The header announces more than the file holds.
    case truncated(path: String, expected: Int, found: Int, unit: String)
    /// The file ends before its stream does; how much is missing is nowhere said.
    case unfinished(path: String)
    /// Several channels and none chosen.
    case multichannel(path: String, channels: Int)
    /// The chosen channel (counted from 1) does not exist.
    case noSuchChannel(path: String, channel: Int, channels: Int)
    /// More samples than the caller allows to be held in memory.
    case tooLong(path: String, samples: Int, maximum: Int)
    /// The file could not be written.
    case cannotWrite(path: String, reason: String)
    /// A PCM file cannot hold NaN or infinity; the index of the first such sample.
    case nonFinite(path: String, index: Int)
    /// The name's extension or its combination with the encoding cannot be written.
    case unsupportedOutput(path: String, reason: String)
}

extension AudioError {
    /// The file the error is about.
    public var path: String {
        switch self {
        case .missing(let path), .unreadable(let path, _), .empty(let path), .notAudio(let path, _),
            .unsupportedContainer(let path, _), .noSamples(let path), .truncated(let path, _, _, _),
            .unfinished(let path), .multichannel(let path, _), .noSuchChannel(let path, _, _),
            .tooLong(let path, _, _),
            .cannotWrite(let path, _), .nonFinite(let path, _), .unsupportedOutput(let path, _):
            path
        }
    }

    /// A short machine-readable code, e.g. `truncated_file`.
    public var code: String {
        switch self {
        case .missing: "missing_file"
        case .unreadable: "unreadable_file"
        case .empty: "empty_file"
        case .notAudio: "not_audio"
        case .unsupportedContainer: "unsupported_container"
        case .noSamples: "no_samples"
        case .truncated, .unfinished: "truncated_file"
        case .multichannel: "multichannel"
        case .noSuchChannel: "no_such_channel"
        case .tooLong: "too_long"
        case .cannotWrite: "cannot_write"
        case .nonFinite: "non_finite_output"
        case .unsupportedOutput: "unsupported_output"
        }
    }
}

extension AudioError: CustomStringConvertible {
    /// One line: which file, what was expected and found, and what to do.
    public var description: String {
        switch self {
        case .missing(let path): "\(path): no such file"
        case .unreadable(let path, let reason): "\(path): cannot be read: \(reason)"
        case .empty(let path): "\(path): the file is empty (0 bytes)"
        case .notAudio(let path, let reason): "\(path): not an audio file: \(reason)"
        case .unsupportedContainer(let path, let container):
            "\(path): \(container) is not supported; convert it to WAV, FLAC or OGG"
        case .noSamples(let path): "\(path): holds no samples"
        case .truncated(let path, let expected, let found, let unit):
            "\(path): truncated: the header announces \(expected) \(unit) and the file holds \(found)"
        case .unfinished(let path):
            "\(path): truncated: its last page or frame is cut short or does not end the stream; copy or make it again"
        case .multichannel(let path, let channels):
            "\(path): has \(channels) channels, expected 1; choose one with --channel (1 … \(channels))"
        case .noSuchChannel(let path, let channel, let channels):
            "\(path): has no channel \(channel); it has \(channels) (counted from 1)"
        case .tooLong(let path, let samples, let maximum):
            "\(path): \(samples) samples, at most \(maximum) are read into memory; cut it into pieces"
        case .cannotWrite(let path, let reason): "\(path): cannot be written: \(reason)"
        case .nonFinite(let path, let index):
            "\(path): not written: sample \(index) is NaN or infinite, which PCM cannot hold"
        case .unsupportedOutput(let path, let reason): "\(path): not written: \(reason)"
        }
    }
}

extension AudioError: ClassifiedError {
    /// The kind of failure, which decides a tool's exit code.
    public var failureKind: FailureKind {
        switch self {
        case .missing: .missingInput
        case .noSuchChannel: .usage
        case .cannotWrite, .nonFinite, .unsupportedOutput: .cannotWrite
        case .unreadable, .empty, .notAudio, .unsupportedContainer, .noSamples, .truncated, .unfinished,
            .multichannel, .tooLong:
            .badData
        }
    }
}
