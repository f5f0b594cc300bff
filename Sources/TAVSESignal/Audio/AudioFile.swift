import CSndfile

/// Reads and writes audio files (WAV, FLAC, OGG, AIFF in; WAV, FLAC out) by libsndfile.
///
/// Nothing is converted silently: the rate stays the file's, several channels are an error until one is
/// chosen, and a file that ends before its header says, or an Ogg or FLAC file without its end, is an error. A header that
/// leaves the length open, as recorders write it into a pipe, means the whole file; of a chained Ogg file all links are
/// read. 16- and 24-bit PCM arrive exactly
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
        let parts = try parts(of: file)
        var samples: [Float] = []
        var rate = 0
        for (index, part) in parts.enumerated() {
            let sound = try open(file, part)
            let channels = Int(sound.info.channels)
            if index == 0 {
                rate = Int(sound.info.samplerate)
            } else if rate != Int(sound.info.samplerate) {
                throw .unreadable(
                    path: path,
                    reason: "its streams differ in rate (\(rate) and \(sound.info.samplerate) Hz); split it")
            }
            if let channel, channel < 1 || channel > channels {
                throw .noSuchChannel(path: path, channel: channel, channels: channels)
            }
            guard channels == 1 || channel != nil else {
                throw .multichannel(path: path, channels: channels)
            }
            try append(
                sound, channel: channel ?? 1, path: path, maximumCount: maximumCount, to: &samples)
            if announcedCount(sound.info) == nil, container(sound) == "FLAC", FLACEnding(of: file) == .cut {
                throw .unfinished(path: path)
            }
        }
        guard !samples.isEmpty else { throw .noSamples(path: path) }
        return Signal(samples: samples, sampleRate: rate)
    }

    /// Appends one channel of an open file.
    private static func append(
        _ sound: Sndfile, channel: Int, path: String, maximumCount: Int, to samples: inout [Float]
    ) throws(AudioError) {
        let channels = Int(sound.info.channels)
        let announced = announcedCount(sound.info)
        let before = samples.count
        if let announced, before + announced > maximumCount {
            throw .tooLong(path: path, samples: before + announced, maximum: maximumCount)
        }
        // A header may lie about its length, so memory follows what is read, not what is announced.
        samples.reserveCapacity(before + min(announced ?? 0, reserveLimit))
        var block = [Float](repeating: 0, count: max(1, blockLength / channels) * channels)
        while true {
            let count = sound.read(into: &block, frames: block.count / channels)
            guard count > 0 else { break }
            if samples.count + count > maximumCount {
                throw .tooLong(path: path, samples: samples.count + count, maximum: maximumCount)
            }
            if channels == 1 {
                samples.append(contentsOf: block[..<count])
            } else {
                for frame in 0..<count { samples.append(block[frame * channels + channel - 1]) }
            }
        }
        if let announced, samples.count - before < announced {
            throw .truncated(
                path: path, expected: announced, found: samples.count - before, unit: "samples")
        }
        if let failure = sound.failure { throw .unreadable(path: path, reason: failure) }
    }

    /// What the header says, without reading the samples.
    ///
    /// - Throws: ``AudioError``, naming the file; a WAV, AIFF or OGG that was cut short is found here, too.
    public static func info(_ path: String) throws(AudioError) -> AudioInfo {
        let file = try RegularFile(path: path)
        var info: AudioInfo?
        for part in try parts(of: file) {
            let sound = try open(file, part)
            let count = announcedCount(sound.info)
            let before = info == nil ? 0 : info?.sampleCount
            info = AudioInfo(
                sampleRate: info?.sampleRate ?? Int(sound.info.samplerate),
                channels: info?.channels ?? Int(sound.info.channels),
                sampleCount: before.flatMap { before in count.map { before + $0 } },
                container: container(sound), encoding: AudioFormat.encoding(of: sound.info),
                comment: info?.comment ?? sound.comment)
        }
        guard let info else { throw .noSamples(path: path) }
        return info
    }

    private static let blockLength = 1 << 15
    private static let reserveLimit = 1 << 24

    /// The parts that a file is read in: nil for all of it as it is.
    ///
    /// - Throws: `.truncated`, `.unfinished` for a file that its own header or pages show to be cut short.
    private static func parts(of file: borrowing RegularFile) throws(AudioError) -> [FileWindow?] {
        if let chunk = RIFFDataChunk(of: file) {
            guard !chunk.isTruncated else {
                throw .truncated(
                    path: file.path, expected: chunk.announcedBytes, found: chunk.presentBytes,
                    unit: "bytes of samples")
            }
            guard let correction = chunk.correction else { return [nil] }
            return [
                FileWindow(
                    descriptor: file.descriptor, range: 0..<file.byteCount, patches: [correction])
            ]
        }
        if let form = AIFFForm(of: file), form.isTruncated {
            throw .truncated(
                path: file.path, expected: form.announcedBytes, found: form.presentBytes, unit: "bytes")
        }
        if let pages = OggPages(of: file) {
            // First of all whether libsndfile takes it for Ogg audio: else its words say more.
            _ = try Sndfile(reading: file)
            guard !pages.isCut else { throw .unfinished(path: file.path) }
            guard pages.links.count > 1 else { return [nil] }
            return pages.links.map { FileWindow(descriptor: file.descriptor, range: $0) }
        }
        return [nil]
    }

    private static func open(_ file: borrowing RegularFile, _ part: FileWindow?) throws(AudioError) -> Sndfile
    {
        let sound: Sndfile
        if let part {
            sound = try Sndfile(reading: file, through: part)
        } else {
            sound = try Sndfile(reading: file)
        }
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

    private static func container(_ sound: Sndfile) -> String { AudioFormat.container(of: sound.info) }

    /// Frames in the header; libsndfile's "unknown" is its greatest count.
    private static func announcedCount(_ info: SF_INFO) -> Int? {
        info.frames > 0 && info.frames < sf_count_t.max / 2 ? Int(info.frames) : nil
    }
}
