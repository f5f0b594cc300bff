import Foundation
import TAVSEModel
import TAVSENN
import Testing

@Suite("Enhancer")
struct EnhancerTests {
    /// Weights whose video path matters: gates far open and running statistics away from their start.
    static func network(_ modalities: [Modality] = [.audio], fps: Double = 25) throws -> Network {
        var s = NetworkTests.tiny(modalities)
        s.fps = fps
        let network = try Network(s, seed: 3)
        for parameter in network.state.parameters where parameter.path == "fusion.gate.bias" {
            parameter.assign(Tensor(parameter.shape, repeating: 1))
        }
        return network
    }

    static func wave(_ count: Int, _ seed: UInt64 = 1) -> [Float] {
        NetworkTests.noise([1, max(1, count)], seed).values.prefix(count) + []
    }

    static func video(_ count: Int, channels: Int = 1) throws -> FrameSequence {
        try FrameSequence(NetworkTests.noise([count, 16, 16, channels], 5, scale: 1))
    }

    /// Property.
    @Test("every length comes back, none included", arguments: [0, 1, 160, 256, 257, 16000, 16001, 70001])
    func lengths(_ count: Int) throws {
        let enhancer = try Enhancer(try Self.network(), maximumSeconds: 1, overlapSeconds: 0.25)
        let result = try enhancer.enhance(Self.wave(count))
        #expect(result.wave.count == count)
        #expect(result.wave.allSatisfy { $0.isFinite })
        #expect(result.gates == nil)
    }

    /// Property: the network itself is the oracle.
    @Test("a recording up to the longest segment is one pass")
    func onePass() throws {
        let network = try Self.network([.audio, .thermal])
        let enhancer = try Enhancer(network)
        let noisy = Self.wave(24000)
        let frames = NetworkTests.noise([1, 38, 16, 16, 1], 5, scale: 1)
        let direct = try network(noisy: Tensor([1, 24000], values: noisy), frames: [.thermal: frames])
        let result = try enhancer.enhance(
            noisy, frames: [.thermal: try FrameSequence(frames)], capturesGates: true)
        #expect(result.wave == direct.wave.values)
        let gates = try #require(result.gates)
        #expect(gates.values == direct.gates?.values)
        #expect(gates.effectiveContribution == direct.effectiveContribution?.values)
        #expect(gates.rows == direct.bottleneck.rows && gates.columns == direct.bottleneck.columns)
        #expect(gates.modalities == [.thermal] && gates.groups == 2)
        #expect(gates.columnSeconds == 0.04)
    }

    /// Property: long enough for several segments, and another noisy version of the same length.
    @Test("a second version of a recording gets the same bits from memory")
    func remembered() throws {
        let enhancer = try Enhancer(
            try Self.network([.audio, .thermal]), maximumSeconds: 1, overlapSeconds: 0.25)
        let frames: [Modality: FrameSequence] = [.thermal: try Self.video(110)]
        let memory = VisualMemory()
        for seed in 1...3 as ClosedRange<UInt64> {
            let noisy = Self.wave(70_001, seed)
            let alone = try enhancer.enhance(noisy, frames: frames, capturesGates: true)
            let shared = try enhancer.enhance(noisy, frames: frames, capturesGates: true, memory: memory)
            #expect(shared.wave == alone.wave && alone.sharedTime == .zero)
            #expect(shared.gates?.values == alone.gates?.values)
            // Nobody else waits here: the first version ran the towers itself.
            #expect((shared.sharedTime > .zero) == (seed > 1))
        }
    }

    /// Closed form: least common multiples of 640 samples per column and the samples of whole frames.
    @Test("segments begin on whole columns and frames and overlap at least as asked")
    func alignment() throws {
        let guide = try Enhancer(try Self.network(fps: 28))
        #expect(guide.segmentSamples == 160_000 && guide.stepSamples == 144_000)
        let short = try Enhancer(try Self.network(fps: 25), maximumSeconds: 2, overlapSeconds: 0.5)
        #expect(short.segmentSamples == 32000 && short.stepSamples % 640 == 0)
        #expect(short.segmentSamples - short.stepSamples >= 8000)
        let odd = try Enhancer(try Self.network(fps: 29.97), maximumSeconds: 2, overlapSeconds: 0.5)
        #expect(odd.stepSamples % 640 == 0 && odd.stepSamples <= 24000)
        let tiny = try Enhancer(try Self.network(), maximumSeconds: 0.5, overlapSeconds: 0.25)
        #expect(tiny.stepSamples == 3840 && tiny.segmentSamples == 8000)
        // Columns of 0.32 s, longer than the segment asked for leaves room for.
        var first = NetworkTests.tiny([.audio])
        first.timeStrides = [2, 2, 2, 2, 2]
        let coarse = try Enhancer(try Network(first), maximumSeconds: 0.5, overlapSeconds: 0.25)
        #expect(coarse.stepSamples == 5120 && coarse.segmentSamples == 9120)
    }

    /// Property.
    @Test("segments agree with one pass where they do not end", arguments: [false, true])
    func segments(hasVideo: Bool) throws {
        let network = try Self.network(hasVideo ? [.audio, .thermal] : [.audio])
        let noisy = Self.wave(90000)
        let frames = hasVideo ? [Modality.thermal: try Self.video(141)] : [:]
        let whole = try Enhancer(network).enhance(noisy, frames: frames)
        let pieces = try Enhancer(network, maximumSeconds: 3, overlapSeconds: 1).enhance(
            noisy, frames: frames)
        let difference = zip(whole.wave, pieces.wave).map { abs($0 - $1) }.max() ?? .infinity
        let level = whole.wave.map { abs($0) }.max() ?? 0
        // Not equal: attention and recurrent layers see a segment instead of the whole. A seam would be as loud as the
        // signal.
        #expect(difference < 0.1 * level)
        #expect(pieces.wave != whole.wave)
    }

