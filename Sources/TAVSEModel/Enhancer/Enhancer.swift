import TAVSENN

/// An enhanced recording.
public struct Enhancement: Sendable {
    /// As many samples as went in.
    public let wave: [Float]
    /// What the gates did; nil unless asked for, and without cameras.
    public let gates: GateActivations?
    /// Time to be added to what the call took for what it would have taken without a ``VisualMemory``.
    public let sharedTime: Duration
}

/// Enhances recordings of any length: short ones in one pass, longer ones in overlapping segments.
///
/// Segments start where a sample, a column of the bottleneck and, where the rates allow it (16 kHz and 28 or 25 frames
/// per second do), a video frame begin together, so that a segment sees the same grid as the whole recording would;
/// elsewhere its video is placed by the nearest frame. In the overlap one segment fades out linearly while the next fades
/// in: both estimate the same speech, so that their weights must sum to one (equal gain); weights of equal power, which
/// are for unrelated signals, would swell there by up to 3 dB.
///
/// A recording shorter than the Fourier transform allows is padded with zeros. Video that ends early leaves what follows
/// to what is there: a segment without a single frame of a camera is enhanced as if the camera were absent. Frames that
/// begin after the last sample are left alone. The same input gives bit-identical output at any number of threads.
public struct Enhancer: Sendable {
    /// The network, in evaluation mode.
    public let network: Network
    /// Samples of a pass.
    public let segmentSamples: Int
    /// Samples from one segment to the next.
    public let stepSamples: Int

    private enum Constants {
        /// Seconds; shorter segments have too little context to be worth a network.
        static let shortestSegment = 0.5
        /// Seconds; the time encoding knows no longer period than 10 s, and memory grows with the length.
        static let longestSegment = 120.0
    }

    /// - Parameters:
    ///   - network: is put into evaluation mode.
    ///   - maximumSeconds: longest recording that is enhanced in one pass, 0.5…120 s.
    ///   - overlapSeconds: least overlap of segments, at most half of `maximumSeconds`.
    public init(
        _ network: Network, maximumSeconds: Double = 10, overlapSeconds: Double = 1
    ) throws(ModelError) {
        guard maximumSeconds >= Constants.shortestSegment, maximumSeconds <= Constants.longestSegment else {
            throw .option(
                name: "longest segment", value: "\(maximumSeconds) s",
                expected: "\(Constants.shortestSegment)…\(Constants.longestSegment) s")
        }
        guard overlapSeconds > 0, overlapSeconds <= maximumSeconds / 2 else {
            throw .option(
                name: "overlap", value: "\(overlapSeconds) s",
                expected: "above 0, up to \(maximumSeconds / 2) s")
        }
        let specification = network.specification
        let rate = Double(specification.sampleRate)
        let segment = max(Int((maximumSeconds * rate).rounded()), specification.nFFT)
        let most = segment - max(1, Int((overlapSeconds * rate).rounded(.up)))
        let column = specification.columnSamples
        let aligned = Self.alignment(specification) ?? column
        if aligned <= most {
            stepSamples = most / aligned * aligned
            segmentSamples = segment
        } else {
            // Columns longer than the segment asked for: one column per step, with the overlap behind it.
            stepSamples = max(1, most / column) * column
            segmentSamples = stepSamples + segment - most
        }
        self.network = network
        network.state.mode = .evaluation
    }

    /// Least number of samples that is whole columns and whole video frames.
    private static func alignment(_ specification: NetworkSpecification) -> Int? {
        // Frame rates in thousandths are whole numbers for all but the drop-frame ones.
        let thousandths = specification.fps * 1000
        guard thousandths == thousandths.rounded(), thousandths < 1e9 else { return nil }
        let (samples, frames) = (specification.sampleRate * 1000, Int(thousandths))
        let perFrames = samples / gcd(samples, frames)
        let column = specification.columnSamples
        return perFrames / gcd(perFrames, column) * column
    }

    private static func gcd(_ a: Int, _ b: Int) -> Int { b == 0 ? a : gcd(b, a % b) }

    /// Enhances a recording.
    ///
    /// - Parameters:
    ///   - noisy: samples at the network's rate; none give none.
    ///   - frames: of the cameras to use; one left out is absent.
    ///   - capturesGates: whether to return what the gates did.
    ///   - memory: of the same frames, from earlier noisy versions of the recording.
    /// - Throws: `nonFinite` for the first sample that is NaN or infinite, `nonFiniteOutput`, `unknownModality`,
    ///   `inputShape`, or what reading the frames throws.
    public func enhance(
        _ noisy: [Float], frames: [Modality: FrameSequence] = [:], capturesGates: Bool = false,
        memory: VisualMemory? = nil
    ) throws(ModelError) -> Enhancement {
        var stream = try EnhancementStream(
            self, frames: frames, capturesGates: capturesGates, memory: memory)
        var wave = try stream.push(noisy)
        let rest = try stream.finish()
        wave += rest.wave
        return Enhancement(wave: wave, gates: rest.gates, sharedTime: rest.sharedTime)
    }

    /// One pass over a segment.
    func pass(
        _ samples: ArraySlice<Float>, at start: Int, frames: [Modality: FrameSequence],
        memory: VisualMemory?
    ) throws(ModelError) -> (output: NetworkOutput, shared: Duration) {
        func seen() throws(ModelError) -> [Modality: Tensor] {
            var seen: [Modality: Tensor] = [:]
            for (modality, sequence) in frames {
                let range = frameRange(start: start, samples: samples.count, count: sequence.count)
                if !range.isEmpty { seen[modality] = try sequence.batch(range) }
            }
            return seen
        }
        let padding = max(0, network.stft.minimumSamples - samples.count)
        let wave = Tensor(
            [1, samples.count + padding], values: Array(samples) + [Float](repeating: 0, count: padding))
        let result = noGradient {
            Result { () throws(ModelError) in
                guard let memory, !frames.isEmpty else {
                    return (try network(noisy: wave, frames: seen()), Duration.zero)
                }
                let known = try memory.features(start: start, samples: samples.count) {
                    () throws(ModelError) in try network.visualFeatures(seen())
                }
                return (try network(noisy: wave, features: known.features), known.shared)
            }
        }
        return try result.get()
    }

    /// The frames that begin within a segment.
    private func frameRange(start: Int, samples: Int, count: Int) -> Range<Int> {
        let perSample = network.specification.fps / Double(network.specification.sampleRate)
        // Counts of frames and samples are far below 2⁵³; beyond `count` nothing is asked for.
        let first = min(Double(count), (Double(start) * perSample).rounded())
        let end = min(Double(count), first + (Double(samples) * perSample).rounded(.up))
        return Int(first)..<Int(max(first, end))
    }
}
