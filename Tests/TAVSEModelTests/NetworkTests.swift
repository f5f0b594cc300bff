import Foundation
import NetworkReference
import TAVSEModel
import TAVSENN
import Testing

@Suite("Network")
struct NetworkTests {
    /// A network of a few thousand parameters.
    static func tiny(
        _ modalities: [Modality] = [.audio, .rgb, .thermal], _ fusion: FusionKind = .crossAttention
    )
        -> NetworkSpecification
    {
        var s = NetworkSpecification(modalities: modalities, fusion: fusion)
        (s.channels, s.ffnDim, s.heads) = ([1, 4, 4, 4, 4, 8], 8, 2)
        (s.visualWidth, s.gruHidden, s.fusionDim, s.fusionHeads, s.gateGroups) = (2, 4, 8, 2, 2)
        return s
    }

    static func noise(_ shape: [Int], _ seed: UInt64, scale: Float = 0.1) -> Tensor {
        let key = CounterRandom.key(seed: seed, name: "noise")
        return Tensor(shape) { values in
            for i in values.indices {
                values[i] = scale * (2 * CounterRandom.uniform(key: key, index: UInt64(i)) - 1)
            }
        }
    }

    let noisy = noise([2, 1600], 1)
    let frames: [Modality: Tensor] = [
        .rgb: noise([2, 3, 16, 16, 3], 2), .thermal: noise([2, 3, 16, 16, 1], 3),
    ]

    /// Closed form: counted from the specification.
    @Test(
        "the full-size variants have the specified numbers of parameters",
        arguments: [
            ([Modality.audio], 5_206_785), ([.audio, .rgb], 8_706_345), ([.audio, .thermal], 8_703_209),
            ([.audio, .rgb, .thermal], 12_210_961),
        ])
    func parameterCounts(_ modalities: [Modality], _ count: Int) throws {
        #expect(try Network(NetworkSpecification(modalities: modalities)).state.parameterCount == count)
    }

