import CSndfile

/// Reads and writes audio files (WAV, FLAC, OGG, AIFF in; WAV, FLAC out) by libsndfile.
///
/// Nothing is converted silently: the rate stays the file's, several channels are an error until one is
/// chosen, and a file that ends before its header says, or an Ogg file without its end, is an error. 16- and 24-bit PCM arrive exactly
/// (sample / 2¹⁵, sample / 2²³); 32-bit PCM is rounded to `Float`. NaN and infinity in float files are
/// passed on, and reported by whoever measures the signal.
public enum AudioFile {
    /// Most samples read into memory unless the caller says otherwise: 2 GiB of `Float`.
    public static let defaultMaximumCount = 1 << 29

    /// Reads one channel of a file.
    ///
    /// - Parameters:
    ///   - path: the file; what it is follows from its content, not from its name.
    ///   - channel: which channel to take, counted from 1; nil demands a file of one channel.
    ///   - maximumCount: most samples to hold in memory.
    /// - Returns: the samples `[N]`, N ≥ 1, at the file's rate.
    /// - Throws: ``AudioError``, naming the file.
    public static func read(
        _ path: String, channel: Int? = nil, maximumCount: Int = defaultMaximumCount
    ) throws(AudioError) -> Signal {
        let file = try RegularFile(path: path)
        let sound = try open(file)
        let channels = Int(sound.info.channels)
        if let channel, channel < 1 || channel > channels {
            throw .noSuchChannel(path: path, channel: channel, channels: channels)
        }
        guard channels == 1 || channel != nil else { throw .multichannel(path: path, channels: channels) }
        let announced = announcedCount(sound.info)
        if let announced, announced > maximumCount {
            throw .tooLong(path: path, samples: announced, maximum: maximumCount)
        }

        // A header may lie about its length, so memory follows what is read, not what is announced.
        var samples: [Float] = []
        samples.reserveCapacity(min(announced ?? 0, reserveLimit))
        var block = [Float](repeating: 0, count: max(1, blockLength / channels) * channels)
        let offset = (channel ?? 1) - 1
        while true {
            let count = sound.read(into: &block, frames: block.count / channels)
            guard count > 0 else { break }
            if samples.count + count > maximumCount {
                throw .tooLong(path: path, samples: samples.count + count, maximum: maximumCount)
            }
            if channels == 1 {
                samples.append(contentsOf: block[..<count])
            } else {
                for frame in 0..<count { samples.append(block[frame * channels + offset]) }
            }
        }
        if let announced, samples.count < announced {
            throw .truncated(path: path, expected: announced, found: samples.count, unit: "samples")
        }
        if let failure = sound.failure { throw .unreadable(path: path, reason: failure) }
        guard !samples.isEmpty else { throw .noSamples(path: path) }
        return Signal(samples: samples, sampleRate: Int(sound.info.samplerate))
    }

    /// What the header says, without reading the samples.
    ///
    /// - Throws: ``AudioError``, naming the file; a WAV, AIFF or OGG that was cut short is found here, too.
    public static func info(_ path: String) throws(AudioError) -> AudioInfo {
        let file = try RegularFile(path: path)
        let sound = try open(file)
        return AudioInfo(
            sampleRate: Int(sound.info.samplerate), channels: Int(sound.info.channels),
            sampleCount: announcedCount(sound.info), container: AudioFormat.container(of: sound.info),
            encoding: AudioFormat.encoding(of: sound.info))
    }

    private static let blockLength = 1 << 15
    private static let reserveLimit = 1 << 24

    private static func open(_ file: borrowing RegularFile) throws(AudioError) -> Sndfile {
        if let chunk = RIFFDataChunk(of: file), chunk.isTruncated {
            throw .truncated(
                path: file.path, expected: chunk.announcedBytes, found: chunk.presentBytes,
                unit: "bytes of samples")
        }
        if let form = AIFFForm(of: file), form.isTruncated {
            throw .truncated(
                path: file.path, expected: form.announcedBytes, found: form.presentBytes, unit: "bytes")
        }
        let sound = try Sndfile(reading: file)
        if OggEnding(of: file) == .cut { throw .unfinished(path: file.path) }
        guard AudioFormat.isSupported(sound.info) else {
            throw .unsupportedContainer(path: file.path, container: AudioFormat.container(of: sound.info))
        }
        guard sound.info.samplerate > 0, sound.info.channels > 0 else {
            throw .notAudio(
                path: file.path,
                reason: "\(sound.info.channels) channels at \(sound.info.samplerate) Hz")
        }
        guard sound.info.frames != 0 else { throw .noSamples(path: file.path) }
        return sound
    }

    /// Frames in the header; libsndfile's "unknown" is its greatest count.
    private static func announcedCount(_ info: SF_INFO) -> Int? {
        info.frames > 0 && info.frames < sf_count_t.max / 2 ? Int(info.frames) : nil
    }
}
