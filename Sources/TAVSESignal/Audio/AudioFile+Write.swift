import CSndfile
import Foundation
import TAVSEBase

/// How samples are stored in a written file.
public enum AudioEncoding: String, Sendable, CaseIterable {
    /// 16-bit integers.
    case pcm16
    /// 24-bit integers.
    case pcm24
    /// 32-bit floats (WAV only).
    case float32
}

extension AudioFile {
    /// Writes a signal; the extension (`.wav`, `.flac`) chooses the container.
    ///
    /// The file appears under its name only when it is whole: it is written beside it under a hidden name
    /// and renamed. PCM samples are rounded to the nearest step of 2⁻¹⁵ or 2⁻²³, so that what was read from
    /// PCM is written back bit for bit; values outside full scale are cut to it and counted.
    ///
    /// - Parameters:
    ///   - signal: N ≥ 1 samples.
    ///   - path: where to; an existing file is replaced.
    ///   - encoding: sample format.
    ///   - comment: put into the file's header, such as a note of what made it.
    /// - Returns: the number of samples outside full scale that were cut (0 for float32).
    /// - Throws: ``AudioError``, naming the file; nothing is left behind then.
    @discardableResult
    public static func write(
        _ signal: Signal, to path: String, encoding: AudioEncoding = .pcm16, comment: String? = nil
    ) throws(AudioError) -> Int {
        let info = try outputInfo(signal, path: path, encoding: encoding)
        if encoding != .float32, let index = signal.samples.firstIndex(where: { !$0.isFinite }) {
            throw .nonFinite(path: path, index: index)
        }
        let temporary: AtomicFile
        do { temporary = try AtomicFile(path) } catch { throw .cannotWrite(path: path, reason: error.reason) }
        let sound = try Sndfile(writing: temporary.descriptor, path: path, info: info)
        if let comment { try sound.setComment(comment) }
        let clipped: Int
        switch encoding {
        case .pcm16: clipped = try writeIntegers(signal.samples, bits: 16, to: sound)
        case .pcm24: clipped = try writeIntegers(signal.samples, bits: 24, to: sound)
        case .float32:
            try sound.write(signal.samples, count: signal.count)
            clipped = 0
        }
        try sound.finish()
        do { try temporary.commit() } catch { throw .cannotWrite(path: path, reason: error.reason) }
        return clipped
    }

    private static func outputInfo(
        _ signal: Signal, path: String, encoding: AudioEncoding
    ) throws(AudioError) -> SF_INFO {
        guard signal.count > 0 else { throw .noSamples(path: path) }
        let name = path.split(separator: "/").last ?? ""
        let fileExtension = name.contains(".") ? name.split(separator: ".").last?.lowercased() ?? "" : ""
        let subtype =
            switch encoding {
            case .pcm16: Int(SF_FORMAT_PCM_16)
            case .pcm24: Int(SF_FORMAT_PCM_24)
            case .float32: Int(SF_FORMAT_FLOAT)
            }
        var info = SF_INFO()
        info.channels = 1
        switch fileExtension {
        case "wav":
            guard signal.count < wavByteLimit / 4 else {
                throw .unsupportedOutput(path: path, reason: "longer than a WAV file can hold (4 GiB)")
            }
            info.format = Int32(Int(SF_FORMAT_WAV) | subtype)
        case "flac":
            guard encoding != .float32 else {
                throw .unsupportedOutput(
                    path: path, reason: "FLAC holds integers; use pcm16 or pcm24, or WAV")
            }
            info.format = Int32(Int(SF_FORMAT_FLAC) | subtype)
        default:
            throw .unsupportedOutput(
                path: path, reason: "the extension '\(fileExtension)' is unknown; use .wav or .flac")
        }
        guard let rate = Int32(exactly: signal.sampleRate) else {
            throw .unsupportedOutput(
                path: path, reason: "sample rate \(signal.sampleRate) Hz is out of range")
        }
        info.samplerate = rate
        return info
    }

    /// Rounds to `bits` and hands over integers aligned to the top, which libsndfile stores unchanged.
    private static func writeIntegers(
        _ samples: [Float], bits: Int, to sound: Sndfile
    ) throws(AudioError) -> Int {
        let scale = Double(1 << (bits - 1))
        var clipped = 0
        var block: [Int32] = []
        var start = 0
        while start < samples.count {
            let end = min(samples.count, start + 1 << 15)
            block.removeAll(keepingCapacity: true)
            for sample in samples[start..<end] {
                let value = (Double(sample) * scale).rounded(.toNearestOrEven)
                if value > scale - 1 || value < -scale { clipped += 1 }
                block.append(Int32(min(max(value, -scale), scale - 1)) << Int32(32 - bits))
            }
            try sound.write(block, count: block.count)
            start = end
        }
        return clipped
    }

    /// RIFF sizes are 32-bit; the header's share is rounded up generously.
    private static let wavByteLimit = 0xFFFF_F000
}