    /// Property.
    @Test("a stream gives the bits of the whole, however it is cut", arguments: [1000, 16000, 33333])
    func streaming(_ block: Int) throws {
        let network = try Self.network([.audio, .thermal])
        let enhancer = try Enhancer(network, maximumSeconds: 1.5, overlapSeconds: 0.5)
        let noisy = Self.wave(60001)
        let frames = [Modality.thermal: try Self.video(94)]
        let whole = try enhancer.enhance(noisy, frames: frames, capturesGates: true)
        var stream = try EnhancementStream(enhancer, frames: frames, capturesGates: true)
        var wave: [Float] = []
        for start in stride(from: 0, to: noisy.count, by: block) {
            wave += try stream.push(Array(noisy[start..<min(start + block, noisy.count)]))
        }
        let rest = try stream.finish()
        #expect(wave + rest.wave == whole.wave)
        #expect(rest.gates == whole.gates)
    }

    /// Property: as many columns as one pass has, and the same values where no segment ends.
    @Test("gates of segments are those of the whole recording's grid")
    func gates() throws {
        let network = try Self.network([.audio, .rgb])
        let noisy = Self.wave(100_000)
        let frames = [Modality.rgb: try Self.video(157, channels: 3)]
        let whole = try #require(
            try Enhancer(network).enhance(noisy, frames: frames, capturesGates: true).gates)
        let pieces = try #require(
            try Enhancer(network, maximumSeconds: 3, overlapSeconds: 1).enhance(
                noisy, frames: frames, capturesGates: true
            ).gates)
        #expect(pieces.columns == whole.columns && pieces.rows == whole.rows)
        #expect(pieces.values.count == whole.values.count)
        #expect(pieces.effectiveContribution.count == whole.effectiveContribution.count)
        let difference = zip(whole.values, pieces.values).map { abs($0 - $1) }.max() ?? 1
        #expect(difference < 0.05)
    }

    /// Property.
    @Test("video that ends early, or is not there, is absent from there on")
    func endingVideo() throws {
        let network = try Self.network([.audio, .thermal])
        let enhancer = try Enhancer(network, maximumSeconds: 1.5, overlapSeconds: 0.5)
        let noisy = Self.wave(64000)
        let without = try enhancer.enhance(noisy, capturesGates: true)
        let none = try enhancer.enhance(noisy, frames: [.thermal: try Self.video(0)])
        #expect(none.wave == without.wave)
        let early = try enhancer.enhance(noisy, frames: [.thermal: try Self.video(20)], capturesGates: true)
        #expect(early.wave != without.wave)
        #expect(Array(early.wave[40000...]) == Array(without.wave[40000...]))
        let long = try enhancer.enhance(noisy, frames: [.thermal: try Self.video(100)])
        let longer = try enhancer.enhance(noisy, frames: [.thermal: try Self.video(140)])
        #expect(long.wave == longer.wave)
        #expect(without.gates?.effectiveContribution.allSatisfy { $0 == 0 } == true)
    }

    /// Property.
    @Test("memory does not grow with the length")
    func memory() throws {
        let enhancer = try Enhancer(try Self.network(), maximumSeconds: 1, overlapSeconds: 0.25)
        func peak(_ seconds: Int) throws -> Int {
            var stream = try EnhancementStream(enhancer)
            let second = Self.wave(16000)
            var held = 0
            for _ in 0..<seconds {
                let before = Memory.liveBytes
                _ = try stream.push(second)
                held = max(held, Memory.liveBytes - before)
            }
            _ = try stream.finish()
            return held
        }
        // Tensors of a finished segment are gone: nothing stays alive between blocks, whatever their number. Other
        // tests hold tensors meanwhile, so only growth with the length would be an error.
        #expect(try peak(40) < 16 << 20)
    }

    @Test("bad input is refused with words")
    func refusals() throws {
        let network = try Self.network([.audio, .thermal])
        let enhancer = try Enhancer(network, maximumSeconds: 1, overlapSeconds: 0.25)
        var noisy = Self.wave(30000)
        noisy[20500] = .nan
        #expect(throws: ModelError.nonFinite(sample: 20500)) { try enhancer.enhance(noisy) }
        #expect(throws: ModelError.unknownModality("rgb", known: ["audio", "thermal"])) {
            try enhancer.enhance(Self.wave(100), frames: [.rgb: try Self.video(3, channels: 3)])
        }
        #expect(throws: ModelError.self) {
            try enhancer.enhance(Self.wave(100), frames: [.thermal: try Self.video(3, channels: 3)])
        }
        #expect(throws: ModelError.self) { try FrameSequence(Tensor.zeros([3, 16])) }
        let lying = FrameSequence(count: 9) { _ throws(ModelError) in Tensor.zeros([1, 16, 16, 1]) }
        #expect(throws: ModelError.self) {
            try enhancer.enhance(Self.wave(16000), frames: [.thermal: lying])
        }
        #expect(throws: ModelError.self) { try Enhancer(network, maximumSeconds: 0.1) }
        #expect(throws: ModelError.self) { try Enhancer(network, maximumSeconds: 2, overlapSeconds: 1.5) }
        #expect(throws: ModelError.self) { try Enhancer(network, maximumSeconds: .nan) }
    }
}
