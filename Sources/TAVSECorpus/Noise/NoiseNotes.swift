import TAVSEBase
import TAVSEData
import TAVSESignal

/// What happened to a noise recording on its way into a data root, and what is odd about it.
struct NoiseNotes: Sendable {
    /// Sentences for people, without the environment's name.
    private(set) var texts: [String] = []
    /// SHA-256 of the samples as written.
    private(set) var contentHash = ""

    /// Largest sample after a recording above full scale was scaled.
    private static let peak: Float = 0.99

    /// Brings joined recordings below full scale, and notes what was found.
    ///
    /// - Parameters:
    ///   - signal: at the data root's rate, without an offset.
    ///   - source: what the parts had.
    mutating func prepare(_ signal: Signal, from source: [SourceNote]) -> Signal {
        if let channels = source.map(\.channels).max(), channels > 1, let channel = source.first?.channel {
            texts.append("channel \(channel) of \(channels) is used")
        }
        if let offset = source.map(\.offset).max(by: { abs($0) < abs($1) }), offset != 0 {
            texts.append("an offset (DC) of \(Self.short(offset)) of full scale is removed")
        }
        if let clipped = source.map(\.clipped).max(), clipped > 0 {
            texts.append("\(clipped) samples in runs at full scale: the recording is clipped")
        }
        if let stretch = SilentStretch.longest(in: signal) { texts.append(stretch.text) }
        var result = signal
        let largest = signal.samples.reduce(0) { max($0, abs($1)) }
        if largest > 1 {
            let factor = Self.peak / largest
            for index in result.samples.indices { result.samples[index] *= factor }
            texts.append(
                "samples up to \(Self.short(Double(largest))) times full scale: scaled by \(Self.short(Double(factor)))"
            )
        }
        contentHash = NoiseContent(result).hash
        return result
    }

    private static func short(_ value: Double) -> String {
        "\((value * 1000).rounded() / 1000)"
    }
}

/// What is known of one file before it is joined to others.
struct SourceNote: Sendable {
    /// Channels of the file.
    let channels: Int
    /// The one that was taken.
    let channel: Int
    /// Its offset, share of full scale.
    let offset: Double
    /// Samples in runs at full scale.
    let clipped: Int
}

/// A long stretch in which nothing is heard.
struct SilentStretch: Equatable {
    /// Where it begins, seconds.
    let start: Double
    /// How long it is, seconds.
    let seconds: Double

    private enum Limits {
        /// Blocks that are looked at, seconds.
        static let block = 0.05
        /// Shortest stretch worth a word, seconds.
        static let seconds = 0.5
    }

    /// The longest one of a signal; nil when there is none of half a second.
    static func longest(in signal: Signal) -> SilentStretch? {
        let block = max(1, Int(Limits.block * Double(signal.sampleRate)))
        var (run, best, end) = (0, 0, 0)
        for start in stride(from: 0, to: signal.count, by: block) {
            let stop = min(start + block, signal.count)
            run = Signal.isSilent(signal.samples[start..<stop]) ? run + stop - start : 0
            if run > best { (best, end) = (run, stop) }
        }
        let rate = Double(signal.sampleRate)
        guard Double(best) / rate >= Limits.seconds else { return nil }
        return SilentStretch(start: Double(end - best) / rate, seconds: Double(best) / rate)
    }

    /// One line.
    var text: String {
        func tenths(_ value: Double) -> String { "\((value * 10).rounded() / 10)" }
        return "digital silence for \(tenths(seconds)) s from \(tenths(start)) s on; mixes avoid it"
    }
}

/// What a noise recording sounds like, to find the same one under another name.
struct NoiseContent: Sendable {
    /// SHA-256 of the samples.
    let hash: String
    /// The beginning, without offset and of power 1.
    private let beginning: [Float]

    private enum Limits {
        /// Samples that are compared: ten seconds.
        static let length = 160_000
        /// Correlation from which two recordings are the same one, at another level or encoded again.
        static let correlation = 0.995
        /// Fewer samples than this say nothing.
        static let least = 1600
    }

    init(_ signal: Signal) {
        var sum = SHA256()
        signal.samples.withUnsafeBytes { sum.update($0) }
        hash = sum.hexadecimal()
        let part = signal.samples.prefix(Limits.length)
        let mean = part.reduce(0.0) { $0 + Double($1) } / Double(max(1, part.count))
        beginning = part.map { Float(Double($0) - mean) }
    }

    /// Whether two recordings are the same one: equal samples, or beginnings that differ by a factor and little else.
    func isSame(as other: NoiseContent) -> Bool {
        if hash == other.hash { return true }
        let count = min(beginning.count, other.beginning.count)
        guard count >= Limits.least else { return false }
        var (product, first, second) = (0.0, 0.0, 0.0)
        for index in 0..<count {
            let (a, b) = (Double(beginning[index]), Double(other.beginning[index]))
            product += a * b
            first += a * a
            second += b * b
        }
        return first > 0 && second > 0 && abs(product) > Limits.correlation * (first * second).squareRoot()
    }
}

/// Full-scale samples in a row, which are clipping and not a loud moment.
enum Clipping {
    /// A sample this large is at full scale in 16 bits.
    private static let fullScale: Float = 32767.0 / 32768
    /// This many in a row are clipping.
    private static let run = 3

    /// Samples in such runs.
    static func count(_ samples: [Float]) -> Int {
        var (length, clipped) = (0, 0)
        for sample in samples {
            length = abs(sample) >= fullScale ? length + 1 : 0
            if length >= run { clipped += length == run ? run : 1 }
        }
        return clipped
    }
}
