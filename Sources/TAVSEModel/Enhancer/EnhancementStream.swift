import TAVSENN

/// Enhances a recording while it comes in, in memory that does not grow with its length.
///
/// ```swift
/// var stream = try EnhancementStream(enhancer)
/// while let block = reader.next() { output.write(try stream.push(block)) }
/// output.write(try stream.finish().wave)
/// ```
///
/// What comes out in total is bit for bit what ``Enhancer/enhance(_:frames:capturesGates:)`` gives, however the samples
/// were cut into blocks. Samples come out at most one segment after they went in. Gates, when asked for, are kept until
/// the end, as one gate value per camera, group and token: of the full-size network with two cameras 16 kB per second.
public struct EnhancementStream {
    private let enhancer: Enhancer
    private let frames: [Modality: FrameSequence]
    private let capturesGates: Bool
    private let memory: VisualMemory?
    private var sharedTime = Duration.zero
    /// Samples from the start of the next segment on.
    private var waiting: [Float] = []
    /// Enhanced samples of the last segment that the next one will overlap.
    private var overlap: [Float] = []
    private var start = 0
    private var received = 0
    private var gates: GateColumns

    /// - Parameters:
    ///   - enhancer: network and segments.
    ///   - frames: of the cameras to use; one left out is absent.
    ///   - capturesGates: whether `finish` returns what the gates did.
    ///   - memory: of the same frames, from earlier noisy versions of the recording.
    public init(
        _ enhancer: Enhancer, frames: [Modality: FrameSequence] = [:], capturesGates: Bool = false,
        memory: VisualMemory? = nil
    ) throws(ModelError) {
        let known = enhancer.network.specification.visualModalities
        if let unknown = frames.keys.first(where: { !known.contains($0) }) {
            throw .unknownModality(
                unknown.rawValue, known: enhancer.network.specification.modalities.map(\.rawValue))
        }
        self.enhancer = enhancer
        self.frames = frames
        self.capturesGates = capturesGates
        self.memory = memory
        gates = GateColumns(enhancer.network.specification)
    }

    /// Takes samples and gives those that are finished.
    ///
    /// - Throws: `nonFinite` before anything of the block is used; otherwise the stream is of no use after an error.
    public mutating func push(_ samples: [Float]) throws(ModelError) -> [Float] {
        if let place = samples.firstIndex(where: { !$0.isFinite }) {
            throw .nonFinite(sample: received + place)
        }
        received += samples.count
        var finished: [Float] = []
        var rest = samples[...]
        while !rest.isEmpty {
            let piece = rest.prefix(max(1, enhancer.segmentSamples + 1 - waiting.count))
            waiting += piece
            rest = rest.dropFirst(piece.count)
            // Only a further sample shows that this segment is not the last.
            if waiting.count > enhancer.segmentSamples {
                finished += try segment(waiting[..<enhancer.segmentSamples], isLast: false)
                waiting.removeFirst(enhancer.stepSamples)
                start += enhancer.stepSamples
            }
        }
        return finished
    }

    /// Ends the recording and gives the rest.
    public mutating func finish() throws(ModelError) -> Enhancement {
        guard received > 0 else { return Enhancement(wave: [], gates: nil, sharedTime: .zero) }
        let wave = try segment(waiting[...], isLast: true)
        waiting = []
        return Enhancement(
            wave: wave, gates: capturesGates ? gates.joined : nil, sharedTime: sharedTime)
    }

    private mutating func segment(_ samples: ArraySlice<Float>, isLast: Bool) throws(ModelError) -> [Float] {
        let (output, shared) = try enhancer.pass(samples, at: start, frames: frames, memory: memory)
        sharedTime += shared
        var wave = Array(output.wave.values.prefix(samples.count))
        if let place = wave.firstIndex(where: { !$0.isFinite }) {
            throw .nonFiniteOutput(sample: start + place)
        }
        for (place, earlier) in overlap.enumerated() {
            let weight = (Float(place) + 0.5) / Float(overlap.count)
            wave[place] = earlier + weight * (wave[place] - earlier)
        }
        if capturesGates {
            // Up to the middle of the overlap the earlier segment knows more of what surrounds a column.
            let column = enhancer.network.specification.columnSamples
            let first = start / column
            gates.add(output, start: first, from: first + overlap.count / column / 2)
        }
        if isLast { return wave }
        overlap = Array(wave[enhancer.stepSamples...])
        return Array(wave[..<enhancer.stepSamples])
    }
}