    /// Property: the same operations on the same numbers.
    @Test(
        "features made before give the same bits, one by one and in a batch", arguments: FusionKind.allCases)
    func sharedFeatures(_ fusion: FusionKind) throws {
        let network = try Network(Self.tiny([.audio, .rgb, .thermal], fusion))
        network.state.mode = .evaluation
        let one = frames.mapValues { $0.sliced(axis: 0, 0..<1) }
        let features = try network.visualFeatures(one)
        for row in 0..<2 {
            let wave = noisy.sliced(axis: 0, row..<row + 1)
            #expect(
                try network(noisy: wave, features: features).wave.values
                    == network(noisy: wave, frames: one).wave.values)
        }
        let both = one.mapValues { Tensor.concatenated([$0, $0], axis: 0) }
        let shared = try network(noisy: noisy, features: features)
        let apart = try network(noisy: noisy, frames: both)
        #expect(shared.wave.values == apart.wave.values)
        #expect(shared.gates?.values == apart.gates?.values)
        #expect(
            try network(noisy: noisy, features: [:]).wave.values
                == network(noisy: noisy, frames: [:]).wave.values)
        #expect(throws: ModelError.self) {
            try network(noisy: noisy, features: [.rgb: Tensor.zeros([2, 3, 8])])
        }
    }

    /// Property.
    @Test("an absent modality contributes exactly nothing", arguments: FusionKind.allCases)
    func absence(_ fusion: FusionKind) throws {
        let network = try Network(Self.tiny([.audio, .rgb, .thermal], fusion))
        network.state.mode = .evaluation
        let run = { (frames: [Modality: Tensor], present: [Modality: [Bool]]) in
            try network(noisy: noisy, frames: frames, present: present).wave.values
        }
        let without = try run([:], [:])
        #expect(try run(frames, [.rgb: [false, false], .thermal: [false, false]]) == without)
        let mixed = try run(frames, [.rgb: [true, false], .thermal: [false, false]])
        #expect(Array(mixed[1600...]) == Array(without[1600...]))
        #expect(Array(mixed[..<1600]) != Array(without[..<1600]))
        let output = try network(noisy: noisy, frames: frames, present: [.thermal: [false, true]])
        let effective = try #require(output.effectiveContribution)
        #expect(effective.shape == [2, output.bottleneck.rows * output.bottleneck.columns, 2])
        let thermalOfFirst = effective.sliced(axis: 0, 0..<1).sliced(axis: 2, 1..<2)
        #expect(thermalOfFirst.values.allSatisfy { $0 == 0 })
        #expect(effective.values.contains { $0 > 0 })
    }

    /// Property.
    @Test("every length keeps its length", arguments: [257, 400, 1001, 1600, 4000])
    func lengths(_ samples: Int) throws {
        let network = try Network(Self.tiny([.audio]))
        network.state.mode = .evaluation
        let output = try network(noisy: Self.noise([1, samples], 4))
        #expect(output.wave.shape == [1, samples])
        #expect(output.mask.shape == [1, 257, samples / 160 + 1])
        #expect(output.wave.values.allSatisfy { $0.isFinite })
        #expect(output.gates == nil && output.effectiveContribution == nil)
    }

    /// Closed form: ⌈frames / 4⌉ columns of 40 ms, 9 rows.
    @Test("the full-size bottleneck has 567 tokens for 2.5 s and 25 columns per second")
    func resolution() {
        let s = NetworkSpecification()
        #expect(s.bottleneckRows == 9)
        #expect(s.bottleneckColumns(frames: 40_000 / s.hopLength + 1) == 63)
        #expect(s.columnSamples * 25 == s.sampleRate)
    }

    /// Property: what lies outside every token's window changes nothing, what lies inside does. Tokens stand at 0, 0.04
    /// and 0.08 s, the middle of frame n at (n + ½) / 28 s.
    @Test(
        "tokens see the frames of their window and always the nearest",
        arguments: [(0.0, 2), (0.05, 3), (0.12, 5), (nil, 27)])
    func window(_ seconds: Double?, _ last: Int) throws {
        var specification = Self.tiny([.audio, .rgb])
        specification.fusionWindow = seconds
        let network = try Network(specification)
        network.state.mode = .evaluation
        let noisy = noisy.sliced(axis: 0, 0..<1)
        func wave(frames: Int = 28, changed: Int? = nil) throws -> [Float] {
            var values = Self.noise([1, frames, 8], 9, scale: 1).values
            if let changed { for i in 0..<8 { values[8 * changed + i] = Float(i) } }
            return try network(noisy: noisy, features: [.rgb: Tensor([1, frames, 8], values: values)])
                .wave.values
        }
        let all = try wave()
        #expect(try wave(changed: last) != all)
        if last < 27 { #expect(try wave(changed: last + 1) == all && wave(frames: last + 1) == all) }
        // A single frame is the nearest to every token.
        specification.fusionWindow = nil
        let open = try Network(specification)
        open.state.mode = .evaluation
        let single = Self.noise([1, 1, 8], 9, scale: 1)
        let (ours, unbounded) = (
            try network(noisy: noisy, features: [.rgb: single]).wave,
            try open(noisy: noisy, features: [.rgb: single]).wave
        )
        #expect(ours.error(from: unbounded) < 1e-6)
    }

    @Test("wrong inputs are refused with words")
    func wrongInputs() throws {
        let network = try Network(Self.tiny([.audio, .rgb]))
        let rgb = frames[.rgb]
        #expect(throws: ModelError.tooShort(samples: 256, minimum: 257)) {
            try network(noisy: Tensor.zeros([1, 256]))
        }
        #expect(throws: ModelError.inputShape(input: "wave", expected: "[B, S]", found: [5])) {
            try network(noisy: Tensor.zeros([5]))
        }
        #expect(throws: ModelError.unknownModality("thermal", known: ["audio", "rgb"])) {
            try network(noisy: noisy, frames: frames)
        }
        #expect(throws: ModelError.missingFrames(modality: "rgb")) {
            try network(noisy: noisy, present: [.rgb: [true, true]])
        }
        #expect(throws: ModelError.presence(modality: "rgb", expected: 2, found: 1)) {
            try network(noisy: noisy, frames: rgb.map { [.rgb: $0] } ?? [:], present: [.rgb: [true]])
        }
        #expect(throws: ModelError.self) {
            try network(noisy: noisy, frames: [.rgb: Tensor.zeros([2, 3, 16, 16, 1])])
        }
    }

    @Test("impossible settings are refused by name")
    func impossibleSettings() {
        let changes: [(inout NetworkSpecification) -> Void] = [
            { $0.modalities = [.rgb] }, { $0.modalities = [.audio, .rgb, .rgb] }, { $0.channels = [2, 4] },
            { $0.heads = 3 }, { $0.gateGroups = 5 }, { $0.fusionHeads = 3 }, { $0.dropout = 1 },
            { $0.stemStride = 3 },
            { $0.nFFT = 511 }, { $0.winLength = 600 }, { $0.hopLength = 300 }, { $0.fps = .nan },
            { $0.gruLayers = 0 }, { $0.timeStrides = [2, 2] }, { $0.timeStrides = [2, 2, 1, 1, 0] },
            { $0.timeStrides = [2, 2, 1, 1, 5] }, { $0.fusionWindow = -0.1 }, { $0.fusionWindow = .nan },
        ]
        for change in changes {
            var s = Self.tiny()
            change(&s)
            #expect(throws: ModelError.self) { try Network(s) }
        }
    }

    /// Property.
    @Test("a specification survives JSON; absent keys keep their defaults or are those of the first networks")
    func json() throws {
        let s = Self.tiny([.audio, .thermal], .film)
        let decoded = try JSONDecoder().decode(NetworkSpecification.self, from: try JSONEncoder().encode(s))
        #expect(decoded == s)
        let empty = try JSONDecoder().decode(NetworkSpecification.self, from: Data("{}".utf8))
        var first = NetworkSpecification()
        (first.timeStrides, first.fusionWindow) = ([2, 2, 2, 2, 2], nil)
        #expect(empty == first)
        let whole = try JSONDecoder().decode(
            NetworkSpecification.self, from: try JSONEncoder().encode(first))
        #expect(whole == first)
    }

    /// Property.
    @Test(
        "a network overfits one batch, the same bits in every run", .serialized,
        arguments: [FusionKind.crossAttention])
    func overfits(_ fusion: FusionKind) throws {
        let clean = Tensor([2, 1600]) { values in
            for i in values.indices { values[i] = 0.3 * sin(0.05 * Float(i % 1600)) }
        }
        let noisy = (clean + Self.noise([2, 1600], 6, scale: 0.5)).detached
        let train = { () throws -> [Float] in
            let network = try Network(Self.tiny([.audio, .rgb, .thermal], fusion), seed: 4)
            let optimizer = AdamW(network.state.parameters)
            return try (0..<40).map { step in
                network.state.step = UInt64(step)
                let tape = Tape()
                let loss = try tape.record {
                    try EnhancementLoss()(
                        try network(noisy: noisy, frames: frames), clean: clean, stft: network.stft)
                }
                tape.backward(from: loss)
                optimizer.step(learningRate: 5e-3)
                network.state.clearGradients()
                return loss.item
            }
        }
        let losses = try train()
        #expect(losses[39] < losses[0] - 3)
        #expect(try train() == losses)
    }

    /// A fingerprint of the losses and parameters of a few training steps.
    static func fingerprint() throws -> UInt64 {
        let network = try Network(tiny(), seed: 4)
        let optimizer = AdamW(network.state.parameters)
        let clean = noise([2, 1600], 5)
        let test = NetworkTests()
        var hash: UInt64 = 0
        for step in 0..<3 {
            network.state.step = UInt64(step)
            let tape = Tape()
            let loss = try tape.record {
                let output = try network(noisy: test.noisy, frames: test.frames)
                return try EnhancementLoss()(output, clean: clean, stft: network.stft)
            }
            tape.backward(from: loss)
            optimizer.step(learningRate: 1e-3)
            network.state.clearGradients()
            for value in loss.values + network.state.parameters.flatMap({ $0.value.values }) {
                hash = (hash ^ UInt64(value.bitPattern)) &* 0x100_0000_01B3
            }
        }
        return hash
    }

    /// Property; each run in a process of its own, since the pool is made once. Weight gradients are sums of as many
    /// parts as there are threads, so other counts round differently.
    @Test("training gives the same bits in every run with the same number of threads")
    func sameBits() async {
        let runs = [
            await #expect(processExitsWith: .success, observing: [\.standardOutputContent]) {
                setenv("TAVSE_THREADS", "1", 1)
                print("fingerprint", try NetworkTests.fingerprint())
            },
            await #expect(processExitsWith: .success, observing: [\.standardOutputContent]) {
                setenv("TAVSE_THREADS", "1", 1)
                print("fingerprint", try NetworkTests.fingerprint())
            },
            await #expect(processExitsWith: .success, observing: [\.standardOutputContent]) {
                setenv("TAVSE_THREADS", "5", 1)
                print("fingerprint", try NetworkTests.fingerprint())
            },
            await #expect(processExitsWith: .success, observing: [\.standardOutputContent]) {
                setenv("TAVSE_THREADS", "5", 1)
                print("fingerprint", try NetworkTests.fingerprint())
            },
        ]
        let lines = runs.map { result in
            String(decoding: result?.standardOutputContent ?? [], as: UTF8.self).split(separator: "\n")
                .filter { $0.hasPrefix("fingerprint") }
        }
        #expect(lines[0].count == 1)
        #expect(lines[1] == lines[0])
        #expect(lines[2].count == 1)
        #expect(lines[3] == lines[2])
    }
}
